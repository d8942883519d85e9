package dev.lockstep.testkit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Compares SQLite files table by table and row by row through plain sqlite-jdbc: outside of the
 * code that wrote them. Lockstep's own tables are left out.
 */
public final class ContentComparison {
  private static final String TABLES =
      "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
          + " AND name NOT LIKE 'sqlite\\_lockstep\\_%' ESCAPE '\\' ORDER BY name";

  private ContentComparison() {}

  /**
   * @return the first difference, in words; empty if there is none
   */
  public static Optional<String> firstDifference(Path one, Path other) throws SQLException {
    try (Connection left = open(one);
        Connection right = open(other)) {
      Optional<String> schema = difference("the schema", left, right, TABLES);
      if (schema.isPresent()) {
        return schema;
      }
      for (String table : tables(left)) {
        String all = "SELECT rowid, * FROM \"" + table.replace("\"", "\"\"") + "\" ORDER BY 1";
        Optional<String> rows = difference("table " + table, left, right, all);
        if (rows.isPresent()) {
          return rows;
        }
      }
      return Optional.empty();
    }
  }

  private static Connection open(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  private static List<String> tables(Connection connection) throws SQLException {
    String rowidTables =
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0"
            + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(rowidTables)) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private static Optional<String> difference(
      String what, Connection left, Connection right, String query) throws SQLException {
    try (Statement leftStatement = left.createStatement();
        Statement rightStatement = right.createStatement();
        ResultSet leftRows = leftStatement.executeQuery(query);
        ResultSet rightRows = rightStatement.executeQuery(query)) {
      int columns = leftRows.getMetaData().getColumnCount();
      for (long row = 1; ; row++) {
        boolean leftHas = leftRows.next();
        if (leftHas != rightRows.next()) {
          return Optional.of(what + ": one has " + (row - 1) + " rows, the other more");
        }
        if (!leftHas) {
          return Optional.empty();
        }
        String leftText = text(leftRows, columns);
        String rightText = text(rightRows, columns);
        if (!leftText.equals(rightText)) {
          return Optional.of(what + ", row " + row + ": " + leftText + " and " + rightText);
        }
      }
    }
  }

  /** The values with their storage classes, so that 1 and '1' differ. */
  private static String text(ResultSet row, int columns) throws SQLException {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= columns; i++) {
      Object value = row.getObject(i);
      text.append(value == null ? "" : value.getClass().getSimpleName()).append(':');
      text.append(value instanceof byte[] blob ? HexFormat.of().formatHex(blob) : value);
      text.append(' ');
    }
    return text.toString();
  }
}
