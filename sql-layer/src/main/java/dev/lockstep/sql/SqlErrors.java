package dev.lockstep.sql;

import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Tells apart what a statement did wrong (alike on every node) from what went wrong on a node.
 *
 * <p>Source: sqlite.org/rescode.html. A code counts as the statement's only if the statement and
 * the database's content alone decide it.
 */
public final class SqlErrors {
  private static final int PRIMARY_CODE_MASK = 0xff;

  private record Wording(String beginning, String part, String sqlState) {
    boolean fits(String message) {
      return message.startsWith(beginning) && message.contains(part);
    }
  }

  /** SQLite says SQLITE_ERROR to all of these; only its words tell them apart. First fit wins. */
  private static final List<Wording> WORDINGS =
      List.of(
          new Wording("near \"", "syntax error", "42601"),
          new Wording("incomplete input", "", "42601"),
          new Wording("unrecognized token", "", "42601"),
          new Wording("no such table", "", "42P01"),
          new Wording("no such view", "", "42P01"),
          new Wording("no such column", "", "42703"),
          new Wording("table ", " has no column named ", "42703"),
          new Wording("unknown column ", "", "42703"),
          new Wording("ambiguous column name", "", "42702"),
          new Wording("duplicate column name", "", "42701"),
          new Wording("no such function", "", "42883"),
          new Wording("wrong number of arguments to function", "", "42883"),
          new Wording("no such index", "", "42704"),
          new Wording("no such trigger", "", "42704"),
          new Wording("no such collation sequence", "", "42704"),
          new Wording("no such module", "", "42704"),
          new Wording("no such window", "", "42704"),
          new Wording("unable to identify the object to be reindexed", "", "42704"),
          new Wording("unknown database ", "", "3F000"),
          new Wording("cannot join using column ", "", "42703"),
          new Wording("misuse of aggregate", "", "42803"),
          new Wording("HAVING clause on a non-aggregate query", "", "42803"),
          new Wording("misuse of window function", "", "42P20"),
          new Wording("table ", " values were supplied", "42601"),
          new Wording("SELECTs to the left and right of ", "", "42601"),
          new Wording("sub-select returns ", "", "42601"),
          new Wording("all VALUES must have the same number of terms", "", "42601"),
          new Wording("row value misused", "", "42601"),
          new Wording("cannot modify ", " because it is a view", "42809"),
          new Wording("use DROP ", " to delete ", "42809"),
          new Wording("duplicate WITH table name", "", "42712"),
          new Wording("foreign key mismatch", "", "42830"),
          new Wording("view ", " cannot reference objects in database ", "42501"),
          new Wording("trigger ", " cannot reference objects in database ", "42501"),
          new Wording("no such savepoint", "", "3B001"),
          new Wording("table ", " may not be ", "42501"),
          new Wording("", "object name reserved for internal use", "42501"),
          new Wording("table ", " already exists", "42P07"),
          new Wording("view ", " already exists", "42P07"),
          new Wording("index ", " already exists", "42P07"),
          new Wording("trigger ", " already exists", "42P07"),
          new Wording("there is already ", "", "42P07"),
          new Wording("integer overflow", "", "22003"),
          new Wording("cardinality violation", "", "21000"),
          new Wording("UNIQUE constraint failed", "", "23505"),
          new Wording("cannot start a transaction within a transaction", "", "25001"),
          new Wording("cannot VACUUM from within a transaction", "", "25001"),
          new Wording("cannot commit - no transaction is active", "", "25P01"),
          new Wording("cannot rollback - no transaction is active", "", "25P01"));

  private SqlErrors() {}

  /** Classifies an exception of sqlite-jdbc; one without a result code of SQLite is a fault. */
  public static SqlFailure classify(SQLException failure) {
    if (!(failure instanceof SQLiteException sqlite)) {
      return new SqlFailure(
          SqlFailure.Kind.FAULT, new SqlError("XX000", 0, String.valueOf(failure.getMessage())));
    }
    SQLiteErrorCode code = sqlite.getResultCode();
    String message = cleanMessage(String.valueOf(failure.getMessage()), code);
    SqlError error = new SqlError(sqlState(code, message), code.code & PRIMARY_CODE_MASK, message);
    return new SqlFailure(kind(code), error);
  }

  /** Whether the disk did not read or write. */
  public static boolean isInputOutput(SQLException failure) {
    return failure instanceof SQLiteException sqlite
        && kind(sqlite.getResultCode()) == SqlFailure.Kind.FAULT
        && !isNoMemory(failure)
        && (sqlite.getResultCode().code & PRIMARY_CODE_MASK) == SQLiteErrorCode.SQLITE_IOERR.code;
  }

  /** Whether SQLite found no memory for what it was to do. */
  public static boolean isNoMemory(Throwable failure) {
    return failure instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_NOMEM
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_NOMEM);
  }

  /** Whether SQLite found the database file itself to be damaged. */
  public static boolean isDamage(Throwable failure) {
    if (!(failure instanceof SQLiteException sqlite)
        || kind(sqlite.getResultCode()) == SqlFailure.Kind.STATEMENT) {
      return false;
    }
    int primary = sqlite.getResultCode().code & PRIMARY_CODE_MASK;
    return primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code;
  }

  private static SqlFailure.Kind kind(SQLiteErrorCode code) {
    return switch (code) {
      // What users can cause by content alone: FTS5's own check reports CORRUPT_VTAB, and an index
      // on an expression that changed its value reports CORRUPT_INDEX. If it is the disk's fault
      // after all, this node's answer differs from the others' and its digest gives it away.
      case SQLITE_CORRUPT_VTAB, SQLITE_CORRUPT_INDEX -> SqlFailure.Kind.STATEMENT;
      // An R*Tree table that a statement writes while the same statement reads it.
      case SQLITE_LOCKED_VTAB -> SqlFailure.Kind.STATEMENT;
      case SQLITE_ERROR_RETRY, SQLITE_ERROR_SNAPSHOT -> SqlFailure.Kind.FAULT;
      // The WAL's index cannot grow: SQLite says so when there is no room for it.
      case SQLITE_IOERR_SHMSIZE -> SqlFailure.Kind.DISK_FULL;
      default -> primaryKind(code);
    };
  }

  private static SqlFailure.Kind primaryKind(SQLiteErrorCode code) {
    int primary = code.code & PRIMARY_CODE_MASK;
    if (code == SQLiteErrorCode.UNKNOWN_ERROR) {
      return SqlFailure.Kind.FAULT;
    }
    if (primary == SQLiteErrorCode.SQLITE_FULL.code) {
      return SqlFailure.Kind.DISK_FULL;
    }
    if (primary == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
      return SqlFailure.Kind.INTERRUPTED;
    }
    boolean ofTheStatement =
        primary == SQLiteErrorCode.SQLITE_ERROR.code
            || primary == SQLiteErrorCode.SQLITE_CONSTRAINT.code
            || primary == SQLiteErrorCode.SQLITE_MISMATCH.code
            || primary == SQLiteErrorCode.SQLITE_TOOBIG.code
            || primary == SQLiteErrorCode.SQLITE_RANGE.code
            || primary == SQLiteErrorCode.SQLITE_AUTH.code;
    return ofTheStatement ? SqlFailure.Kind.STATEMENT : SqlFailure.Kind.FAULT;
  }

  private static String sqlState(SQLiteErrorCode code, String message) {
    return switch (code) {
      case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID ->
          "23505";
      case SQLITE_CONSTRAINT_NOTNULL -> "23502";
      case SQLITE_CONSTRAINT_FOREIGNKEY -> "23503";
      case SQLITE_CONSTRAINT_CHECK -> "23514";
      case SQLITE_CONSTRAINT_DATATYPE -> "22018";
      case SQLITE_LOCKED_VTAB -> "55006"; // object in use
      case UNKNOWN_ERROR -> "XX000";
      default -> primarySqlState(code, message);
    };
  }

  private static String primarySqlState(SQLiteErrorCode code, String message) {
    return switch (code.code & PRIMARY_CODE_MASK) {
      case 1 -> sqlState(message);
      case 5, 6 -> "40001"; // BUSY, LOCKED
      case 7 -> "53200"; // NOMEM
      case 8 -> "25006"; // READONLY
      case 9 -> "57014"; // INTERRUPT
      case 10, 14, 15 -> "58030"; // IOERR, CANTOPEN, PROTOCOL
      case 11, 26 -> "XX001"; // CORRUPT, NOTADB
      case 13 -> "53100"; // FULL
      case 18 -> "22001"; // TOOBIG
      case 19 -> "23000"; // CONSTRAINT
      case 20 -> "22018"; // MISMATCH
      case 23 -> "42501"; // AUTH
      case 25 -> "07009"; // RANGE
      default -> "XX000";
    };
  }

  private static String sqlState(String message) {
    for (Wording wording : WORDINGS) {
      if (wording.fits(message)) {
        return wording.sqlState();
      }
    }
    return "42000";
  }

  /** Undoes sqlite-jdbc's {@code [CODE] explanation (SQLite's message)}. */
  private static String cleanMessage(String decorated, SQLiteErrorCode code) {
    String before = "[" + code.name() + "] " + code.message + " (";
    if (decorated.startsWith(before) && decorated.endsWith(")")) {
      return decorated.substring(before.length(), decorated.length() - 1);
    }
    return decorated;
  }
}
