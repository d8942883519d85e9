package dev.lockstep.sql;

/** Makes the errors of statements that SQLite would accept and Lockstep does not. */
final class Refusal {
  /** Not supported: {@code 0A000} would make connection pools drop the connection. */
  static final String UNSUPPORTED = "0AL01";

  static final String NOT_ALLOWED = "42501";
  static final String SYNTAX = "42601";
  static final String NO_SUCH_COLUMN = "42703";
  static final String INVALID_DEFINITION = "42P17";

  private static final int SQLITE_ERROR = 1;
  private static final int SQLITE_AUTH = 23;

  private Refusal() {}

  static StatementException unsupported(String message) {
    return new StatementException(UNSUPPORTED, SQLITE_ERROR, message);
  }

  static StatementException notAllowed(String message) {
    return new StatementException(NOT_ALLOWED, SQLITE_AUTH, message);
  }

  static StatementException of(String sqlState, String message) {
    return new StatementException(sqlState, SQLITE_ERROR, message);
  }
}
