package dev.lockstep.sql.standard;

import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Asks SQLite for what a translation must know of the schema. Executes nothing of a statement. */
final class SchemaReader {
  /**
   * A column of a table.
   *
   * @param primaryKey its place in the primary key from 1, or 0
   * @param generated whether it is computed from others
   * @param defaultText its default as it was written, or null
   */
  record TableColumn(
      String name, String declaredType, int primaryKey, boolean generated, String defaultText) {}

  private static final int GENERATED_VIRTUAL = 2;

  private final Connection connection;

  SchemaReader(Connection connection) {
    this.connection = connection;
  }

  /**
   * The labels of a query's columns.
   *
   * @throws InvalidStatementException if SQLite refuses the query
   */
  List<String> labels(String query) throws InvalidStatementException, SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      ResultSetMetaData columns = statement.getMetaData();
      List<String> labels = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        labels.add(columns.getColumnLabel(i));
      }
      return labels;
    } catch (SQLException e) {
      SqlFailure failure = SqlErrors.classify(e);
      if (failure.isStatementError()) {
        throw new InvalidStatementException(failure.error().sqlState(), failure.error().message());
      }
      throw e;
    }
  }

  /** All columns of a table or view in their order; empty if there is none of this name. */
  List<TableColumn> columns(String table) throws SQLException {
    List<TableColumn> columns = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT name, type, pk, hidden, dflt_value FROM pragma_table_xinfo(?) ORDER BY cid")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.add(
              new TableColumn(
                  row.getString(1),
                  row.getString(2),
                  row.getInt(3),
                  row.getInt(4) >= GENERATED_VIRTUAL,
                  row.getString(5)));
        }
      }
    }
    return columns;
  }

  /** Whether it is an ordinary table. */
  boolean isTable(String name) throws SQLException {
    return exists(
        "SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main' AND type = 'table'", name);
  }

  boolean isWithoutRowid(String table) throws SQLException {
    return exists("SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main' AND wr", table);
  }

  /** Whether something happens before or instead of an INSERT. */
  boolean hasInsertTrigger(String table) throws SQLException {
    return exists(
        "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE"
            + " AND sql LIKE '%INSERT%ON%BEGIN%'",
        table);
  }

  /** Whether the primary key has an index of its own, so that it is not the rowid. */
  boolean hasPrimaryKeyIndex(String table) throws SQLException {
    return exists("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", table);
  }

  private boolean exists(String query, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }
}
