package dev.lockstep.server.database;

import java.io.IOException;

/** Something was not begun, because the disk has no room for it: SQLSTATE 53100. */
public final class NoRoomException extends IOException {
  private static final long serialVersionUID = 1L;

  /** SQLSTATE, {@code disk_full}. */
  public static final String SQL_STATE = "53100";

  NoRoomException(String message) {
    super(message);
  }
}
