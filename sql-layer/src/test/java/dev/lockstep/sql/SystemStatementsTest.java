package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SystemStatementsTest {
  @TempDir Path directory;
  private Path file;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    writer.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)");
    writer.execute("CREATE VIEW v AS SELECT x FROM t");
    writer.execute("CREATE VIRTUAL TABLE f USING fts5(body)");
    writer.createInternalTable("CREATE TABLE sqlite_lockstep_state(a PRIMARY KEY)");
    analyzer = StatementAnalyzer.open(file);
  }

  @AfterEach
  void close() throws Exception {
    analyzer.close();
    writer.close();
  }

  private AnalyzedStatement analyze(String sql) throws Exception {
    return analyzer.analyze(sql).statements().get(0);
  }

  @Test
  void theProgramTellsWhichTablesAreRead() throws Exception {
    AnalyzedStatement statement =
        analyze(
            "SELECT n.port, v.x FROM LockStep.\"Nodes\" AS n, v, f WHERE f MATCH ? AND EXISTS"
                + " (SELECT 1 FROM locks)");

    assertThat(statement.systemRead().tables())
        .containsExactlyInAnyOrder(SystemTable.NODES, SystemTable.LOCKS);
    assertThat(statement.systemRead().content()).containsExactly("f", "t");
    assertThat(statement.ofTheNode()).isTrue();
    assertThat(statement.writes()).isFalse();
    assertThat(statement.parameterCount()).isEqualTo(1);
    assertThat(statement.columns())
        .containsExactly(
            new ColumnInfo("port", "nodes", "INTEGER"), new ColumnInfo("x", "t", "TEXT"));
  }

  @Test
  void otherStatementsDoNotKnowTheTables() throws Exception {
    assertThat(analyze("SELECT lockstep.x FROM t AS lockstep").systemRead()).isNull();
    assertThatThrownBy(() -> analyze("SELECT * FROM nodes")).hasMessageContaining("no such table");
    analyze("SELECT * FROM lockstep.nodes");
    assertThatThrownBy(() -> analyze("SELECT * FROM nodes")).hasMessageContaining("no such table");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT node_id FROM lockstep.nodes ORDER BY port FETCH FIRST 1 ROW ONLY",
        "SELECT * FROM lockstep.nodes ORDER BY port FETCH FIRST 1 ROWS WITH TIES",
        "SELECT role, count(*) FROM lockstep.nodes GROUP BY ROLLUP (role)",
        "SELECT GREATEST(port, 1) FROM lockstep.nodes"
      })
  void standardSqlMayReadThem(String sql) throws Exception {
    AnalyzedStatement statement = analyze(sql);

    assertThat(statement.systemRead().tables()).containsExactly(SystemTable.NODES);
    assertThat(analyze("EXPLAIN LOCKSTEP " + sql).explanation().typed()).isEqualTo(sql);
    assertThat(analyze("EXPLAIN LOCKSTEP " + sql).explanation().statement().sql())
        .isEqualTo(statement.sql())
        .isNotEqualTo(sql);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42P01 | SELECT a FROM lockstep.nodez ORDER BY a FETCH FIRST 1 ROWS WITH TIES",
        "42703 | SELECT prt FROM lockstep.nodes FETCH FIRST 1 ROW ONLY",
        "0AL01 | INSERT INTO t(id) SELECT port FROM lockstep.nodes FETCH FIRST 1 ROW ONLY"
      })
  void standardSqlWithThemIsCheckedAlike(String sqlState, String sql) {
    StatementException refused =
        catchThrowableOfType(StatementException.class, () -> analyzer.analyze(sql));

    assertThat(refused).isNotNull();
    assertThat(refused.error().sqlState()).as("%s", refused).isEqualTo(sqlState);
    // Of the translation nobody knows where it stands in the text.
    assertThat(refused.error().message()).doesNotContain("offset");
  }

  @Test
  void theyAreKnownAfterDefinitionsInTheSameText() throws Exception {
    List<AnalyzedStatement> statements =
        analyzer.analyze("CREATE TABLE u(y); SELECT y FROM u, lockstep.sessions").statements();

    assertThat(statements.get(1).systemRead())
        .isEqualTo(new SystemRead(Set.of(SystemTable.SESSIONS), List.of("u")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42501 | INSERT INTO lockstep.nodes(port) VALUES (1)",
        "42501 | REPLACE INTO lockstep.nodes(port) SELECT id FROM t",
        "42501 | INSERT INTO lockstep.nodes(port) SELECT id FROM t RETURNING port",
        "42501 | UPDATE lockstep.nodes SET port = 1",
        "42501 | DELETE FROM lockstep.nodes",
        "42501 | CREATE TABLE lockstep.x(a)",
        "42501 | CREATE TABLE lockstep.x AS SELECT * FROM t",
        "42501 | CREATE TABLE IF NOT EXISTS lockstep.nodes(a)",
        "42501 | CREATE VIEW lockstep.x AS SELECT 1",
        "42501 | CREATE INDEX lockstep.i ON nodes(port)",
        "42501 | DROP TABLE lockstep.nodes",
        "42501 | ALTER TABLE lockstep.nodes RENAME TO x",
        "42501 | ANALYZE lockstep.nodes",
        "42501 | CREATE VIEW w AS SELECT * FROM lockstep.nodes",
        "42501 | CREATE TRIGGER w AFTER INSERT ON t BEGIN DELETE FROM t WHERE id IN (SELECT port"
            + " FROM lockstep.nodes); END",
        "0AL01 | INSERT INTO t(id) SELECT port FROM lockstep.nodes",
        "0AL01 | INSERT INTO t(id) VALUES (1) RETURNING (SELECT port FROM lockstep.nodes)",
        "0AL01 | UPDATE t SET x = (SELECT max(term) FROM lockstep.nodes)",
        "0AL01 | UPDATE t SET x = n.port FROM lockstep.nodes AS n",
        "0AL01 | DELETE FROM t WHERE x IN (SELECT node_id FROM lockstep.nodes)",
        "0AL01 | CREATE TABLE w AS SELECT * FROM lockstep.nodes",
        "0AL01 | SELECT lockstep_lock('x', 0) FROM lockstep.nodes",
        "0AL01 | PRAGMA lockstep.table_info(nodes)"
      })
  void whatDoesMoreThanReadIsRefused(String sqlState, String sql) {
    StatementException refused =
        catchThrowableOfType(StatementException.class, () -> analyzer.analyze(sql));

    assertThat(refused).as(sql).isNotNull();
    assertThat(refused.error().sqlState()).as("%s", refused).isEqualTo(sqlState);
  }

  @Test
  void aReaderShowsWhatItIsGivenOnceInItsSnapshot() throws Exception {
    writer.execute("INSERT INTO t VALUES (1, 'a')");
    int[] asked = new int[1];
    SystemContent content =
        (table, connection, rows) -> {
          asked[0]++;
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SELECT count(*) FROM t")) {
            row.next();
            rows.add("lock " + asked[0], null, row.getInt(1));
          }
        };
    try (SqliteReader reader = SqliteReader.open(file)) {
      reader.begin();
      writer.execute("INSERT INTO t VALUES (2, 'b')");
      reader.showSystem(EnumSet.of(SystemTable.LOCKS), content);
      reader.showSystem(EnumSet.of(SystemTable.LOCKS), content);

      try (Statement statement = reader.connection().createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT name, session_id, count FROM lockstep.locks")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("lock 1");
        assertThat(rows.getString(2)).isNull();
        assertThat(rows.getInt(3)).isEqualTo(1);
        assertThat(rows.next()).isFalse();
        assertThatThrownBy(() -> statement.execute("DELETE FROM lockstep.locks"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("readonly");
      }
    }
    assertThat(asked[0]).isEqualTo(1);
  }

  @Test
  void aRowOfTheWrongLengthIsNoticed() throws Exception {
    try (SqliteReader reader = SqliteReader.open(file)) {
      reader.begin();
      assertThatThrownBy(
              () ->
                  reader.showSystem(
                      EnumSet.of(SystemTable.LOCKS), (table, connection, rows) -> rows.add("x")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void definitionsHaveAsManyColumnsAsTheySay() throws Exception {
    try (SqliteReader reader = SqliteReader.open(file)) {
      reader.begin();
      reader.showSystem(Set.of(), null);
      for (SystemTable table : SystemTable.values()) {
        try (Statement statement = reader.connection().createStatement();
            ResultSet rows = statement.executeQuery("SELECT * FROM lockstep." + table.sqlName())) {
          assertThat(rows.getMetaData().getColumnCount()).isEqualTo(table.columnCount());
        }
      }
    }
  }

  @Test
  void explainLockstepTellsOfTheStatementBehindIt() throws Exception {
    writer.execute("CREATE TABLE parent(id INTEGER PRIMARY KEY)");
    writer.execute("CREATE TABLE child(p REFERENCES parent ON DELETE CASCADE)");
    writer.execute("CREATE TABLE log(at)");
    writer.execute(
        "CREATE TRIGGER gone AFTER DELETE ON child BEGIN INSERT INTO log VALUES (1);"
            + " INSERT INTO f VALUES ('x'); END");
    analyzer.schemaChanged(writer.schemaVersion());

    AnalyzedStatement deletion = analyze("EXPLAIN LOCKSTEP DELETE FROM parent WHERE id = ?");
    assertThat(deletion.kind()).isEqualTo(StatementKind.EXPLAIN);
    assertThat(deletion.writes()).isFalse();
    assertThat(deletion.parameterCount()).isZero();
    assertThat(deletion.columns()).extracting(ColumnInfo::label).containsExactly("item", "value");
    Explanation explanation = deletion.explanation();
    assertThat(explanation.typed()).isEqualTo("DELETE FROM parent WHERE id = ?");
    assertThat(explanation.writes()).containsExactly("child", "f", "log", "parent");
    assertThat(explanation.statement().writes()).isTrue();
    assertThat(explanation.statement().parameterCount()).isEqualTo(1);

    assertThat(analyze("explain lockstep select * from v").explanation().reads())
        .containsExactly("t");
    assertThat(analyze("EXPLAIN LOCKSTEP SELECT * FROM v, lockstep.nodes").explanation().reads())
        .containsExactly("t", "lockstep.nodes");
    assertThat(
            analyze("EXPLAIN LOCKSTEP PRAGMA journal_mode = wal").explanation().statement().sql())
        .isEqualTo("PRAGMA journal_mode");
  }

  @Test
  void explainLockstepTellsWhyAStatementIsRefused() throws Exception {
    Explanation wrong = analyze("EXPLAIN LOCKSTEP SELECT * FROM tt").explanation();
    assertThat(wrong.statement()).isNull();
    assertThat(wrong.refusal().sqlState()).isEqualTo("42P01");
    assertThat(wrong.refusal().message())
        .isEqualTo("no such table: tt (at \"tt\", line 1, column 32, offset 31; did you mean t?)");
    assertThat(analyze("EXPLAIN LOCKSTEP ATTACH 'x' AS y").explanation().refusal().sqlState())
        .isEqualTo("0AL01");
    assertThat(
            catchThrowableOfType(
                    StatementException.class, () -> analyzer.analyze("EXPLAIN LOCKSTEP"))
                .error()
                .sqlState())
        .isEqualTo("42601");
    assertThat(
            analyzer
                .analyze(
                    "EXPLAIN LOCKSTEP CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;"
                        + " SELECT 2")
                .statements())
        .hasSize(2);
  }
}
