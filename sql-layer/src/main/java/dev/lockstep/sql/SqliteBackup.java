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
 * <p>The copy is made in steps of {@link #STEP_BYTES}, so that it can be slowed down. SQLite begins
 * a copy in steps anew when the source changes between two of them, but only if the source has to
 * be read anew for that: the read transaction that pins the state keeps it from noticing.
 *
 * <p>Made on one thread and then used by one other.
 */
public final class SqliteBackup implements AutoCloseable {
  /** Where a database file keeps its schema cookie (sqlite.org/fileformat2.html, section 1.3). */
  private static final int SCHEMA_COOKIE_OFFSET = 40;

  /** Bytes that are copied between two calls of {@link Progress}. */
  public static final int STEP_BYTES = 1 << 20;

  private static final int RETRY_MILLIS = 10;
  private static final int RETRIES = 100;

  private final SQLiteConnection connection;
  private final int schemaVersion;
  private final int pageBytes;
  private final long sizeBytes;

  private SqliteBackup(SQLiteConnection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      // BEGIN alone pins nothing; the first read does.
      schemaVersion = (int) number(statement, "PRAGMA schema_version");
      pageBytes = (int) number(statement, "PRAGMA page_size");
      sizeBytes = pageBytes * number(statement, "PRAGMA page_count");
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Is told of each step of a copy, between two steps; may take its time. */
  public interface Progress {
    /**
     * @param bytes copied since the last call
     * @throws IOException to have the copy fail; it may go on to its end before
     */
    void copied(long bytes) throws IOException;
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

  /** Size of the copy. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** As {@link #copyTo(Path, Progress)}, at full speed. */
  public void copyTo(Path target) throws SQLException, IOException {
    copyTo(target, bytes -> {});
  }

  /**
   * Writes the pinned state into a new file and forces it to disk; on failure the file is removed.
   *
   * @param target must not exist
   */
  public void copyTo(Path target, Progress progress) throws SQLException, IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    boolean complete = false;
    try {
      copyPages(target, progress);
      finish(target);
      complete = true;
    } finally {
      if (!complete) {
        Files.deleteIfExists(target);
        Files.deleteIfExists(target.resolveSibling(target.getFileName() + "-journal"));
      }
    }
  }

  private void copyPages(Path target, Progress progress) throws SQLException, IOException {
    DB database = connection.getDatabase();
    int pagesPerStep = Math.max(1, STEP_BYTES / pageBytes);
    Steps steps = new Steps(progress);
    int code =
        database.backup("main", target.toString(), steps, RETRY_MILLIS, RETRIES, pagesPerStep);
    if (steps.failure != null) {
      throw new IOException("the copy to " + target + " was ended", steps.failure);
    }
    if (code != DB.SQLITE_OK) {
      database.throwex(code);
    }
  }

  /** Called by native code, through which nothing may be thrown. */
  private final class Steps implements DB.ProgressObserver {
    private final Progress progress;
    private Exception failure;
    private int last = -1;

    Steps(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void progress(int remaining, int pageCount) {
      int copied = (last < 0 ? pageCount : last) - remaining;
      last = remaining;
      if (failure == null) {
        try {
          progress.copied((long) copied * pageBytes);
        } catch (IOException | RuntimeException e) {
          failure = e;
        }
      }
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
