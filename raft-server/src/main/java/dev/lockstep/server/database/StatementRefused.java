package dev.lockstep.server.database;

/** A statement does not run, or not to its end, for a reason that is not SQLite's. */
final class StatementRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sqlState;

  StatementRefused(String sqlState, String message) {
    super(message, null, false, false);
    this.sqlState = sqlState;
  }

  static StatementRefused resultTooLarge(int bytesMax) {
    return new StatementRefused(
        "54000",
        "the returned rows take more than "
            + bytesMax
            + " bytes: return less, or read them with a query outside the transaction");
  }

  String sqlState() {
    return sqlState;
  }
}
