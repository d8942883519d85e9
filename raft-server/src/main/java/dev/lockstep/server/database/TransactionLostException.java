package dev.lockstep.server.database;

/**
 * The transaction is rolled back and its object of no use any more. The client's connection is
 * usable at once; the application may run the transaction again.
 */
public final class TransactionLostException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sqlState;

  TransactionLostException(String sqlState, String message) {
    super(message);
    this.sqlState = sqlState;
  }

  /** SQLSTATE: 40001 if running it again may succeed, 25P03 if a limit of time was exceeded. */
  public String sqlState() {
    return sqlState;
  }
}
