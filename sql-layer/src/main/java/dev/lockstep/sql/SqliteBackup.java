package dev.lockstep.sql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * A page-exact copy of a database file as it was when the copy began, while the writer goes on.
 * Never {@code VACUUM INTO}, which may number rows anew.
 *
 * <p>Made on one thread and then used by one other.
 */
public final class SqliteBackup implements AutoCloseable {
  /** Where a database file keeps its schema cookie (sqlite.org/fileformat2.html, section 1.3). */
  private static final int SCHEMA_COOKIE_OFFSET = 40;

  private static final int ALL_PAGES = -1;
  private static final int RETRY_MILLIS = 10;
  private static final int RETRIES = 100;

  private final SQLiteConnection connection;
  private final int schemaVersion;

  private SqliteBackup(SQLiteConnection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      // BEGIN alone pins nothing; the first read does.
      try (ResultSet result = statement.executeQuery("PRAGMA schema_version")) {
        result.next();
        schemaVersion = result.getInt(1);
      }
    }
  }

  /**
   * Pins the last committed state of the file. Does not wait for the writer.
   *
   * @param file a database in WAL mode
   */
  public static SqliteBackup begin(Path file) throws SQLException {
    SQLiteConnection connection = Connections.reader(file);
    try {
      return new SqliteBackup(connection);
    } catch (SQLException | RuntimeException failure) {
      connection.close();
      throw failure;
    }
  }

  /**
   * Writes the pinned state into a new file and forces it to disk; on failure the file is removed.
   *
   * @param target must not exist
   */
  public void copyTo(Path target) throws SQLException, IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    boolean complete = false;
    try {
      copyPages(target);
      finish(target);
      complete = true;
    } finally {
      if (!complete) {
        Files.deleteIfExists(target);
        Files.deleteIfExists(target.resolveSibling(target.getFileName() + "-journal"));
      }
    }
  }

  private void copyPages(Path target) throws SQLException {
    DB database = connection.getDatabase();
    int code = database.backup("main", target.toString(), null, RETRY_MILLIS, RETRIES, ALL_PAGES);
    if (code != DB.SQLITE_OK) {
      database.throwex(code);
    }
  }

  /** The backup API numbers the copy's schema anew; replicas must agree on the number. */
  private void finish(Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      ByteBuffer cookie = ByteBuffer.allocate(Integer.BYTES).putInt(0, schemaVersion);
      long position = SCHEMA_COOKIE_OFFSET;
      while (cookie.hasRemaining()) {
        position += channel.write(cookie, position);
      }
      channel.force(true);
    }
  }

  /** Releases the pinned state; idempotent. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
