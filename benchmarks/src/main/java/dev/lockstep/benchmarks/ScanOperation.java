package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** Reads all accounts, a thousand at a time. */
final class ScanOperation implements Operation {
  private static final int FETCH_SIZE = 1_000;

  private final PreparedStatement select;
  private final int accounts;

  ScanOperation(Connection connection, int accounts) throws SQLException {
    this.select = connection.prepareStatement("SELECT id, balance, note FROM bench_account");
    this.accounts = accounts;
    select.setFetchSize(FETCH_SIZE);
  }

  @Override
  public void run(SplittableRandom random) throws SQLException {
    int seen = 0;
    long characters = 0;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        seen++;
        row.getInt(1);
        row.getLong(2);
        characters += row.getString(3).length();
      }
    }
    if (seen != accounts || characters != 100L * accounts) {
      throw new IllegalStateException(seen + " of " + accounts + " accounts read");
    }
  }

  @Override
  public void close() throws SQLException {
    select.close();
  }
}
