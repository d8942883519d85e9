package dev.lockstep.sql.types;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The tables and views of one state of a database's schema, each read when it is first asked for.
 * For one thread at a time.
 */
public final class SqlCatalog {
  /** Of pragma_table_xinfo. */
  private static final int HIDDEN = 1;

  private static final int GENERATED_VIRTUAL = 2;
  private static final int GENERATED_STORED = 3;

  private final Connection connection;
  private final Map<String, CatalogTable> tables = new HashMap<>();

  /**
   * @param connection to the database; its schema must not change
   */
  public SqlCatalog(Connection connection) {
    this.connection = connection;
  }

  /** The table of a name, letter case ignored; null if SQLite knows none. */
  public CatalogTable table(String name) throws SQLException {
    String key = name.toLowerCase(Locale.ROOT);
    CatalogTable table = tables.get(key);
    if (table == null) {
      table = read(name);
      // Names of none, as those of common table expressions, are without number.
      if (table != null) {
        tables.put(key, table);
      }
    }
    return table;
  }

  private CatalogTable read(String name) throws SQLException {
    List<CatalogTable.Column> columns = new ArrayList<>();
    String rowid = rowid(name);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT name, type, \"notnull\", hidden FROM pragma_table_xinfo(?) ORDER BY cid")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          boolean isRowid = row.getString(1).equalsIgnoreCase(rowid);
          int hidden = row.getInt(4);
          columns.add(
              new CatalogTable.Column(
                  row.getString(1),
                  row.getString(2) == null ? "" : row.getString(2),
                  isRowid || row.getInt(3) != 0,
                  isRowid,
                  hidden == HIDDEN,
                  hidden == GENERATED_VIRTUAL || hidden == GENERATED_STORED));
        }
      }
    }
    if (columns.isEmpty()) {
      return null;
    }
    String[] declared = declared(name);
    return new CatalogTable(declared[0], columns, declared[1]);
  }

  /** The name as declared, and the text of a view. */
  private String[] declared(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT name, iif(type = 'view', sql, NULL) FROM sqlite_schema"
                + " WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? new String[] {row.getString(1), row.getString(2)}
            : new String[] {name, null};
      }
    }
  }

  /**
   * The INTEGER PRIMARY KEY; null if there is none. INTEGER PRIMARY KEY DESC, by an old mistake of
   * SQLite, is not the rowid but has an index.
   */
  private String rowid(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT max(x.name) FROM pragma_table_list(?1) AS l, pragma_table_xinfo(?1) AS x"
                + " WHERE l.schema = 'main' AND l.type IN ('table', 'shadow') AND l.wr = 0"
                + " AND x.pk > 0"
                + " AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk')"
                + " HAVING count(*) = 1 AND max(x.type) = 'INTEGER' COLLATE NOCASE")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }
}
