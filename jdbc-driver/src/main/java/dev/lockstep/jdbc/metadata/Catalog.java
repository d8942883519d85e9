package dev.lockstep.jdbc.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads SQLite's catalog through its pragma functions, which are ordinary queries. Names match as
 * JDBC's patterns do: {@code %} and {@code _} are wild, {@code \} takes that away.
 */
final class Catalog {
  private static final String TABLES =
      "FROM pragma_table_list t WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE"
          + " '\\' AND t.name LIKE ? ESCAPE '\\'";

  private final Connection connection;

  Catalog(Connection connection) {
    this.connection = connection;
  }

  /** A table or view; {@code type} is SQLite's: table, view, virtual, shadow. */
  record Table(String name, String type) {}

  /** A column; {@code keyPosition} is 0 or its place in the primary key, counted from 1. */
  record TableColumn(
      String table,
      String name,
      int position,
      DeclaredType type,
      boolean notNull,
      String defaultValue,
      int keyPosition,
      boolean generated,
      boolean rowid) {}

  /** A column of a foreign key. */
  record ForeignKey(
      String table,
      String column,
      String parent,
      String parentColumn,
      int id,
      int sequence,
      String onUpdate,
      String onDelete) {}

  /** A column of an index; {@code column} is null for an expression. */
  record IndexColumn(
      String table,
      String index,
      boolean unique,
      int position,
      String column,
      boolean descending) {}

  List<Table> tables(String namePattern) throws SQLException {
    return query(
        "SELECT t.name, t.type " + TABLES + " ORDER BY t.name",
        row -> new Table(row.getString(1), row.getString(2)),
        pattern(namePattern));
  }

  List<TableColumn> columns(String tablePattern, String columnPattern) throws SQLException {
    return query(
        "SELECT t.name, x.name, x.cid + 1, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden,"
            + " t.type = 'table' AND t.wr = 0 AND x.pk = 1 AND upper(x.type) = 'INTEGER'"
            + " AND (SELECT count(*) FROM pragma_table_xinfo(t.name, 'main') k WHERE k.pk > 0) = 1 "
            + TABLES.replace(
                "pragma_table_list t", "pragma_table_list t, pragma_table_xinfo(t.name, 'main') x")
            + " AND x.hidden <> 1 AND x.name LIKE ? ESCAPE '\\' ORDER BY t.name, x.cid",
        row -> {
          boolean rowid = row.getInt(9) != 0;
          DeclaredType type = DeclaredType.of(text(row.getString(4)));
          return new TableColumn(
              row.getString(1),
              row.getString(2),
              row.getInt(3),
              rowid ? type.asRowid() : type,
              row.getInt(5) != 0,
              row.getString(6),
              row.getInt(7),
              row.getInt(8) >= 2,
              rowid);
        },
        pattern(tablePattern),
        pattern(columnPattern));
  }

  /** The columns of the tables' primary keys, by table and place in the key. */
  List<TableColumn> primaryKeys(String tablePattern) throws SQLException {
    List<TableColumn> keys = new ArrayList<>(columns(tablePattern, "%"));
    keys.removeIf(column -> column.keyPosition() == 0);
    return keys;
  }

  List<ForeignKey> foreignKeys(String tablePattern) throws SQLException {
    return query(
        "SELECT t.name, f.\"from\", f.\"table\", coalesce(f.\"to\", (SELECT k.name FROM"
            + " pragma_table_info(f.\"table\", 'main') k WHERE k.pk = f.seq + 1)), f.id, f.seq,"
            + " f.on_update, f.on_delete "
            + TABLES.replace(
                "pragma_table_list t",
                "pragma_table_list t, pragma_foreign_key_list(t.name, 'main') f")
            + " ORDER BY t.name, f.id, f.seq",
        row ->
            new ForeignKey(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getInt(6),
                row.getString(7),
                row.getString(8)),
        pattern(tablePattern));
  }

  List<IndexColumn> indexes(String tablePattern, boolean uniqueOnly) throws SQLException {
    return query(
        "SELECT t.name, i.name, i.\"unique\", x.seqno + 1, x.name, x.\"desc\" "
            + TABLES.replace(
                "pragma_table_list t",
                "pragma_table_list t, pragma_index_list(t.name, 'main') i,"
                    + " pragma_index_xinfo(i.name, 'main') x")
            + " AND x.key = 1 AND i.\"unique\" >= ? ORDER BY i.\"unique\" DESC, i.name, x.seqno",
        row ->
            new IndexColumn(
                row.getString(1),
                row.getString(2),
                row.getInt(3) != 0,
                row.getInt(4),
                row.getString(5),
                row.getInt(6) != 0),
        pattern(tablePattern),
        uniqueOnly ? 1 : 0);
  }

  List<String> functions(String namePattern) throws SQLException {
    return query(
        "SELECT DISTINCT name FROM pragma_function_list WHERE name LIKE ? ESCAPE '\\' ORDER BY"
            + " name",
        row -> row.getString(1),
        pattern(namePattern));
  }

  private static String pattern(String namePattern) {
    return namePattern == null ? "%" : namePattern;
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  private <T> List<T> query(String sql, RowMapper<T> mapper, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      List<T> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(mapper.map(result));
        }
      }
      return rows;
    }
  }

  /** Makes an object of a row. */
  private interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }
}
