package dev.lockstep.server.database;

/**
 * A transaction that was run before its command came cannot stand as it is: its session has gone or
 * has other values. The SQLite transaction must be begun again, with nothing in it.
 */
final class NotInPlace extends Exception {
  private static final long serialVersionUID = 1L;

  NotInPlace() {
    super("not in place", null, false, false);
  }
}
