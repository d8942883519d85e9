package dev.lockstep.server.database;

import dev.lockstep.sql.SqliteReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What there is in a generated database at some point of its log: read from SQLite itself. */
record GeneratedCatalog(
    List<Table> tables, List<String> indexes, List<String> triggers, List<String> views) {

  /** What a table is, as far as statements on it differ. */
  enum Form {
    ROWID,
    WITHOUT_ROWID,
    VIEW,
    FTS,
    RTREE
  }

  /**
   * @param columns all that a SELECT shows
   * @param writable those that an INSERT may name
   */
  record Table(String name, Form form, List<String> columns, List<String> writable) {
    boolean isReal() {
      return form == Form.ROWID || form == Form.WITHOUT_ROWID;
    }
  }

  static GeneratedCatalog read(SqliteReader reader) throws SQLException {
    List<Table> tables = new ArrayList<>();
    List<String> indexes = new ArrayList<>();
    List<String> triggers = new ArrayList<>();
    List<String> views = new ArrayList<>();
    List<String[]> objects = new ArrayList<>();
    try (Statement statement = reader.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT type, name, coalesce(sql, '') FROM sqlite_schema"
                    + " WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid")) {
      while (rows.next()) {
        objects.add(new String[] {rows.getString(1), rows.getString(2), rows.getString(3)});
      }
    }
    List<String> virtual = new ArrayList<>();
    for (String[] object : objects) {
      String name = object[1];
      String sql = object[2].toUpperCase(Locale.ROOT);
      switch (object[0]) {
        case "index" -> indexes.add(name);
        case "trigger" -> triggers.add(name);
        default -> {
          Form form = form(object[0], sql);
          if (form == Form.FTS || form == Form.RTREE) {
            virtual.add(name + "_");
          } else if (form == Form.VIEW) {
            views.add(name);
          }
          if (virtual.stream().noneMatch(name::startsWith)) {
            add(tables, name, form, reader);
          }
        }
      }
    }
    return new GeneratedCatalog(tables, indexes, triggers, views);
  }

  private static Form form(String type, String sql) {
    if (type.equals("view")) {
      return Form.VIEW;
    }
    if (sql.startsWith("CREATE VIRTUAL")) {
      return sql.contains("RTREE") ? Form.RTREE : Form.FTS;
    }
    return sql.contains("WITHOUT ROWID") ? Form.WITHOUT_ROWID : Form.ROWID;
  }

  private static void add(List<Table> tables, String name, Form form, SqliteReader reader) {
    List<String> columns = new ArrayList<>();
    List<String> writable = new ArrayList<>();
    try (Statement statement = reader.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name, hidden FROM pragma_table_xinfo('" + name + "') ORDER BY cid")) {
      while (rows.next()) {
        int hidden = rows.getInt(2);
        if (hidden != 1) {
          columns.add(rows.getString(1));
        }
        if (hidden == 0) {
          writable.add(rows.getString(1));
        }
      }
    } catch (SQLException e) {
      // A view on what was dropped.
      return;
    }
    if (!columns.isEmpty() && !writable.isEmpty()) {
      tables.add(new Table(name, form, columns, writable));
    }
  }

  List<Table> real() {
    return tables.stream().filter(Table::isReal).toList();
  }
}
