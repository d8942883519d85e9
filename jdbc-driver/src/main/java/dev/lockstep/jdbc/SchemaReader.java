package dev.lockstep.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what the schema holds, by ordinary queries over {@code sqlite_schema} and SQLite's table
 * functions: so it sees what the transaction in progress has changed. Tables of SQLite and of
 * Lockstep itself are not shown.
 */
final class SchemaReader {
  private static final String OWN = " AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ";

  /** For arguments that are a name, where some clients pass a percent sign for all. */
  private static final String NAMED = " AND (?1 = '%' OR t.name = ?1 COLLATE NOCASE) " + OWN;

  private static final String TABLES =
      "SELECT t.name, upper(t.type) FROM sqlite_schema t"
          + " WHERE t.type IN ('table','view') AND t.name LIKE ?1 ESCAPE '\\'"
          + OWN
          + "ORDER BY 2, 1";

  private static final String COLUMNS =
      "SELECT t.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.hidden, c.cid,"
          + " t.type = 'table' AND c.pk = 1 AND upper(c.type) = 'INTEGER' AND NOT EXISTS"
          + " (SELECT 1 FROM pragma_index_list(t.name) WHERE origin = 'pk')"
          + " FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c"
          + " WHERE t.type IN ('table','view') AND t.name LIKE ?1 ESCAPE '\\'"
          + " AND c.name LIKE ?2 ESCAPE '\\' AND c.hidden <> 1"
          + OWN
          + "ORDER BY 1, c.cid";

  private static final String PRIMARY_KEYS =
      "SELECT t.name, c.name, c.pk, t.sql, c.type"
          + " FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c"
          + " WHERE t.type = 'table' AND c.pk > 0"
          + NAMED
          + "ORDER BY 1, 2";

  private static final String INDEXES =
      "SELECT t.name, NOT l.\"unique\", l.name, x.seqno + 1, x.name, x.\"desc\""
          + " FROM sqlite_schema t JOIN pragma_index_list(t.name) l"
          + " JOIN pragma_index_xinfo(l.name) x"
          + " WHERE t.type = 'table' AND x.key = 1"
          + NAMED
          + "ORDER BY 2, 3, 4";

  private static final String FOREIGN_KEYS =
      "SELECT t.name, t.sql, f.id, f.seq + 1, f.\"table\", f.\"from\", coalesce(f.\"to\","
          + " (SELECT p.name FROM pragma_table_xinfo(f.\"table\") p WHERE p.pk = f.seq + 1)),"
          + " f.on_update, f.on_delete,"
          + " (SELECT p.sql FROM sqlite_schema p"
          + " WHERE p.type = 'table' AND p.name = f.\"table\" COLLATE NOCASE)"
          + " FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f"
          + " WHERE t.type = 'table' AND (?1 = '%' OR t.name = ?1 COLLATE NOCASE)"
          + " AND (?2 = '%' OR f.\"table\" = ?2 COLLATE NOCASE)"
          + OWN
          + "ORDER BY 1, 3, 4";

  private static final String NAME = "(\"(?:[^\"]|\"\")*\"|`[^`]*`|\\[[^\\]]*\\]|\\w+)";

  private static final Pattern PRIMARY_KEY_NAME =
      Pattern.compile("CONSTRAINT\\s+" + NAME + "\\s+PRIMARY\\s+KEY", Pattern.CASE_INSENSITIVE);

  private static final Pattern FOREIGN_KEY_NAME =
      Pattern.compile(
          "CONSTRAINT\\s+" + NAME + "\\s+FOREIGN\\s+KEY\\s*\\(([^)]*)\\)",
          Pattern.CASE_INSENSITIVE);

  private final LockstepConnection connection;

  SchemaReader(LockstepConnection connection) {
    this.connection = connection;
  }

  record Table(String name, String type) {}

  /**
   * @param isRowid whether the column is another name of the rowid
   */
  record TableColumn(
      String table,
      String name,
      String type,
      boolean notNull,
      String defaultValue,
      boolean generated,
      int position,
      boolean isRowid) {}

  record KeyColumn(String table, String name, int position, String keyName, String type) {}

  record IndexColumn(
      String table, boolean nonUnique, String index, int position, String name, boolean descends) {}

  record ForeignKeyColumn(
      String table,
      String column,
      int position,
      String parent,
      String parentColumn,
      String onUpdate,
      String onDelete,
      String name,
      String parentKeyName) {}

  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  List<Table> tables(String pattern) throws SQLException {
    return query(TABLES, row -> new Table(row.getString(1), row.getString(2)), pattern);
  }

  /** The columns of all tables that match, without those of views that do not work. */
  List<TableColumn> columns(String tablePattern, String columnPattern) throws SQLException {
    try {
      return columnsOf(tablePattern, columnPattern);
    } catch (SQLSyntaxErrorException e) {
      // One view over a table that is gone spoils the query for all.
      List<TableColumn> all = new ArrayList<>();
      for (Table table : tables(tablePattern)) {
        try {
          all.addAll(columnsOf(escaped(table.name()), columnPattern));
        } catch (SQLSyntaxErrorException broken) {
          if (!table.type().equals("VIEW")) {
            throw broken;
          }
        }
      }
      return all;
    }
  }

  private List<TableColumn> columnsOf(String tablePattern, String columnPattern)
      throws SQLException {
    return query(
        COLUMNS,
        row ->
            new TableColumn(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getString(5),
                row.getInt(6) > 1,
                row.getInt(7) + 1,
                row.getBoolean(8)),
        tablePattern,
        columnPattern);
  }

  List<KeyColumn> primaryKeys(String table) throws SQLException {
    return query(
        PRIMARY_KEYS,
        row ->
            new KeyColumn(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                primaryKeyName(row.getString(1), row.getString(4)),
                row.getString(5)),
        table);
  }

  List<IndexColumn> indexes(String table) throws SQLException {
    return query(
        INDEXES,
        row ->
            new IndexColumn(
                row.getString(1),
                row.getBoolean(2),
                row.getString(3),
                row.getInt(4),
                row.getString(5),
                row.getBoolean(6)),
        table);
  }

  /** The foreign keys from a table to another; {@code %} stands for all. */
  List<ForeignKeyColumn> foreignKeys(String from, String to) throws SQLException {
    Map<String, String> columnsOfKey = new HashMap<>();
    query(
        FOREIGN_KEYS,
        row ->
            columnsOfKey.merge(
                row.getString(1) + "/" + row.getInt(3), row.getString(6), (a, b) -> a + "," + b),
        from,
        to);
    return query(
        FOREIGN_KEYS,
        row ->
            new ForeignKeyColumn(
                row.getString(1),
                row.getString(6),
                row.getInt(4),
                row.getString(5),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                foreignKeyName(
                    row.getString(1),
                    row.getInt(3),
                    row.getString(2),
                    columnsOfKey.get(row.getString(1) + "/" + row.getInt(3))),
                primaryKeyName(row.getString(5), row.getString(10))),
        from,
        to);
  }

  /** The constraint's name in the table's declaration, or one made of the table's name. */
  private static String primaryKeyName(String table, String sql) {
    Matcher matcher = PRIMARY_KEY_NAME.matcher(sql == null ? "" : sql);
    return matcher.find() ? unquoted(matcher.group(1)) : "pk_" + table;
  }

  private static String foreignKeyName(String table, int id, String sql, String columns) {
    Matcher matcher = FOREIGN_KEY_NAME.matcher(sql == null ? "" : sql);
    while (matcher.find()) {
      StringBuilder declared = new StringBuilder();
      for (String column : matcher.group(2).split(",")) {
        declared.append(declared.length() == 0 ? "" : ",").append(unquoted(column.strip()));
      }
      if (declared.toString().equalsIgnoreCase(columns)) {
        return unquoted(matcher.group(1));
      }
    }
    return "fk_" + table + "_" + id;
  }

  private static String unquoted(String name) {
    if (name.length() < 2) {
      return name;
    }
    String inner = name.substring(1, name.length() - 1);
    return switch (name.charAt(0)) {
      case '"' -> inner.replace("\"\"", "\"");
      case '`', '[' -> inner;
      default -> name;
    };
  }

  /** A name as a pattern that only it matches. */
  static String escaped(String name) {
    return name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }

  private <T> List<T> query(String sql, Reader<T> reader, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i] == null ? "%" : parameters[i]);
      }
      List<T> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(reader.read(result));
        }
      }
      return rows;
    }
  }
}
