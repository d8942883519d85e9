package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Inserts a row, or a batch of rows. */
final class InsertOperation implements Operation {
  private final PreparedStatement insert;
  private final AtomicInteger nextId;
  private final int rows;

  InsertOperation(Connection connection, AtomicInteger nextId, int rows) throws SQLException {
    this.insert = connection.prepareStatement(BenchmarkTables.INSERT);
    this.nextId = nextId;
    this.rows = rows;
  }

  @Override
  public void run(SplittableRandom random) throws SQLException {
    if (rows == 1) {
      bind(random);
      insert.executeUpdate();
      return;
    }
    insert.clearBatch();
    for (int i = 0; i < rows; i++) {
      bind(random);
      insert.addBatch();
    }
    insert.executeBatch();
  }

  private void bind(SplittableRandom random) throws SQLException {
    insert.setInt(1, nextId.getAndIncrement());
    insert.setInt(2, random.nextInt());
    insert.setString(3, BenchmarkTables.NOTE);
  }

  @Override
  public void close() throws SQLException {
    insert.close();
  }
}
