package dev.lockstep.sql;

/** A statement that is wrong or refused: its answer is the error, and nothing was executed. */
public final class StatementException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SqlError error;

  public StatementException(SqlError error) {
    super(error.message() + " [" + error.sqlState() + "]");
    this.error = error;
  }

  public StatementException(String sqlState, int vendorCode, String message) {
    this(new SqlError(sqlState, vendorCode, message));
  }

  public SqlError error() {
    return error;
  }
}
