package dev.lockstep.jdbc.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

  /** A column of a foreign key; {@code parentKey} is the name of the parent's primary key. */
  record ForeignKey(
      String name,
      String table,
      String column,
      String parent,
      String parentColumn,
      String parentKey,
      int id,
      int sequence,
      String onUpdate,
      String onDelete) {
    /** What tells keys apart before they have names. */
    private String key() {
      return table + '/' + id;
    }

    private ForeignKey named(String newName) {
      return new ForeignKey(
          newName,
          table,
          column,
          parent,
          parentColumn,
          parentKey,
          id,
          sequence,
          onUpdate,
          onDelete);
    }
  }

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

  /** Without the columns of views that do not work, because what they show is gone. */
  List<TableColumn> columns(String tablePattern, String columnPattern) throws SQLException {
    try {
      return columnsOfAll(tablePattern, columnPattern);
    } catch (SQLSyntaxErrorException e) {
      // One such view spoils the query for all tables.
      List<TableColumn> columns = new ArrayList<>();
      for (Table table : tables(tablePattern)) {
        try {
          columns.addAll(columnsOfAll(exactly(table.name()), columnPattern));
        } catch (SQLSyntaxErrorException broken) {
          if (!table.type().equals("view")) {
            throw broken;
          }
        }
      }
      return columns;
    }
  }

  private List<TableColumn> columnsOfAll(String tablePattern, String columnPattern)
      throws SQLException {
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

  /**
   * The columns of the primary key, by table and place in the table.
   *
   * @param table a name and not a pattern, though {@code %} and null stand for all tables
   */
  List<TableColumn> primaryKeys(String table) throws SQLException {
    List<TableColumn> keys = new ArrayList<>(columns(exactly(table), "%"));
    keys.removeIf(column -> column.keyPosition() == 0);
    return keys;
  }

  /** The table's declaration, or null. */
  String declaration(String table) throws SQLException {
    List<String> found =
        query(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE",
            row -> row.getString(1),
            table);
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * The columns of foreign keys, by table, key and place in the key.
   *
   * @param table as for {@link #primaryKeys}
   */
  List<ForeignKey> foreignKeys(String table) throws SQLException {
    List<ForeignKey> columns = foreignKeyColumns(exactly(table));
    Map<String, List<String>> columnsOfKey = new HashMap<>();
    for (ForeignKey column : columns) {
      columnsOfKey.computeIfAbsent(column.key(), key -> new ArrayList<>()).add(column.column());
    }
    List<ForeignKey> named = new ArrayList<>(columns.size());
    for (ForeignKey column : columns) {
      // The declaration stands where the name belongs until the whole key is known.
      named.add(
          column.named(
              ConstraintNames.ofForeignKey(
                  column.table(), column.id(), columnsOfKey.get(column.key()), column.name())));
    }
    return named;
  }

  private List<ForeignKey> foreignKeyColumns(String tablePattern) throws SQLException {
    return query(
        "SELECT t.name, f.\"from\", f.\"table\", coalesce(f.\"to\", (SELECT k.name FROM"
            + " pragma_table_info(f.\"table\", 'main') k WHERE k.pk = f.seq + 1)), f.id, f.seq,"
            + " f.on_update, f.on_delete,"
            + " (SELECT s.sql FROM sqlite_schema s WHERE s.type = 'table' AND s.name = t.name),"
            + " (SELECT s.sql FROM sqlite_schema s WHERE s.type = 'table'"
            + " AND s.name = f.\"table\" COLLATE NOCASE) "
            + TABLES.replace(
                "pragma_table_list t",
                "pragma_table_list t, pragma_foreign_key_list(t.name, 'main') f")
            + " ORDER BY t.name, f.id, f.seq",
        row ->
            new ForeignKey(
                row.getString(9),
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                ConstraintNames.ofPrimaryKey(row.getString(3), row.getString(10)),
                row.getInt(5),
                row.getInt(6),
                row.getString(7),
                row.getString(8)),
        pattern(tablePattern));
  }

  /**
   * @param table as for {@link #primaryKeys}
   */
  List<IndexColumn> indexes(String table, boolean uniqueOnly) throws SQLException {
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
        exactly(table),
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

  /** A pattern that only this name matches; all names for null and a percent sign alone. */
  private static String exactly(String name) {
    return name == null || name.equals("%")
        ? "%"
        : name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
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
