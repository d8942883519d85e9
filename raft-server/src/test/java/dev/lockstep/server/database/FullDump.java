package dev.lockstep.server.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Every value of a file with its type, of all tables that take up room in it, as lines of text. */
final class FullDump {
  private FullDump() {}

  static List<String> of(Path file) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      lines.addAll(
          query(
              statement,
              "SELECT 'schema: ' || type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql,"
                  + " '') FROM sqlite_schema ORDER BY name"));
      for (String table :
          query(
              statement,
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY 1")) {
        for (String row : query(statement, rows(statement, table))) {
          lines.add(table + ": " + row);
        }
      }
    }
    return lines;
  }

  private static String rows(Statement statement, String table) throws SQLException {
    List<String> columns =
        query(
            statement,
            "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM pragma_table_xinfo('"
                + table.replace("'", "''")
                + "')");
    boolean rowid =
        query(statement, "SELECT wr FROM pragma_table_list('" + table.replace("'", "''") + "')")
            .equals(List.of("0"));
    StringBuilder sql = new StringBuilder("SELECT ");
    sql.append(rowid ? "rowid" : "''");
    for (String column : columns) {
      sql.append(" || ', ' || typeof(").append(column);
      sql.append(") || ' ' || quote(").append(column).append(')');
    }
    return sql.append(" FROM \"")
        .append(table.replace("\"", "\"\""))
        .append("\" ORDER BY 1")
        .toString();
  }

  private static List<String> query(Statement statement, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
