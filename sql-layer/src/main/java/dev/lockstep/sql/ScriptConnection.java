package dev.lockstep.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * A connection on which the statements of a command or a transaction run, with the functions of
 * time, chance and session bound to it. For one thread at a time.
 */
public interface ScriptConnection {
  /** An open statement, owned by the connection; see {@link SqliteWriter#prepare}. */
  PreparedStatement prepare(String sql) throws SQLException;

  /** Binds the functions of time and chance; see {@link SqliteWriter#beginStatement}. */
  void beginStatement(long clockMillis, long seed, int statementNumber);

  /** What the functions of the session answer from now on. */
  void setSession(long lastInsertRowid, long changes, long totalChanges) throws SQLException;

  /** What {@code last_insert_rowid()} alone answers from now on. */
  void setLastInsertRowid(long lastInsertRowid) throws SQLException;

  /** The rowid of the last row that was inserted on this connection. */
  long lastInsertRowid() throws SQLException;

  /** The rows that the last INSERT, UPDATE or DELETE changed. */
  long changes() throws SQLException;

  /** The rows changed since the connection was opened. */
  long totalChanges() throws SQLException;
}
