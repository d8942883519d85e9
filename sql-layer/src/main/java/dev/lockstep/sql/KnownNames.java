package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The names that a statement may use, by what they are names of. */
final class KnownNames {
  /** Tables of one statement whose columns are looked at. */
  private static final int TABLES_MAX = 32;

  private static final Set<String> VERBS =
      Set.of(
          "SELECT",
          "INSERT",
          "UPDATE",
          "DELETE",
          "REPLACE",
          "VALUES",
          "WITH",
          "CREATE",
          "ALTER",
          "DROP",
          "PRAGMA",
          "EXPLAIN",
          "BEGIN",
          "COMMIT",
          "ROLLBACK",
          "SAVEPOINT",
          "RELEASE",
          "VACUUM",
          "ANALYZE",
          "REINDEX");

  private static final String TABLES =
      "SELECT l.name FROM pragma_table_list AS l WHERE l.schema = 'main' AND l.type <> 'shadow'"
          + " AND substr(lower(l.name), 1, 16) <> 'sqlite_lockstep_'";

  private final Connection connection;

  KnownNames(Connection connection) {
    this.connection = connection;
  }

  /** What may have been meant by a name. */
  List<String> meant(UnknownName unknown, StatementShape shape) throws SQLException {
    List<String> known =
        switch (unknown.kind()) {
          case TABLE -> tables(unknown, shape);
          case COLUMN -> columns(unknown, shape);
          case FUNCTION -> query("SELECT DISTINCT name FROM pragma_function_list");
          case INDEX -> query("SELECT name FROM sqlite_schema WHERE type = 'index'");
          case TRIGGER -> query("SELECT name FROM sqlite_schema WHERE type = 'trigger'");
          case COLLATION -> query("SELECT name FROM pragma_collation_list");
          case OTHER -> List.of();
        };
    return Spelling.nearest(unknown.lastPart(), known);
  }

  /** What may have been meant by the first word of a statement. */
  static List<String> verbsLike(String word) {
    return VERBS.contains(word.toUpperCase(Locale.ROOT))
        ? List.of()
        : Spelling.nearest(word, VERBS);
  }

  private List<String> tables(UnknownName unknown, StatementShape shape) throws SQLException {
    if (unknown.name().toLowerCase(Locale.ROOT).startsWith(SystemTable.SCHEMA + ".")) {
      return Arrays.stream(SystemTable.values()).map(SystemTable::sqlName).toList();
    }
    List<String> names = new ArrayList<>(query(TABLES));
    for (int i = 0; i + 1 < shape.tokens().size(); i++) {
      // A common table expression, with or without names of columns.
      boolean named = shape.word(i + 1).equals("AS") || shape.isSymbol(i + 1, '(');
      if (shape.tokens().get(i).isName() && shape.word(0).equals("WITH") && named) {
        names.add(shape.text(i));
      }
    }
    return names;
  }

  private List<String> columns(UnknownName unknown, StatementShape shape) throws SQLException {
    List<String> names = new ArrayList<>();
    int taken = 0;
    for (String table : query(TABLES)) {
      boolean used =
          unknown.table() == null ? names(shape, table) : table.equalsIgnoreCase(unknown.table());
      if (used && taken < TABLES_MAX) {
        taken++;
        names.addAll(columns(table, "main"));
      }
    }
    for (SystemTable table : SystemTable.values()) {
      if (names(shape, table.sqlName())) {
        // Where there is no such schema, there is nothing to be found.
        names.addAll(columns(table.sqlName(), SystemTable.SCHEMA));
      }
    }
    return names;
  }

  private static boolean names(StatementShape shape, String table) {
    for (SqlToken token : shape.tokens()) {
      if (token.isName() && token.unquoted(shape.sql()).equalsIgnoreCase(table)) {
        return true;
      }
    }
    return false;
  }

  private List<String> columns(String table, String schema) throws SQLException {
    try {
      return query("SELECT name FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1", table, schema);
    } catch (SQLException failure) {
      if (SqlErrors.classify(failure).isStatementError()) {
        // A view that does not work any more has no columns.
        return List.of();
      }
      throw failure;
    }
  }

  private List<String> query(String sql, String... parameters) throws SQLException {
    List<String> values = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          values.add(rows.getString(1));
        }
      }
    }
    return values;
  }
}
