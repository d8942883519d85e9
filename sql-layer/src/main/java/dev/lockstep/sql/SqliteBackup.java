package dev.lockstep.sql;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A page-exact copy of a database file as it was when the copy began, while the writer goes on.
 *
 * <p>Made on one thread and then used by one other.
 */
public final class SqliteBackup implements AutoCloseable {
  private SqliteBackup() {}

  /**
   * Pins the last committed state of the file. Does not wait for the writer.
   *
   * @param file a database in WAL mode
   */
  public static SqliteBackup begin(Path file) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Writes the pinned state into a new file and forces it to disk; on failure the file is removed.
   *
   * @param target must not exist
   */
  public void copyTo(Path target) throws SQLException, IOException {
    throw new UnsupportedOperationException("not yet");
  }

  /** Releases the pinned state; idempotent. */
  @Override
  public void close() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }
}
