package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A read-only connection to a node's file. Time and chance are real; the functions of the session
 * answer what {@link #setSession} said.
 *
 * <p>For one thread at a time, except {@link #interrupt()}.
 */
public final class SqliteReader implements AutoCloseable {
  private SqliteReader() {}

  /** Opens the file, which must exist, read-only and with query_only. */
  public static SqliteReader open(Path file) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** The connection itself. Statements made on it directly are the caller's to close. */
  public Connection connection() {
    throw new UnsupportedOperationException("not yet");
  }

  /** As {@link SqliteWriter#prepare}. */
  public PreparedStatement prepare(String sql) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** What the three functions of the session answer from now on. */
  public void setSession(long lastInsertRowid, long changes, long totalChanges) {
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
