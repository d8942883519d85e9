package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** What the threads do over and over. */
enum Workload {
  /** One row into a table of three columns, about 120 bytes; autocommit. */
  INSERT(1) {
    @Override
    Operation prepare(Connection connection, int rows, AtomicInteger nextId) throws SQLException {
      return new InsertOperation(connection, nextId, 1);
    }
  },
  /** One row of the account table, chosen at random; autocommit. */
  UPDATE(1) {
    @Override
    Operation prepare(Connection connection, int rows, AtomicInteger nextId) throws SQLException {
      return new AccountOperation(connection, rows, 1.0);
    }
  },
  /** A JDBC batch of 100 such inserts; autocommit. */
  BATCH100(100) {
    @Override
    Operation prepare(Connection connection, int rows, AtomicInteger nextId) throws SQLException {
      return new InsertOperation(connection, nextId, 100);
    }
  },
  /** One account by its key, chosen at random; autocommit. */
  READ(1) {
    @Override
    Operation prepare(Connection connection, int rows, AtomicInteger nextId) throws SQLException {
      return new AccountOperation(connection, rows, 0.0);
    }
  },
  /** 95 of 100 as READ, 5 of 100 as UPDATE. */
  MIXED(1) {
    @Override
    Operation prepare(Connection connection, int rows, AtomicInteger nextId) throws SQLException {
      return new AccountOperation(connection, rows, 0.05);
    }
  },
  /** A transaction: reads a balance, moves money from that account to another one, commits. */
  TRANSFER(1) {
    @Override
    Operation prepare(Connection connection, int rows, AtomicInteger nextId) throws SQLException {
      return new TransferOperation(connection, rows);
    }
  },
  /** All rows of the account table. */
  SCAN(0) {
    @Override
    Operation prepare(Connection connection, int rows, AtomicInteger nextId) throws SQLException {
      return new ScanOperation(connection, rows);
    }
  };

  private final int rowsEach;

  Workload(int rowsEach) {
    this.rowsEach = rowsEach;
  }

  /** Prepares the statements of one thread. */
  abstract Operation prepare(Connection connection, int rows, AtomicInteger nextId)
      throws SQLException;

  /** How many rows one operation reads or writes. */
  int rowsEach(int tableRows) {
    return rowsEach == 0 ? tableRows : rowsEach;
  }

  /** As the command line and the JSON file name it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
