package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The one connection of a node that applies commands. SQLite's functions of time and chance are
 * replaced on it by ones bound to the command, see {@link #beginStatement}.
 *
 * <p>For one thread at a time, except {@link #interrupt()}. The caller manages transactions with
 * statements (BEGIN, SAVEPOINT …) through {@link #prepare}; JDBC's autocommit stays on.
 */
public final class SqliteWriter implements AutoCloseable {
  private SqliteWriter() {}

  /**
   * Opens or creates the file: WAL, synchronous=NORMAL, foreign keys on, recursive triggers on.
   *
   * @throws SQLException if the file cannot be opened or is not a database
   */
  public static SqliteWriter open(Path file) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** The connection itself. Statements made on it directly are the caller's to close. */
  public Connection connection() {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * An open statement of the bounded cache, parameters cleared and not executing. Owned by the
   * writer: the caller does not close it, but closes its result set, and does not keep it beyond
   * the next call of {@code prepare}.
   *
   * @param sql one statement
   */
  public PreparedStatement prepare(String sql) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Binds the functions of time and chance for the statement that follows.
   *
   * @param clockMillis what 'now' is, milliseconds since 1970 UTC
   * @param seed the command's seed
   * @param statementNumber the statement's place in the command, from 0
   */
  public void beginStatement(long clockMillis, long seed, int statementNumber) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * What {@code last_insert_rowid()}, {@code changes()} and {@code total_changes()} answer from now
   * on. The first is the connection's own value, which {@link #primeLastInsertRowid} sets: this
   * method sets it too, only if it differs.
   */
  public void setSession(long lastInsertRowid, long changes, long totalChanges)
      throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Makes the connection's own {@code last_insert_rowid()} the given value, for statements with
   * {@link AnalyzedStatement#usesLastInsertRowid()}. Touches no user data.
   */
  public void primeLastInsertRowid(long rowid) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** The rowid of the last row that was inserted on this connection, or that was primed. */
  public long lastInsertRowid() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The rows that the last INSERT, UPDATE or DELETE changed, without triggers and foreign keys.
   * Other statements leave it as it was, and it is not valid before a RETURNING statement has
   * ended.
   */
  public long changes() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** The rows changed since the connection was opened, with triggers and foreign keys. */
  public long totalChanges() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** SQLite's schema cookie, also of uncommitted DDL. Changes with every DDL statement. */
  public int schemaVersion() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** Ends what the connection is doing with SQLITE_INTERRUPT. For any thread. */
  public void interrupt() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** Gives back all cached statements and the connection; idempotent. */
  @Override
  public void close() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }
}
