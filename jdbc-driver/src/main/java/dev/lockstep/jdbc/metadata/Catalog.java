package dev.lockstep.jdbc.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads SQLite's catalog through its pragma functions, which are ordinary queries. Names match as
 * JDBC's patterns do: {@code %} and {@code _} are wild, {@code \} takes that away.
 */
final class Catalog {
  /** Lockstep's own tables, which are no one else's business, are left out. */
  private static final String TABLES =
      "FROM pragma_table_list t WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite\\_lockstep\\_%'"
          + " ESCAPE '\\' AND t.name LIKE ? ESCAPE '\\'";

  /** Of the tables that tell what the nodes know; not the database's. */
  static final String SYSTEM_SCHEMA = "lockstep";

  private static final String SYSTEM_TABLES =
      "FROM "
          + SYSTEM_SCHEMA
          + ".sqlite_schema t WHERE t.type = 'table' AND t.name LIKE ? ESCAPE '\\'";

  /**
   * Whether a table's primary key is its rowid. A key that has an index is not, though its type may
   * be INTEGER: SQLite makes an exception of {@code INTEGER PRIMARY KEY DESC}.
   */
  private static final String IS_ROWID =
      "t.type = 'table' AND t.wr = 0 AND x.pk = 1 AND upper(x.type) = 'INTEGER'"
          + " AND (SELECT count(*) FROM pragma_table_xinfo(t.name, 'main') k WHERE k.pk > 0) = 1"
          + " AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name, 'main') i WHERE i.origin ="
          + " 'pk')";

  private final Connection connection;

  Catalog(Connection connection) {
    this.connection = connection;
  }

  /** A table or view; {@code type} is SQLite's: table, view, virtual, shadow. */
  record Table(String name, String type) {
    /** Whether it is SQLite's own, or holds the content of a virtual table. */
    boolean isSystem() {
      return type.equals("shadow") || name.regionMatches(true, 0, "sqlite_", 0, 7);
    }

    boolean isView() {
      return type.equals("view");
    }
  }

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

  /** A column of a primary key; {@code position} is counted from 1. */
  record KeyColumn(String table, String column, int position, String key) {}

  /**
   * A column of a foreign key.
   *
   * @param parentKey name of the parent's primary key, or null if the foreign key refers to other
   *     columns
   * @param position counted from 1
   * @param deferrability as {@link TableDeclaration.ForeignKey}
   */
  record ForeignKey(
      String name,
      String table,
      String column,
      String parent,
      String parentColumn,
      String parentKey,
      int position,
      String onUpdate,
      String onDelete,
      int deferrability) {}

  /** A column that {@code SELECT *} does not show. */
  record PseudoColumn(String table, String name, DeclaredType type, boolean notNull) {}

  /**
   * A column of an index.
   *
   * @param column the text of an expression
   * @param condition which rows are in the index, or null for all
   */
  record IndexColumn(
      String table,
      String index,
      boolean unique,
      int position,
      String column,
      boolean descending,
      String condition) {}

  List<Table> tables(String namePattern) throws SQLException {
    return query(
        "SELECT t.name, t.type " + TABLES + " ORDER BY t.name",
        row -> new Table(row.getString(1), row.getString(2)),
        pattern(namePattern));
  }

  /** The tables of the schema {@link #SYSTEM_SCHEMA}. */
  List<String> systemTables(String namePattern) throws SQLException {
    return query(
        "SELECT t.name " + SYSTEM_TABLES + " ORDER BY t.name",
        row -> row.getString(1),
        pattern(namePattern));
  }

  /** The columns of these tables. */
  List<TableColumn> systemColumns(String tablePattern, String columnPattern) throws SQLException {
    return query(
        "SELECT t.name, x.name, x.cid + 1, x.type "
            + SYSTEM_TABLES.replace(
                "WHERE", ", pragma_table_xinfo(t.name, '" + SYSTEM_SCHEMA + "') x WHERE")
            + " AND x.name LIKE ? ESCAPE '\\' ORDER BY t.name, x.cid",
        row ->
            new TableColumn(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                DeclaredType.of(text(row.getString(4))),
                false,
                null,
                0,
                false,
                false),
        pattern(tablePattern),
        pattern(columnPattern));
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
          if (!table.isView()) {
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
        "SELECT t.name, x.name, x.cid + 1, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden, "
            + IS_ROWID
            + " "
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
   * The columns of primary keys, by table and place in the key.
   *
   * @param table a name and not a pattern, though {@code %} and null stand for all tables
   */
  List<KeyColumn> primaryKeys(String table) throws SQLException {
    return query(
        "SELECT t.name, x.name, x.pk, (SELECT s.sql FROM sqlite_schema s WHERE s.type = 'table'"
            + " AND s.name = t.name) "
            + TABLES.replace(
                "pragma_table_list t", "pragma_table_list t, pragma_table_info(t.name, 'main') x")
            + " AND t.type <> 'view' AND x.pk > 0 ORDER BY t.name, x.pk",
        row ->
            new KeyColumn(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                TableDeclaration.of(row.getString(4)).primaryKeyOf(row.getString(1))),
        exactly(table));
  }

  /**
   * What tells the rows of a table apart: the columns of its primary key, if none of them may be
   * null.
   *
   * @param table a name and not a pattern
   */
  List<TableColumn> rowIdentifier(String table) throws SQLException {
    List<TableColumn> keys = new ArrayList<>(columns(exactly(table), "%"));
    keys.removeIf(column -> column.keyPosition() == 0);
    return keys;
  }

  /**
   * The columns of foreign keys, by table, key and place in the key. The parent's names are its
   * own, however the key writes them.
   *
   * @param table as for {@link #primaryKeys}
   */
  List<ForeignKey> foreignKeys(String table) throws SQLException {
    return query(
        "SELECT t.name, f.\"from\", coalesce(p.name, f.\"table\"), coalesce((SELECT k.name FROM"
            + " pragma_table_info(p.name, 'main') k WHERE CASE WHEN f.\"to\" IS NULL THEN k.pk ="
            + " f.seq + 1 ELSE k.name = f.\"to\" COLLATE NOCASE END), f.\"to\"),"
            + " f.id, f.seq, f.on_update, f.on_delete,"
            + " (SELECT s.sql FROM sqlite_schema s WHERE s.type = 'table' AND s.name = t.name),"
            + " (SELECT s.sql FROM sqlite_schema s WHERE s.type = 'table' AND s.name = p.name),"
            // Whether the columns are just those of the parent's primary key.
            + " p.name IS NOT NULL AND (f.\"to\" IS NULL OR NOT EXISTS (SELECT 1 FROM"
            + " pragma_table_info(p.name, 'main') k"
            + " WHERE (k.pk > 0) <> (lower(k.name) IN (SELECT lower(o.\"to\") FROM"
            + " pragma_foreign_key_list(t.name, 'main') o WHERE o.id = f.id)))) "
            + TABLES.replace(
                "pragma_table_list t",
                "pragma_table_list t, pragma_foreign_key_list(t.name, 'main') f LEFT JOIN"
                    + " pragma_table_list p ON p.schema = 'main' AND p.name = f.\"table\" COLLATE"
                    + " NOCASE")
            + " ORDER BY t.name, f.id, f.seq",
        row -> {
          String child = row.getString(1);
          String parent = row.getString(3);
          TableDeclaration.ForeignKey declared =
              TableDeclaration.of(row.getString(9)).foreignKey(child, row.getInt(5));
          return new ForeignKey(
              declared.name(),
              child,
              row.getString(2),
              parent,
              row.getString(4),
              row.getInt(11) == 0
                  ? null
                  : TableDeclaration.of(row.getString(10)).primaryKeyOf(parent),
              row.getInt(6) + 1,
              row.getString(7),
              row.getString(8),
              declared.deferrability());
        },
        exactly(table));
  }

  /**
   * The columns of indexes, by uniqueness, index and place in it.
   *
   * @param table as for {@link #primaryKeys}
   */
  List<IndexColumn> indexes(String table, boolean uniqueOnly) throws SQLException {
    return query(
        "SELECT t.name, i.name, i.\"unique\", x.seqno + 1, x.name, x.\"desc\", (SELECT s.sql FROM"
            + " sqlite_schema s WHERE s.type = 'index' AND s.name = i.name) "
            + TABLES.replace(
                "pragma_table_list t",
                "pragma_table_list t, pragma_index_list(t.name, 'main') i,"
                    + " pragma_index_xinfo(i.name, 'main') x")
            + " AND t.type <> 'view' AND x.key = 1 AND i.\"unique\" >= ?"
            + " ORDER BY i.\"unique\" DESC, i.name, x.seqno",
        row -> {
          IndexDeclaration declared = IndexDeclaration.of(row.getString(7));
          String column = row.getString(5);
          return new IndexColumn(
              row.getString(1),
              row.getString(2),
              row.getInt(3) != 0,
              row.getInt(4),
              column == null ? declared.term(row.getInt(4)) : column,
              row.getInt(6) != 0,
              declared.condition());
        },
        exactly(table),
        uniqueOnly ? 1 : 0);
  }

  /**
   * The rowid of tables that have one and give no column of theirs that name, and the hidden
   * columns of virtual tables.
   */
  List<PseudoColumn> pseudoColumns(String tablePattern, String columnPattern) throws SQLException {
    return query(
        "SELECT t.name AS \"table\", 'rowid' AS \"column\", 'INTEGER', 1 "
            + TABLES
            + " AND t.type IN ('table', 'virtual') AND t.wr = 0 AND t.name <> 'sqlite_schema'"
            + " AND NOT EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name, 'main') x WHERE"
            + " lower(x.name) = 'rowid') AND 'rowid' LIKE ? ESCAPE '\\'"
            + " UNION ALL SELECT t.name, x.name, x.type, 0 "
            + TABLES.replace(
                "pragma_table_list t", "pragma_table_list t, pragma_table_xinfo(t.name, 'main') x")
            + " AND t.type = 'virtual' AND x.hidden = 1 AND x.name LIKE ? ESCAPE '\\' ORDER BY 1,"
            + " 2",
        row ->
            new PseudoColumn(
                row.getString(1),
                row.getString(2),
                row.getInt(4) != 0
                    ? DeclaredType.of("INTEGER").asRowid()
                    : DeclaredType.of(text(row.getString(3))),
                row.getInt(4) != 0),
        pattern(tablePattern),
        pattern(columnPattern),
        pattern(tablePattern),
        pattern(columnPattern));
  }

  /**
   * Whether a table has rowids.
   *
   * @param table a name and not a pattern
   */
  boolean hasRowid(String table) throws SQLException {
    return !pseudoColumns(exactly(table), "rowid").isEmpty();
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
