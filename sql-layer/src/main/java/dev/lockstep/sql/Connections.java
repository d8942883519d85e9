package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import org.sqlite.jdbc4.JDBC4Connection;

/** Opens connections to a node's file, all with the settings that decide what statements mean. */
final class Connections {
  /**
   * The greatest text, blob or row. Every node must have the same: whether a statement exceeds it
   * is a replicated result.
   */
  static final int VALUE_BYTES_MAX = 64 << 20;

  /** The greatest parameter number, SQLite's own default (SQLITE_MAX_VARIABLE_NUMBER). */
  static final int PARAMETERS_MAX = 32_766;

  /**
   * The longest statement: what clients may send, 1 MiB, must fit with what analysis puts around
   * it.
   */
  private static final int SQL_BYTES_MAX = 2 << 20;

  /** Nobody holds a lock for long in WAL mode: only recovery and a checkpoint's end. */
  private static final int BUSY_TIMEOUT_MILLIS = 2_000;

  /** What is left of a WAL that had to grow beyond it, once it begins anew. */
  private static final int WAL_BYTES_KEPT = 64 << 20;

  /** Negative: in KiB. */
  private static final int WRITER_CACHE = -32_768;

  private static final int READER_CACHE = -4_096;

  private Connections() {}

  static SQLiteConnection writer(Path file) throws SQLException {
    SQLiteConfig config = common();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setCacheSize(WRITER_CACHE);
    config.setJournalSizeLimit(WAL_BYTES_KEPT);
    return open(file, config);
  }

  /** For checkpoints of the WAL beside the writer. */
  static SQLiteConnection checkpointer(Path file) throws SQLException {
    SQLiteConfig config = common();
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    return open(file, config);
  }

  static SQLiteConnection reader(Path file) throws SQLException {
    SQLiteConfig config = common();
    config.setReadOnly(true);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setCacheSize(READER_CACHE);
    SQLiteConnection connection = open(file, config);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only = ON");
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  /** A database of its own in memory, for analysis. */
  static SQLiteConnection memory() throws SQLException {
    return limited(new JDBC4Connection("jdbc:sqlite::memory:", ":memory:", properties(common())));
  }

  /** Recursive triggers stay off, as SQLite has it by default. */
  private static SQLiteConfig common() {
    SQLiteConfig config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    config.enableRecursiveTriggers(false);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    // Otherwise sqlite-jdbc runs a SELECT after every statement that changes something.
    config.setGetGeneratedKeys(false);
    return config;
  }

  private static SQLiteConnection open(Path file, SQLiteConfig config) throws SQLException {
    String name = file.toString();
    if (name.indexOf('?') >= 0) {
      throw new SQLException("sqlite-jdbc cannot open a path with a question mark: " + name);
    }
    return limited(new JDBC4Connection("jdbc:sqlite:" + name, name, properties(config)));
  }

  private static SQLiteConnection limited(SQLiteConnection connection) throws SQLException {
    try {
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX);
      connection.setLimit(SQLiteLimits.SQLITE_LIMIT_VARIABLE_NUMBER, PARAMETERS_MAX);
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  private static Properties properties(SQLiteConfig config) {
    return config.toProperties();
  }
}
