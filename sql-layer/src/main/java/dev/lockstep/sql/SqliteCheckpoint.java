package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Copies pages from the WAL into the database file, without waiting for readers or writers
 * (sqlite.org/pragma.html#pragma_wal_checkpoint, PASSIVE).
 */
public final class SqliteCheckpoint {
  private SqliteCheckpoint() {}

  /**
   * How far the WAL is copied.
   *
   * @param walPages pages in the WAL
   * @param copiedPages those of them that the database file holds too
   */
  public record Progress(long walPages, long copiedPages) {}

  /** Looks without copying anything; cheap. */
  public static Progress look(SqliteWriter writer) throws SQLException {
    return run(writer.connection(), "NOOP");
  }

  /** Copies what can be copied at once. Not inside a transaction. */
  public static Progress run(SqliteWriter writer) throws SQLException {
    return run(writer.connection(), "PASSIVE");
  }

  /** Copies on a connection of its own, beside the writer. */
  public static Progress run(Path file) throws SQLException {
    try (Connection connection = Connections.checkpointer(file)) {
      return run(connection, "PASSIVE");
    }
  }

  private static Progress run(Connection connection, String mode) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
      if (!row.next()) {
        throw new SQLException("SQLite does not say how far the WAL is copied");
      }
      return new Progress(row.getLong(2), row.getLong(3));
    }
  }
}
