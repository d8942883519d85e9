package dev.lockstep.examples.shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/**
 * Runs a transaction, and runs it again when the database says that it had to be rolled back
 * (SQLSTATE 40001: what it had read was changed by others meanwhile). Safe for use by several
 * threads.
 */
final class Transactions {
  private static final String ROLLED_BACK = "40001";

  /** More than any failover needs; a transaction that fails so often has another reason. */
  private static final int ATTEMPTS_MAX = 100;

  private final DataSource dataSource;
  private final LongAdder retries = new LongAdder();

  Transactions(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  interface Work<T> {
    /** Does the work and commits it; the connection has autocommit off. */
    T run(Connection connection) throws SQLException;
  }

  <T> T run(Work<T> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        try {
          return work.run(connection);
        } catch (SQLException | RuntimeException e) {
          rollBack(connection, e);
          throw e;
        }
      } catch (SQLException e) {
        if (!ROLLED_BACK.equals(e.getSQLState()) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
        retries.increment();
      }
    }
  }

  /** How many times a transaction was run again. */
  long retries() {
    return retries.sum();
  }

  private static void rollBack(Connection connection, Exception reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }
}
