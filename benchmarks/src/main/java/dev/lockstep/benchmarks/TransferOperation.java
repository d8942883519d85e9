package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** Moves money between two accounts in a transaction of three statements and a commit. */
final class TransferOperation implements Operation {
  private static final int AMOUNT_MAX = 10;

  private final Connection connection;
  private final PreparedStatement select;
  private final PreparedStatement update;
  private final int accounts;

  TransferOperation(Connection connection, int accounts) throws SQLException {
    if (accounts < 2) {
      throw new IllegalArgumentException("a transfer needs two accounts");
    }
    this.connection = connection;
    this.accounts = accounts;
    connection.setAutoCommit(false);
    this.select = connection.prepareStatement("SELECT balance FROM bench_account WHERE id = ?");
    this.update =
        connection.prepareStatement("UPDATE bench_account SET balance = balance + ? WHERE id = ?");
  }

  @Override
  public void run(SplittableRandom random) throws SQLException {
    int from = random.nextInt(accounts);
    int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
    int amount = 1 + random.nextInt(AMOUNT_MAX);
    try {
      requireBalance(from);
      // The account with the lower key first, so that databases with row locks have no deadlocks.
      add(Math.min(from, to), from < to ? -amount : amount);
      add(Math.max(from, to), from < to ? amount : -amount);
      connection.commit();
    } catch (SQLException e) {
      rollBack(e);
      throw e;
    }
  }

  private void requireBalance(int id) throws SQLException {
    select.setInt(1, id);
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new IllegalStateException("account " + id + " is missing");
      }
      row.getLong(1);
    }
  }

  private void add(int id, int amount) throws SQLException {
    update.setInt(1, amount);
    update.setInt(2, id);
    update.executeUpdate();
  }

  private void rollBack(SQLException reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public void close() throws SQLException {
    select.close();
    update.close();
  }
}
