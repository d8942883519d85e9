package dev.lockstep.sql.standard;

/** The statement is wrong by the standard's own rules. */
final class InvalidStatementException extends UntranslatableException {
  private static final long serialVersionUID = 1L;

  private final String sqlState;

  InvalidStatementException(String sqlState, String message) {
    super(message);
    this.sqlState = sqlState;
  }

  String sqlState() {
    return sqlState;
  }
}
