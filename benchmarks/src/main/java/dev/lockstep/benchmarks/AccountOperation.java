package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** Reads or updates one account, in autocommit mode. */
final class AccountOperation implements Operation {
  private final PreparedStatement select;
  private final PreparedStatement update;
  private final int accounts;
  private final double updateShare;

  /**
   * @param updateShare how many of all operations are updates: from 0 to 1
   */
  AccountOperation(Connection connection, int accounts, double updateShare) throws SQLException {
    this.select =
        connection.prepareStatement("SELECT balance, note FROM bench_account WHERE id = ?");
    this.update =
        connection.prepareStatement("UPDATE bench_account SET balance = balance + 1 WHERE id = ?");
    this.accounts = accounts;
    this.updateShare = updateShare;
  }

  @Override
  public void run(SplittableRandom random) throws SQLException {
    int id = random.nextInt(accounts);
    if (random.nextDouble() < updateShare) {
      update.setInt(1, id);
      requireOne(update.executeUpdate(), id);
    } else {
      select.setInt(1, id);
      try (ResultSet row = select.executeQuery()) {
        requireOne(row.next() && row.getString(2).length() == 100 ? 1 : 0, id);
      }
    }
  }

  private static void requireOne(int found, int id) {
    if (found != 1) {
      throw new IllegalStateException("account " + id + " found " + found + " times");
    }
  }

  @Override
  public void close() throws SQLException {
    select.close();
    update.close();
  }
}
