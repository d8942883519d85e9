package dev.lockstep.sql;

/** A statement that is wrong or refused: its answer is the error, and nothing was executed. */
public final class StatementException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SqlError error;
  private final transient String probe;

  public StatementException(SqlError error) {
    this(error, null);
  }

  /**
   * @param probe see {@link #probe}
   */
  StatementException(SqlError error, String probe) {
    super(error.message() + " [" + error.sqlState() + "]");
    this.error = error;
    this.probe = probe;
  }

  public StatementException(String sqlState, int vendorCode, String message) {
    this(new SqlError(sqlState, vendorCode, message));
  }

  public SqlError error() {
    return error;
  }

  /**
   * A query that fails with the same error as long as the schema lacks, or has, what the error
   * tells of. Null if the error has nothing to do with the schema, or is that of a statement after
   * a definition in the same text.
   */
  public String probe() {
    return probe;
  }
}
