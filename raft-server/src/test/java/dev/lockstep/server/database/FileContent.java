package dev.lockstep.server.database;

import dev.lockstep.sql.SqliteReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/**
 * Everything that replicas must have alike, as lines of text: the rows of all tables with their
 * rowids and storage classes, also those of Lockstep, of the planner and behind virtual tables; the
 * schema; the header's numbers. Not where on which page something stands.
 */
final class FileContent {
  private static final HexFormat HEX = HexFormat.of();

  private FileContent() {}

  static List<String> of(Path file) throws SQLException {
    try (SqliteReader reader = SqliteReader.open(file);
        Statement statement = reader.connection().createStatement()) {
      reader.begin();
      List<String> lines = new ArrayList<>();
      for (String number : List.of("user_version", "application_id", "schema_version")) {
        lines.add(number + " " + rows(statement, "PRAGMA " + number));
      }
      add(
          lines,
          "sqlite_schema",
          rows(statement, "SELECT rowid, type, name, tbl_name, sql FROM sqlite_schema"));
      for (String[] table : tables(statement)) {
        add(lines, table[0], rowsOf(statement, table[0], table[1].equals("1")));
      }
      return lines;
    }
  }

  /** What SQLite's own checks complain of; empty if all is well. */
  static List<String> complaints(Path file) throws SQLException {
    try (SqliteReader reader = SqliteReader.open(file);
        Statement statement = reader.connection().createStatement()) {
      reader.begin();
      List<String> found = rows(statement, "PRAGMA integrity_check");
      return found.equals(List.of("text:" + HEX.formatHex("ok".getBytes(StandardCharsets.UTF_8))))
          ? List.of()
          : found;
    }
  }

  private static void add(List<String> lines, String table, List<String> rows) {
    for (String row : rows) {
      lines.add(table + ": " + row);
    }
  }

  private static List<String[]> tables(Statement statement) throws SQLException {
    List<String[]> tables = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT name, wr FROM pragma_table_list WHERE schema = 'main'"
                + " AND type IN ('table', 'shadow') AND name <> 'sqlite_schema' ORDER BY name")) {
      while (rows.next()) {
        tables.add(new String[] {rows.getString(1), rows.getString(2)});
      }
    }
    return tables;
  }

  private static List<String> rowsOf(Statement statement, String table, boolean withoutRowid)
      throws SQLException {
    StringBuilder columns = new StringBuilder(withoutRowid ? "''" : "rowid");
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT name FROM pragma_table_xinfo('" + table + "') WHERE hidden IN (0, 3)")) {
      while (rows.next()) {
        columns.append(", \"").append(rows.getString(1)).append('"');
      }
    }
    List<String> found =
        rows(
            statement,
            "SELECT "
                + columns
                + " FROM \""
                + table
                + "\""
                + (withoutRowid ? "" : " ORDER BY rowid"));
    if (withoutRowid) {
      Collections.sort(found);
    }
    return found;
  }

  private static List<String> rows(Statement statement, String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      int width = rows.getMetaData().getColumnCount();
      StringBuilder line = new StringBuilder();
      while (rows.next()) {
        line.setLength(0);
        for (int i = 1; i <= width; i++) {
          line.append(i == 1 ? "" : " | ");
          append(line, rows, i);
        }
        found.add(line.toString());
      }
    }
    return found;
  }

  private static void append(StringBuilder line, ResultSet rows, int column) throws SQLException {
    Object value = rows.getObject(column);
    if (value instanceof Double real) {
      line.append("real:").append(Long.toHexString(Double.doubleToRawLongBits(real)));
    } else if (value instanceof byte[] bytes) {
      line.append("blob:").append(HEX.formatHex(bytes));
    } else if (value instanceof String) {
      // The bytes: a text need not be right UTF-8.
      line.append("text:").append(HEX.formatHex(rows.getBytes(column)));
    } else {
      line.append(value);
    }
  }
}
