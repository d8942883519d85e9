package dev.lockstep.liquibase;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import liquibase.GlobalConfiguration;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * The cluster's lock of one table of changes. It belongs to the connection that Liquibase works on,
 * is kept by its driver beyond the loss of a leader, and ends with the connection. It may be taken
 * more than once, and is released as often.
 */
final class NamedLock {
  private final Database database;

  NamedLock(Database database) {
    this.database = database;
  }

  /**
   * Takes it; what was not committed on the connection is rolled back.
   *
   * @param waitSeconds how long to wait while somebody else has it
   * @return whether it was taken
   */
  boolean take(long waitSeconds) throws DatabaseException {
    return call("SELECT lockstep_lock(?, ?)", name(), waitSeconds);
  }

  /** Undoes one {@link #take}; what was not committed on the connection is rolled back. */
  void release() throws DatabaseException {
    call("SELECT lockstep_unlock(?)", name());
  }

  /** Undoes all of them. */
  void releaseAll() throws DatabaseException {
    while (call("SELECT lockstep_unlock(?)", name())) {
      // Once more.
    }
  }

  /** Liquibase's setting of how long to wait for another migrator. */
  static long waitSeconds() {
    return GlobalConfiguration.CHANGELOGLOCK_WAIT_TIME.getCurrentValue() * 60;
  }

  String timeoutMessage() {
    return "Could not acquire change log lock: another connection has " + name();
  }

  String name() {
    return "liquibase:" + database.getDatabaseChangeLogTableName();
  }

  /** A lock is taken and released between transactions, not in one. */
  private boolean call(String sql, Object... parameters) throws DatabaseException {
    Connection connection = ((JdbcConnection) database.getConnection()).getUnderlyingConnection();
    try {
      boolean autoCommit = connection.getAutoCommit();
      if (!autoCommit) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      try {
        return isOne(connection, sql, parameters);
      } finally {
        connection.setAutoCommit(autoCommit);
      }
    } catch (SQLException e) {
      throw new DatabaseException("the lock " + name() + ": " + e.getMessage(), e);
    }
  }

  private static boolean isOne(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() && rows.getInt(1) == 1;
      }
    }
  }
}
