package dev.lockstep.jdbc;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A database of SQLite's in memory, behind sqlite-jdbc, and its rows as this driver would get them
 * from a node: the same values, storage classes and declared types.
 */
final class StoredRow {
  /** What columns are declared as in the comparisons; the empty text is no declaration. */
  static final List<String> DECLARED_TYPES =
      List.of(
          "",
          "INTEGER",
          "BIGINT",
          "BOOLEAN",
          "DECIMAL(10,2)",
          "NUMERIC",
          "REAL",
          "DOUBLE",
          "TEXT",
          "VARCHAR(20)",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP WITH TIME ZONE",
          "BLOB",
          "UUID",
          "JSON",
          "CHAR(10)",
          "CLOB");

  private StoredRow() {}

  /** A table t with a column of each declared type: c1, c2 and so on. */
  static Connection table(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      List<String> columns = new ArrayList<>();
      for (String type : DECLARED_TYPES) {
        columns.add("c" + (columns.size() + 1) + " " + type);
      }
      statement.execute("CREATE TABLE t(" + String.join(", ", columns) + ")");
    }
    return connection;
  }

  /** Replaces the table's row by one that has the same value in every column. */
  static void fill(Connection connection, String expression) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM t");
      statement.executeUpdate(
          "INSERT INTO t VALUES ("
              + (expression + ",").repeat(DECLARED_TYPES.size() - 1)
              + expression
              + ")");
    }
  }

  /** The same with a value as the driver sends it. */
  static void fillWith(Connection connection, Object value) throws SQLException {
    try (Statement delete = connection.createStatement()) {
      delete.executeUpdate("DELETE FROM t");
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO t VALUES (" + "?1,".repeat(DECLARED_TYPES.size() - 1) + "?1)")) {
      insert.setObject(1, value);
      insert.executeUpdate();
    }
  }

  /** The values as SQLite keeps them. */
  static Object[] values(Connection connection) throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT ");
    for (int i = 1; i <= DECLARED_TYPES.size(); i++) {
      sql.append(i == 1 ? "" : ", ").append("typeof(c" + i + "), c" + i);
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql + " FROM t")) {
      rows.next();
      Object[] values = new Object[DECLARED_TYPES.size()];
      for (int i = 0; i < values.length; i++) {
        int column = 2 * i + 2;
        values[i] =
            switch (rows.getString(column - 1)) {
              case "integer" -> (Object) rows.getLong(column);
              case "real" -> rows.getDouble(column);
              case "text" -> rows.getString(column);
              case "blob" -> rows.getBytes(column);
              default -> null;
            };
      }
      return values;
    }
  }

  /** The row in this driver's hands. */
  static ResultSet ours(Object[] values, MomentFormat moments) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (String type : DECLARED_TYPES) {
      columns.add(new Column("c" + (columns.size() + 1), "t", type));
    }
    RowSet rows = new RowSet(false, columns, RowBatch.of(List.<Object[]>of(values)), 0);
    LockstepResultSet result =
        new LockstepResultSet(null, new RowStream(rows, null, null), 0, moments);
    result.next();
    return result;
  }
}
