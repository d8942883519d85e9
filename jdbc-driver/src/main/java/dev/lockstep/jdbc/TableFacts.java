package dev.lockstep.jdbc;

import dev.lockstep.protocol.Column;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * What a table's declaration says of the columns of a result, beyond what comes with the result: it
 * is asked for when an application wants to know, of queries that select from one table.
 */
final class TableFacts {
  /** Knows nothing. */
  static final TableFacts NONE = new TableFacts(null, null);

  /** Of a column. */
  private record Fact(boolean notNull, boolean autoIncrement) {}

  private final LockstepConnection connection;
  private final String sql;

  /** Null until it was asked for. */
  private SelectedTable selected;

  /** By the column's name in lower case; null until it was asked for. */
  private Map<String, Fact> facts;

  /**
   * @param sql the query; null if it is not known
   */
  TableFacts(LockstepConnection connection, String sql) {
    this.connection = connection;
    this.sql = sql;
  }

  /** A constant of {@link java.sql.ResultSetMetaData}. */
  int nullability(Column column) throws SQLException {
    Fact fact = of(column);
    if (fact == null) {
      return ResultSetMetaData.columnNullableUnknown;
    }
    return fact.notNull() ? ResultSetMetaData.columnNoNulls : ResultSetMetaData.columnNullable;
  }

  boolean isAutoIncrement(Column column) throws SQLException {
    Fact fact = of(column);
    return fact != null && fact.autoIncrement();
  }

  /** Null if nothing is known of it. */
  private Fact of(Column column) throws SQLException {
    if (selected == null) {
      selected = SelectedTable.of(sql == null ? "" : sql);
    }
    String label = SqlText.folded(column.label());
    boolean known =
        selected.refusal() == null
            && column.table().equalsIgnoreCase(selected.name())
            && !selected.aliases().contains(label);
    return known ? facts().get(label) : null;
  }

  private Map<String, Fact> facts() throws SQLException {
    if (facts == null) {
      Map<String, Fact> found = new HashMap<>();
      DatabaseMetaData metaData = connection.getMetaData();
      String pattern = KeyRequests.escaped(selected.name(), metaData.getSearchStringEscape());
      try (ResultSet rows = metaData.getColumns(null, null, pattern, "%")) {
        while (rows.next()) {
          found.put(
              SqlText.folded(rows.getString("COLUMN_NAME")),
              new Fact(
                  rows.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls,
                  rows.getString("IS_AUTOINCREMENT").equals("YES")));
        }
      }
      facts = found;
    }
    return facts;
  }
}
