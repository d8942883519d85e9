package dev.lockstep.jdbc.client;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;

/**
 * The SQLSTATEs that the driver itself reports, and the exception class that belongs to each class
 * of SQLSTATEs, also to those that come from the server. Pools evict connections on {@code 08*} and
 * on {@code 0A000}: a connection that is usable never reports these.
 */
public enum SqlState {
  /** The requested type of result set was replaced by one that is supported. */
  WARNING_DOWNGRADED("01000"),
  /** Something the application asked for has no meaning here and was ignored. */
  WARNING_IGNORED("01S00"),
  /** A parameter of the statement has no value. */
  PARAMETER_MISSING("07001"),
  /** There is no such parameter or column. */
  INDEX_OUT_OF_RANGE("07009"),
  CONNECTION_NOT_ESTABLISHED("08001"),
  /** The connection, statement or result is closed. */
  CLOSED("08003"),
  CONNECTION_FAILED("08006"),
  /** It is not known whether a write was applied. */
  OUTCOME_UNKNOWN("08007"),
  PROTOCOL_VIOLATION("08P01"),
  NOT_SUPPORTED("0AL01"),
  NUMBER_OUT_OF_RANGE("22003"),
  INVALID_DATE("22007"),
  /** The value cannot be converted to the wanted type. */
  INVALID_CAST("22018"),
  INVALID_ARGUMENT("22023"),
  /** A stream is shorter than its length. */
  LENGTH_MISMATCH("22026"),
  /** The result is not on a row. */
  NO_CURRENT_ROW("24000"),
  /** The call is not allowed while a transaction is open, or only then. */
  WRONG_TRANSACTION_STATE("25001"),
  /** There is no transaction: the connection is in autocommit mode. */
  NO_TRANSACTION("25P01"),
  /** The transaction was rolled back, and its end is awaited. */
  TRANSACTION_ABORTED("25P02"),
  INVALID_SAVEPOINT("3B001"),
  TRANSACTION_LOST("40001"),
  /** What the driver itself reads of the language, JDBC's escapes, is malformed. */
  SYNTAX_ERROR("42601"),
  UNKNOWN_COLUMN("42703"),
  /** JDBC has no such function. */
  UNKNOWN_FUNCTION("42883"),
  /** The statement or batch is larger than a message may be. */
  TOO_LARGE("54000"),
  CANCELED("57014"),
  /** A statement returned rows where none are allowed, or none where they are expected. */
  WRONG_KIND_OF_RESULT("HY000");

  private final String code;

  SqlState(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }

  public SQLException exception(String message) {
    return exception(message, null);
  }

  public SQLException exception(String message, Throwable cause) {
    return exception(code, 0, message, cause);
  }

  /** The exception of JDBC that belongs to an SQLSTATE. */
  static SQLException exception(String state, int vendorCode, String message, Throwable cause) {
    return switch (state.substring(0, 2)) {
      case "08" ->
          state.equals(CONNECTION_NOT_ESTABLISHED.code) || state.equals(CONNECTION_FAILED.code)
              ? new SQLTransientConnectionException(message, state, vendorCode, cause)
              : new SQLNonTransientConnectionException(message, state, vendorCode, cause);
      case "0A" -> new SQLFeatureNotSupportedException(message, state, vendorCode, cause);
      case "22" -> new SQLDataException(message, state, vendorCode, cause);
      case "23" -> new SQLIntegrityConstraintViolationException(message, state, vendorCode, cause);
      case "28" -> new SQLInvalidAuthorizationSpecException(message, state, vendorCode, cause);
      case "40" -> new SQLTransactionRollbackException(message, state, vendorCode, cause);
      case "42" -> new SQLSyntaxErrorException(message, state, vendorCode, cause);
      case "53" -> new SQLTransientException(message, state, vendorCode, cause);
      case "58", "XX" -> new SQLNonTransientException(message, state, vendorCode, cause);
      default -> new SQLException(message, state, vendorCode, cause);
    };
  }

  /** The statement's own time limit was over. */
  public static SQLException timeout(String message, Throwable cause) {
    return new SQLTimeoutException(message, CANCELED.code, 0, cause);
  }
}
