package dev.lockstep.testkit.junit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Empties the database, in one transaction: all tables, views, indexes and triggers go. */
final class DatabaseReset {
  /**
   * Views first; virtual tables before others, and without their shadow tables, which go with them.
   */
  private static final String OBJECTS =
      """
      SELECT 'DROP ' || iif(type = 'view', 'VIEW', 'TABLE')
          || ' "' || replace(name, '"', '""') || '"'
      FROM pragma_table_list
      WHERE schema = 'main' AND type IN ('view', 'virtual', 'table')
          AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      ORDER BY type DESC, name\
      """;

  private DatabaseReset() {}

  static void run(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // To the end, when parents and children are both gone: tables can be dropped in any order.
      statement.execute("PRAGMA defer_foreign_keys = ON");
      for (String drop : drops(statement)) {
        statement.execute(drop);
      }
      connection.commit();
    }
  }

  private static List<String> drops(Statement statement) throws SQLException {
    List<String> drops = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(OBJECTS)) {
      while (rows.next()) {
        drops.add(rows.getString(1));
      }
    }
    return drops;
  }
}
