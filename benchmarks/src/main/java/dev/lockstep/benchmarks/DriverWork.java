package dev.lockstep.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** What the driver is compared with SQLite's own by; the same calls for both. */
final class DriverWork {
  static final int ROWS = 200_000;
  static final int INSERTS = 100_000;
  static final String BY_KEY = "SELECT id, balance, note FROM bench_account WHERE id = ?";

  private static final int READS = 5_000;
  private static final int BATCH_ROWS = 1_000;
  private static final int FETCH_ROWS = 1_000;

  private DriverWork() {}

  static long readByKey(Connection connection) throws SQLException {
    long sum = 0;
    try (PreparedStatement query = connection.prepareStatement(BY_KEY)) {
      for (int i = 0; i < READS; i++) {
        sum += readOneByKey(query);
      }
    }
    return check(sum, READS);
  }

  /**
   * @param query of {@link #BY_KEY}
   */
  static long readOneByKey(PreparedStatement query) throws SQLException {
    query.setInt(1, ThreadLocalRandom.current().nextInt(ROWS));
    try (ResultSet rows = query.executeQuery()) {
      return read(rows);
    }
  }

  static long scan(Connection connection) throws SQLException {
    try (Statement query = connection.createStatement()) {
      query.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = query.executeQuery("SELECT id, balance, note FROM bench_account")) {
        return check(read(rows), ROWS);
      }
    }
  }

  /** Reads all columns of all rows; gives their number. */
  private static long read(ResultSet rows) throws SQLException {
    long count = 0;
    while (rows.next()) {
      if (rows.getLong(1) >= 0 && rows.getLong(2) > 0 && rows.getString(3).length() == 100) {
        count++;
      }
    }
    return count;
  }

  static long insert(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM bench_entry");
    }
    boolean alone = connection.getMetaData().getURL().startsWith("jdbc:sqlite:");
    try (PreparedStatement insert = connection.prepareStatement(BenchmarkTables.INSERT)) {
      for (int id = 0; id < INSERTS; id++) {
        insert.setInt(1, id);
        insert.setInt(2, id);
        insert.setString(3, BenchmarkTables.NOTE);
        insert.addBatch();
        if ((id + 1) % BATCH_ROWS == 0) {
          // A batch is one transaction on both sides.
          connection.setAutoCommit(!alone);
          insert.executeBatch();
          connection.setAutoCommit(true);
        }
      }
    }
    return INSERTS;
  }

  private static long check(long rows, long expected) {
    if (rows != expected) {
      throw new IllegalStateException(rows + " rows were read, not " + expected);
    }
    return rows;
  }

  /** SQLite's own driver, as careful with the disk as a node. */
  static Connection sqlite(Path file) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("journal_mode", "WAL");
    properties.setProperty("synchronous", "FULL");
    properties.setProperty("busy_timeout", "60000");
    return DriverManager.getConnection("jdbc:sqlite:" + file, properties);
  }

  /** The file with the state, in the directory of a node's database. */
  static Path stateFile(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("state"))) {
      return files
          .filter(file -> file.getFileName().toString().equals("data.db"))
          .max((a, b) -> a.getParent().compareTo(b.getParent()))
          .orElseThrow(() -> new IOException("no state in " + directory));
    }
  }

  /** Waits until a query gives the number. */
  static void await(Connection reader, String sql, long wanted)
      throws SQLException, InterruptedException {
    while (true) {
      try (Statement statement = reader.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        if (rows.next() && rows.getLong(1) == wanted) {
          return;
        }
      }
      Thread.sleep(20);
    }
  }
}
