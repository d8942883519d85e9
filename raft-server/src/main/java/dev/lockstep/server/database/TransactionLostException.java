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

  /** What a fault of the node means for a transaction. */
  static TransactionLostException of(ReplicaFault fault) {
    String sqlState = fault.isDiskFull() ? "53100" : fault.isNoMemory() ? "53200" : "58030";
    return new TransactionLostException(sqlState, fault.getMessage());
  }

  /**
   * SQLSTATE: 40001 if running it again may succeed, 40002 if one of its own statements rolled it
   * back (OR ROLLBACK), 25P03 and 25P04 if it was idle or ran too long, 55P03 if its turn did not
   * come in time, 53200 if this node had no memory for it. If only this node lost it, so that it
   * may go on at another one: 57P03 if this one does not lead, 57P01 if it stops, 53100 and 58030
   * if it failed.
   */
  public String sqlState() {
    return sqlState;
  }
}
