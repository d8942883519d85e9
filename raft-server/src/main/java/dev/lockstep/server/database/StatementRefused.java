package dev.lockstep.server.database;

import dev.lockstep.sql.GreatestRowid;
import org.sqlite.SQLiteErrorCode;

/** A statement does not run, or not to its end, for a reason that is not SQLite's. */
final class StatementRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /** SQLSTATE of rows that take too many bytes, and of nothing else that a statement does. */
  static final String TOO_LARGE = "54000";

  private final String sqlState;

  private final int vendorCode;

  StatementRefused(String sqlState, String message) {
    this(sqlState, 0, message);
  }

  private StatementRefused(String sqlState, int vendorCode, String message) {
    super(message, null, false, false);
    this.sqlState = sqlState;
    this.vendorCode = vendorCode;
  }

  /** The statement has put a row with the greatest rowid into a table. */
  static StatementRefused greatestRowid(String table) {
    return new StatementRefused(
        "2200H",
        SQLiteErrorCode.SQLITE_FULL.code,
        "table "
            + table
            + " cannot have a row with the rowid "
            + GreatestRowid.VALUE
            + ", after which SQLite has no further ones in order: use a smaller value, or a table"
            + " WITHOUT ROWID");
  }

  static StatementRefused refersToShadowTable(String table) {
    return new StatementRefused(
        "42501",
        "table "
            + table
            + " refers to a table behind a virtual table, which only its module changes: a foreign"
            + " key cannot look after that");
  }

  static StatementRefused resultTooLarge(int bytesMax) {
    return new StatementRefused(
        TOO_LARGE,
        "the returned rows take more than "
            + bytesMax
            + " bytes: return less, or read them with a query outside the transaction");
  }

  String sqlState() {
    return sqlState;
  }

  /** SQLite's code that fits best, or 0. */
  int vendorCode() {
    return vendorCode;
  }
}
