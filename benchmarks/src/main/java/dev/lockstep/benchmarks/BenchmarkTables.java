package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables of the workloads, in SQL that all databases understand. */
final class BenchmarkTables {
  static final String INSERT = "INSERT INTO bench_entry (id, amount, note) VALUES (?, ?, ?)";

  /** A text of 100 characters. */
  static final String NOTE = "0123456789".repeat(10);

  private static final int START_BALANCE = 1_000;
  private static final int BATCH_ROWS = 1_000;

  private BenchmarkTables() {}

  /** Makes the tables anew and fills the account table. */
  static void create(Connection connection, int rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS bench_entry");
      statement.execute("DROP TABLE IF EXISTS bench_account");
      statement.execute(
          "CREATE TABLE bench_entry"
              + " (id INTEGER NOT NULL PRIMARY KEY, amount INTEGER NOT NULL,"
              + " note VARCHAR(100) NOT NULL)");
      statement.execute(
          "CREATE TABLE bench_account"
              + " (id INTEGER NOT NULL PRIMARY KEY, balance INTEGER NOT NULL,"
              + " note VARCHAR(100) NOT NULL)");
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO bench_account (id, balance, note) VALUES (?, ?, ?)")) {
      for (int id = 0; id < rows; id++) {
        insert.setInt(1, id);
        insert.setInt(2, START_BALANCE);
        insert.setString(3, NOTE);
        insert.addBatch();
        if ((id + 1) % BATCH_ROWS == 0 || id + 1 == rows) {
          insert.executeBatch();
        }
      }
    }
  }

  /** Transfers neither make nor lose money: whether all balances together are what they were. */
  static boolean moneyIsAllThere(Connection connection, int rows) throws SQLException {
    return count(connection, "SELECT sum(balance) FROM bench_account")
        == (long) rows * START_BALANCE;
  }

  static long entries(Connection connection) throws SQLException {
    return count(connection, "SELECT count(*) FROM bench_entry");
  }

  static void drop(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE bench_entry");
      statement.execute("DROP TABLE bench_account");
    }
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
