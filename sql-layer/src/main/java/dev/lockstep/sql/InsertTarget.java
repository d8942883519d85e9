package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of an INSERT without RETURNING: what is needed to ask for generated keys.
 *
 * @param table the table or view as declared
 * @param columns all its columns as declared, generated ones included
 * @param keyColumns what identifies a new row: the INTEGER PRIMARY KEY by its real name, else the
 *     primary key of a WITHOUT ROWID table, else the rowid; empty for a view and a virtual table,
 *     whose RETURNING does not know it
 */
public record InsertTarget(String table, List<ColumnInfo> columns, List<ColumnInfo> keyColumns) {
  private static final List<String> ROWID_NAMES = List.of("rowid", "_rowid_", "oid");

  public InsertTarget {
    columns = List.copyOf(columns);
    keyColumns = List.copyOf(keyColumns);
  }

  /** The columns of these names, or the key if there are none. */
  List<ColumnInfo> select(List<String> names) throws StatementException {
    if (names.isEmpty()) {
      return keyColumns;
    }
    List<ColumnInfo> selected = new ArrayList<>();
    for (String name : names) {
      selected.add(column(name));
    }
    return selected;
  }

  private ColumnInfo column(String name) throws StatementException {
    for (ColumnInfo column : columns) {
      if (column.label().equalsIgnoreCase(name)) {
        return column;
      }
    }
    for (ColumnInfo column : keyColumns) {
      boolean rowid = column.declaredType().equals("INTEGER");
      if (rowid && ROWID_NAMES.stream().anyMatch(name::equalsIgnoreCase)) {
        return column;
      }
    }
    throw Refusal.of(Refusal.NO_SUCH_COLUMN, "table " + table + " has no column named " + name);
  }

  /** Reads the table of {@code INSERT [OR …] INTO name}; null if SQLite knows no such table. */
  static InsertTarget read(Connection connection, StatementShape shape) throws SQLException {
    int name = shape.verb() + 1;
    if (shape.word(name).equals("OR")) {
      name += 2;
    }
    name++;
    if (shape.isSymbol(name + 1, '.')) {
      name += 2;
    }
    return read(connection, shape.text(name));
  }

  private static InsertTarget read(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT name, type, wr FROM pragma_table_list(?) WHERE schema = 'main'")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? read(connection, row.getString(1), row.getString(2), row.getInt(3) != 0)
            : null;
      }
    }
  }

  private static InsertTarget read(
      Connection connection, String table, String type, boolean withoutRowid) throws SQLException {
    List<ColumnInfo> columns = new ArrayList<>();
    List<ColumnInfo> primaryKey = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT name, type, pk FROM pragma_table_xinfo(?) ORDER BY cid")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ColumnInfo column = new ColumnInfo(row.getString(1), table, row.getString(2));
          columns.add(column);
          if (row.getInt(3) > 0) {
            primaryKey.add(column);
          }
        }
      }
    }
    List<ColumnInfo> key = List.of();
    if (type.equals("table") || type.equals("shadow")) {
      key = withoutRowid ? primaryKey : rowidKey(connection, table, columns, primaryKey);
    }
    return new InsertTarget(table, columns, key);
  }

  private static List<ColumnInfo> rowidKey(
      Connection connection, String table, List<ColumnInfo> columns, List<ColumnInfo> primaryKey)
      throws SQLException {
    if (primaryKey.size() == 1
        && primaryKey.get(0).declaredType().equalsIgnoreCase("INTEGER")
        && !hasPrimaryKeyIndex(connection, table)) {
      return primaryKey;
    }
    for (String name : ROWID_NAMES) {
      if (columns.stream().noneMatch(column -> column.label().equalsIgnoreCase(name))) {
        return List.of(new ColumnInfo(name, table, "INTEGER"));
      }
    }
    return primaryKey;
  }

  /** INTEGER PRIMARY KEY DESC, by an old mistake of SQLite, is not the rowid but has an index. */
  private static boolean hasPrimaryKeyIndex(Connection connection, String table)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }
}
