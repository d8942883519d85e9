package dev.lockstep.liquibase;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/** All views and tables of the database, with their indexes, keys and triggers. */
final class AllObjects {
  /**
   * Virtual tables before others, with the tables behind them; without the tables of SQLite and of
   * Lockstep, whose names begin alike.
   */
  private static final String DROP_STATEMENTS =
      "SELECT 'DROP ' || iif(type = 'view', 'VIEW', 'TABLE') || ' main.\"'"
          + " || replace(name, '\"', '\"\"') || '\"' FROM pragma_table_list"
          + " WHERE schema = 'main' AND type IN ('view', 'virtual', 'table')"
          + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC, name";

  private AllObjects() {}

  /**
   * Drops them in one transaction; what was not committed on the connection is rolled back. Foreign
   * keys are looked at when it ends, so that tables can be dropped in any order.
   */
  static void drop(JdbcConnection liquibase) throws DatabaseException {
    Connection connection = liquibase.getUnderlyingConnection();
    try {
      boolean autoCommit = connection.getAutoCommit();
      if (!autoCommit) {
        connection.rollback();
      }
      connection.setAutoCommit(false);
      try {
        dropAll(connection);
        connection.commit();
      } catch (SQLException e) {
        try {
          connection.rollback();
        } catch (SQLException rollback) {
          e.addSuppressed(rollback);
        }
        throw e;
      } finally {
        connection.setAutoCommit(autoCommit);
      }
    } catch (SQLException e) {
      throw new DatabaseException("dropping all objects: " + e.getMessage(), e);
    }
  }

  private static void dropAll(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA defer_foreign_keys = ON");
      for (String drop : dropStatements(statement)) {
        statement.execute(drop);
      }
    }
  }

  private static List<String> dropStatements(Statement statement) throws SQLException {
    List<String> drops = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(DROP_STATEMENTS)) {
      while (rows.next()) {
        drops.add(rows.getString(1));
      }
    }
    return drops;
  }
}
