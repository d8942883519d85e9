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
    for (int attempt = 1; ; attempt++) {
      connection.setAutoCommit(false);
      try {
        T result = work.run();
        connection.commit();
        connection.setAutoCommit(true);
        return result;
      } catch (SQLException | RuntimeException | Error e) {
        undo(connection, e);
        if (!isRolledBack(e) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static boolean isRolledBack(Throwable e) {
    return e instanceof SQLException failure && ROLLED_BACK.equals(failure.getSQLState());
  }

  private static void undo(Connection connection, Throwable reason) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }
}
