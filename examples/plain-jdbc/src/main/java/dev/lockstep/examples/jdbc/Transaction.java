package dev.lockstep.examples.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Runs work in a transaction, and runs it again when the database had to roll it back because
 * others have changed what it had read (SQLSTATE 40001). Nothing of it was done then, and the
 * connection goes on.
 */
final class Transaction {
  private static final String ROLLED_BACK = "40001";
  private static final int ATTEMPTS_MAX = 20;

  private Transaction() {}

  interface Work<T> {
    T run() throws SQLException;
  }

  static <T> T run(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          T result = work.run();
          connection.commit();
          return result;
        } catch (SQLException e) {
          connection.rollback();
          if (!ROLLED_BACK.equals(e.getSQLState()) || attempt == ATTEMPTS_MAX) {
            throw e;
          }
        }
      }
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
