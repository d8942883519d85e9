package dev.lockstep.server.database;

/** A statement was interrupted; the SQLite transaction around it cannot be used any more. */
final class Interrupted extends Exception {
  private static final long serialVersionUID = 1L;

  Interrupted() {
    super("interrupted", null, false, false);
  }
}
