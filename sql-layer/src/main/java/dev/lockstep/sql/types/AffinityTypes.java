package dev.lockstep.sql.types;

import dev.lockstep.sql.SqlToken;
import dev.lockstep.sql.types.StatementTypes.ResultColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What SQLite itself tells of a query's columns: a view of it is made in a copy of the schema, and
 * SQLite asked for its columns.
 */
final class AffinityTypes {
  private static final String VIEW = "lockstep_types";

  private AffinityTypes() {}

  /**
   * @param copy a database whose content is of no interest
   * @return null if SQLite makes no view of the query
   */
  static List<ResultColumn> columns(Connection copy, String query) {
    try (Statement statement = copy.createStatement()) {
      statement.execute("CREATE VIEW " + VIEW + " AS " + withoutParameters(query));
      try {
        return columns(copy);
      } finally {
        statement.execute("DROP VIEW " + VIEW);
      }
    } catch (SQLException e) {
      return null;
    }
  }

  private static String withoutParameters(String query) {
    NumberedText text = NumberedText.of(query);
    StringBuilder out = new StringBuilder();
    int written = 0;
    for (SqlToken token : text.tokens()) {
      boolean end = token.isSymbol(text.text(), ';');
      if (token.type() == SqlToken.Type.VARIABLE || end) {
        out.append(text.text(), written, token.start()).append(end ? "" : "NULL");
        written = token.end();
      }
    }
    return out.append(text.text(), written, text.text().length()).toString();
  }

  private static List<ResultColumn> columns(Connection copy) throws SQLException {
    List<ResultColumn> columns = new ArrayList<>();
    try (PreparedStatement statement =
            copy.prepareStatement(
                "SELECT type FROM pragma_table_xinfo('" + VIEW + "') ORDER BY cid");
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        columns.add(column(row.getString(1)));
      }
    }
    return columns;
  }

  /** Of the name that SQLite gives: a declaration, or that of an affinity. */
  static ResultColumn column(String name) {
    ValueType type =
        switch (name == null ? "" : name) {
          case "", "BLOB" -> ValueType.ANY;
          case "INT" -> ValueType.BIGINT;
          case "NUM" -> ValueType.NUMERIC;
          case "REAL" -> ValueType.REAL;
          case "TEXT" -> ValueType.TEXT;
          default -> ValueType.declared(name);
        };
    return new ResultColumn(type, Nullability.UNKNOWN, false);
  }
}
