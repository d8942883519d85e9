package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of functions in {@code docs/DETERMINISM.md} against what the bundled SQLite has and
 * what the code does. A new SQLite that has another function, or one less, fails here.
 */
final class FunctionTableTest {
  private static final String LIST =
      "SELECT DISTINCT name || ' ' || narg || ' ' || CASE type WHEN 's' THEN 'scalar' WHEN 'a' THEN"
          + " 'aggregate' ELSE 'window' END || ' ' || iif(builtin, 'SQLite', 'extension')"
          + " FROM pragma_function_list";

  /** What sqlite-jdbc registers says that its texts are UTF-16; all others are UTF-8. */
  private static final String REPLACED =
      "SELECT DISTINCT name || ' ' || narg FROM pragma_function_list WHERE enc <> 'utf8'";

  @TempDir Path directory;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    Path file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    writer.execute("CREATE TABLE t(x)");
    writer.execute("CREATE VIRTUAL TABLE f5 USING fts5(x)");
    writer.execute("CREATE VIRTUAL TABLE f4 USING fts4(x)");
    analyzer = StatementAnalyzer.open(file);
  }

  @AfterEach
  void close() throws Exception {
    analyzer.close();
    writer.close();
  }

  /** A function with one number of arguments. */
  private record Row(String name, String arguments, String type, String origin, String verdict) {
    String key() {
      return name + " " + arguments;
    }

    /** A call, with a column of a full-text table where only that can be the argument. */
    String call() {
      int count = Math.max(0, Integer.parseInt(arguments));
      if (name.equals("optimize")) {
        return "optimize(f4) FROM f4";
      }
      if (name.equals("bm25")) {
        return "bm25(f5) FROM f5";
      }
      return name + "(" + String.join(", ", java.util.Collections.nCopies(count, "1")) + ")";
    }
  }

  private static List<Row> table() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (List<String> cells : DeterminismTables.rows("function")) {
      for (String arguments : cells.get(1).split(", ")) {
        rows.add(new Row(cells.get(0), arguments, cells.get(2), cells.get(3), cells.get(4)));
      }
    }
    return rows;
  }

  private static Set<String> query(Connection connection, String sql) throws SQLException {
    Set<String> values = new TreeSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  @Test
  void hasAllFunctionsOfTheBundledSqliteAndNoOther() throws Exception {
    Set<String> written = new TreeSet<>();
    for (Row row : table()) {
      written.add(row.key() + " " + row.type + " " + row.origin);
    }
    try (Connection plain = Connections.memory()) {
      assertThat(written).isEqualTo(query(plain, LIST));
    }
  }

  @Test
  void replacedOnesAreRegisteredAndNoOthers() throws Exception {
    Set<String> expected = new TreeSet<>();
    for (Row row : table()) {
      RefusedFunction refused = refused(row);
      if (row.verdict.equals("replaced")
          || (refused != null && refused.scope() == RefusedFunction.Scope.UNSAFE)) {
        expected.add(row.key());
      }
    }
    for (List<String> own : DeterminismTables.rows("function of Lockstep")) {
      expected.add(own.get(0) + " " + own.get(1));
    }
    try (SqliteReader reader = SqliteReader.open(directory.resolve("data.db"))) {
      assertThat(query(reader.connection(), REPLACED)).isEqualTo(expected);
    }

    // On the writer, two of the session are SQLite's own; and what is the node's fails.
    expected.removeAll(Set.of("changes 0", "last_insert_rowid 0"));
    for (Row row : table()) {
      RefusedFunction refused = refused(row);
      if (refused != null && refused.scope() == RefusedFunction.Scope.OF_THE_NODE) {
        expected.add(row.key());
      }
    }
    assertThat(query(writer.connection(), REPLACED)).isEqualTo(expected);
  }

  @Test
  void verdictsAreWhatTheAnalysisSays() throws Exception {
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (Row row : table()) {
      counts.merge(row.verdict, 1, Integer::sum);
      switch (row.verdict) {
        case "refused" -> {
          assertThat(isRefused("SELECT " + row.call())).as(row.key()).isTrue();
          assertThat(isRefused("INSERT INTO t SELECT " + row.call())).as(row.key()).isTrue();
        }
        case "refused in writes" -> {
          assertThat(isRefused("SELECT " + row.call())).as(row.key()).isFalse();
          assertThat(isRefused("INSERT INTO t SELECT " + row.call())).as(row.key()).isTrue();
        }
        case "replaced", "deterministic" -> {
          assertThat(refused(row)).as(row.key()).isNull();
          assertThat(isRefused("SELECT " + row.call())).as(row.key()).isFalse();
          assertThat(isRefused("INSERT INTO t SELECT " + row.call())).as(row.key()).isFalse();
        }
        default -> throw new AssertionError(row.toString());
      }
    }
    System.out.println("functions of SQLite: " + counts);
  }

  @Test
  void unsafeOnesFailWhereTheAnalysisDoesNotSeeThem() throws Exception {
    writer.execute("INSERT INTO t VALUES (4294967296)");
    for (RefusedFunction function : RefusedFunction.values()) {
      boolean unsafe = function.scope() == RefusedFunction.Scope.UNSAFE;
      if (unsafe || function.scope() == RefusedFunction.Scope.OF_THE_NODE) {
        String arguments = function.argumentCounts().get(0) == 1 ? "x" : "'abc', x";
        String check = " CHECK (" + function.sqlName() + "(" + arguments + ") > 0)";
        String table = "CREATE TABLE checked_" + function.sqlName() + "(x" + check + ")";
        writer.execute(table);
        String insert = "INSERT INTO checked_" + function.sqlName() + " VALUES (4294967296)";
        assertThat(failure(() -> writer.execute(insert)))
            .as(function.sqlName())
            .endsWith("(" + function.message() + ")");
        assertThat(failure(() -> writer.execute("ALTER TABLE t ADD COLUMN y" + check)))
            .as(function.sqlName())
            .startsWith("[SQLITE_ERROR]");
      }
    }
  }

  @Test
  void whatTellsOfTheNodeIsReadButNotWritten() throws Exception {
    writer.execute("CREATE VIEW v AS SELECT page_count FROM pragma_page_count");
    writer.execute("CREATE TABLE log(x)");
    writer.execute(
        "CREATE TRIGGER tr AFTER DELETE ON t BEGIN"
            + " INSERT INTO log SELECT rowid FROM f5 WHERE f5 MATCH 'a' ORDER BY rank; END");
    for (String query :
        List.of(
            "SELECT rootpage FROM sqlite_schema",
            "SELECT * FROM sqlite_master",
            "SELECT page_count FROM v",
            "SELECT pageno FROM dbstat",
            "SELECT (SELECT max(rootpage) FROM sqlite_schema WHERE name = x) FROM t",
            "SELECT sqlite_compileoption_get(1)")) {
      assertThat(analyzer.analyze(query).statements().get(0).ofTheNode()).as(query).isTrue();
      assertThat(isRefused("CREATE TABLE n AS " + query)).as(query).isTrue();
    }
    for (String query :
        List.of(
            "SELECT name, sql FROM sqlite_schema",
            "SELECT name FROM pragma_table_info('t')",
            "SELECT value FROM json_each('[1]')",
            "SELECT x FROM f5 WHERE f5 MATCH 'a'")) {
      assertThat(analyzer.analyze(query).statements().get(0).ofTheNode()).as(query).isFalse();
      assertThat(isRefused("CREATE TABLE n AS " + query)).as(query).isFalse();
    }
    assertThat(isRefused("INSERT INTO t SELECT rootpage FROM sqlite_schema")).isTrue();
    assertThat(isRefused("UPDATE t SET x = (SELECT max(page_count) FROM v)")).isTrue();
    assertThat(isRefused("INSERT INTO t SELECT rank FROM f5 WHERE f5 MATCH 'a'")).isTrue();
    assertThat(isRefused("DELETE FROM t")).isTrue();
    assertThat(analyzer.analyze("EXPLAIN SELECT 1").statements().get(0).ofTheNode()).isTrue();
    assertThat(analyzer.analyze("PRAGMA page_count").statements().get(0).ofTheNode()).isTrue();
    assertThat(analyzer.analyze("PRAGMA table_info(t)").statements().get(0).ofTheNode()).isFalse();
  }

  @Test
  void hasAllModules() throws Exception {
    try (Connection plain = Connections.memory();
        Statement statement = plain.createStatement()) {
      // Some are only there once they were used.
      for (String table : List.of("json_each", "json_tree", "jsonb_each", "jsonb_tree")) {
        statement.execute("SELECT 1 FROM " + table + "('[]')");
      }
      Set<String> modules = query(plain, "SELECT name FROM pragma_module_list");
      modules.removeIf(name -> name.startsWith("pragma_"));
      Set<String> written = new TreeSet<>();
      for (List<String> cells : DeterminismTables.rows("module")) {
        written.add(cells.get(0));
      }
      assertThat(written).isEqualTo(modules);
    }
  }

  private static RefusedFunction refused(Row row) {
    for (RefusedFunction function : RefusedFunction.values()) {
      if (function.sqlName().equals(row.name)
          && function.argumentCounts().contains(Integer.parseInt(row.arguments))) {
        return function;
      }
    }
    return null;
  }

  private boolean isRefused(String sql) throws SQLException {
    try {
      analyzer.analyze(sql);
      return false;
    } catch (StatementException e) {
      String state = e.error().sqlState();
      return state.equals(Refusal.UNSUPPORTED) || state.equals(Refusal.NOT_ALLOWED);
    }
  }

  private interface Action {
    void run() throws SQLException;
  }

  private static String failure(Action action) {
    try {
      action.run();
      return "no failure";
    } catch (SQLException e) {
      return e.getMessage();
    }
  }
}
