package dev.lockstep.sql.standard;

/** The standard has a meaning for the statement, and SQLite no words for it. */
class UntranslatableException extends Exception {
  private static final long serialVersionUID = 1L;

  UntranslatableException(String reason) {
    super(reason);
  }
}
