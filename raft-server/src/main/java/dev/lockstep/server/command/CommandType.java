package dev.lockstep.server.command;

import dev.lockstep.protocol.ProtocolException;

/** The byte that says what a command is. Codes never change and are never used again. */
public enum CommandType {
  OPEN_SESSION(1),
  CLOSE_SESSION(2),
  EXECUTE(3),
  TRANSACTION(4),
  CHECKPOINT(5),
  FIX_CONTENT(6),
  RENEW_SESSION(7);

  private static final CommandType[] VALUES = values();

  private final int code;

  CommandType(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static CommandType ofCode(int code) {
    if (code < 1 || code > VALUES.length) {
      throw new ProtocolException("unknown command type " + code);
    }
    return VALUES[code - 1];
  }
}
