package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementAnalyzerTest {
  @TempDir Path directory;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    Path file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    for (String definition :
        List.of(
            "CREATE TABLE t(Id INTEGER PRIMARY KEY, x TEXT)",
            "CREATE TABLE log(what TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)",
            "CREATE TABLE w(a INT, b TEXT, c, PRIMARY KEY(a, b)) WITHOUT ROWID",
            "CREATE TABLE d(k INTEGER PRIMARY KEY DESC, v)",
            "CREATE TABLE shadowed(rowid TEXT, _rowid_ TEXT, v)",
            "CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT, v)",
            "CREATE TABLE \"odd `name`\"(\"the key\" INTEGER PRIMARY KEY, v)",
            "CREATE VIEW v AS SELECT Id, x FROM t",
            "CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN"
                + " INSERT INTO log(what) VALUES (new.x); END",
            "CREATE TABLE audited(x)",
            "CREATE TRIGGER audit AFTER INSERT ON audited BEGIN"
                + " INSERT INTO log(what) VALUES (last_insert_rowid()); END",
            "CREATE TABLE counted(x)",
            "CREATE TRIGGER count AFTER INSERT ON counted BEGIN"
                + " INSERT INTO log(what) VALUES (changes()); END",
            "CREATE VIRTUAL TABLE f USING fts5(body)",
            "CREATE VIRTUAL TABLE f4 USING fts4(body)",
            "CREATE VIRTUAL TABLE r USING rtree(id, minx, maxx)",
            "ANALYZE")) {
      writer.execute(definition);
    }
    writer.createInternalTable("CREATE TABLE sqlite_lockstep_state(a PRIMARY KEY)");
    analyzer = StatementAnalyzer.open(file);
  }

  @AfterEach
  void close() throws Exception {
    analyzer.close();
    writer.close();
  }

  private AnalyzedStatement analyze(String sql) throws Exception {
    Analysis analysis = analyzer.analyze(sql);
    assertThat(analysis.statements()).hasSize(1);
    assertThat(analysis.writes()).isEqualTo(analysis.statements().get(0).writes());
    return analysis.statements().get(0);
  }

  private SqlError error(String sql) {
    StatementException refused =
        catchThrowableOfType(StatementException.class, () -> analyzer.analyze(sql));
    assertThat(refused).as(sql).isNotNull();
    return refused.error();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QUERY | false | true | SELECT * FROM t",
        "QUERY | false | true | VALUES (1)",
        "QUERY | false | true | WITH replace AS (SELECT 1) SELECT * FROM replace",
        "QUERY | false | true | SELECT name FROM pragma_table_info('t')",
        "QUERY | false | true | SELECT * FROM sqlite_master UNION ALL SELECT * FROM"
            + " sqlite_temp_master",
        "QUERY | false | true | SELECT * FROM f WHERE f MATCH 'a' ORDER BY rank",
        "QUERY | false | true | SELECT json_extract('{}', '$')",
        "DML | true | false | INSERT INTO t(x) VALUES ('a')",
        "DML | true | true | INSERT INTO t(x) VALUES ('a') RETURNING *",
        "DML | true | false | REPLACE INTO t VALUES (1, 'a')",
        "DML | true | false | WITH c AS (SELECT 1) INSERT INTO t(Id) SELECT * FROM c",
        "DML | true | false | WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE"
            + " n<3) UPDATE t SET x=1 WHERE Id IN c",
        "DML | true | false | DELETE FROM t",
        "DML | true | false | DELETE FROM t WHERE 0",
        "DML | true | false | INSERT INTO v VALUES (1, 'x')",
        "DML | true | false | INSERT INTO f VALUES ('text')",
        "DML | true | false | INSERT INTO r VALUES (1, 2, 3)",
        "DML | true | false | UPDATE sqlite_sequence SET seq = 0",
        "DDL | true | false | CREATE TABLE n(a)",
        "DDL | true | false | CREATE TABLE IF NOT EXISTS t(a)",
        "DDL | true | false | CREATE TABLE n AS SELECT date('now') AS d",
        "DDL | true | false | CREATE INDEX i ON t(date(x))",
        "DDL | true | false | DROP TABLE IF EXISTS missing",
        "DDL | true | false | ALTER TABLE t ADD COLUMN y DEFAULT 1",
        "DDL | true | false | DROP VIEW v",
        "PRAGMA_READ | false | true | PRAGMA table_info(t)",
        "PRAGMA_READ | false | true | PRAGMA main.table_xinfo = 't'",
        "PRAGMA_READ | false | true | PRAGMA user_version",
        "PRAGMA_READ | false | true | PRAGMA journal_mode",
        "PRAGMA_READ | false | true | PRAGMA journal_mode = WAL",
        "PRAGMA_READ | false | true | PRAGMA foreign_keys = ON",
        "PRAGMA_READ | false | true | PRAGMA integrity_check",
        "PRAGMA_WRITE | true | false | PRAGMA user_version = 5",
        "PRAGMA_WRITE | true | false | PRAGMA application_id(-5)",
        "PRAGMA_WRITE | true | false | PRAGMA defer_foreign_keys = ON",
        "SAVEPOINT_CONTROL | false | false | SAVEPOINT a",
        "SAVEPOINT_CONTROL | false | false | RELEASE SAVEPOINT a",
        "SAVEPOINT_CONTROL | false | false | ROLLBACK TRANSACTION TO SAVEPOINT a",
        "TRANSACTION_CONTROL | false | false | BEGIN IMMEDIATE",
        "TRANSACTION_CONTROL | false | false | END TRANSACTION",
        "TRANSACTION_CONTROL | false | false | ROLLBACK",
        "MAINTENANCE | true | false | VACUUM",
        "MAINTENANCE | true | false | ANALYZE t",
        "MAINTENANCE | true | false | REINDEX",
        "EXPLAIN | false | true | EXPLAIN INSERT INTO t(x) VALUES (1)",
        "EXPLAIN | false | true | EXPLAIN QUERY PLAN SELECT 1"
      })
  void tellsKindWritesAndRows(StatementKind kind, boolean writes, boolean rows, String sql)
      throws Exception {
    AnalyzedStatement statement = analyze(sql);

    assertThat(statement.kind()).isEqualTo(kind);
    assertThat(statement.writes()).isEqualTo(writes);
    assertThat(statement.returnsRows()).isEqualTo(rows);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42601 | SELEC 1",
        "42601 | SELECT (",
        "42601 | SELECT 'open",
        "42P01 | SELECT * FROM missing",
        "42P01 | INSERT INTO missing VALUES (1)",
        "42703 | SELECT missing FROM t",
        "42703 | INSERT INTO t(missing) VALUES (1)",
        "42702 | SELECT x FROM t, audited",
        "42883 | SELECT missing(1)",
        "42883 | SELECT random(1)",
        "42883 | SELECT timediff('now')",
        "42P07 | CREATE TABLE t(a)",
        "42P07 | CREATE VIEW v AS SELECT 1",
        "42701 | CREATE TABLE n(a, a)",
        "42704 | DROP INDEX missing",
        "42601 | INSERT INTO t VALUES (1)",
        "42501 | UPDATE sqlite_master SET sql = ''",
        "42501 | DROP TABLE sqlite_sequence",
        "0AL01 | ATTACH 'x' AS y",
        "0AL01 | DETACH y",
        "0AL01 | CREATE TEMP TABLE n(a)",
        "0AL01 | CREATE TEMPORARY VIEW n AS SELECT 1",
        "0AL01 | CREATE TABLE temp.n(a)",
        "0AL01 | VACUUM INTO 'file'",
        "0AL01 | PRAGMA foreign_keys = OFF",
        "0AL01 | PRAGMA foreign_keys(0)",
        "0AL01 | PRAGMA journal_mode = DELETE",
        "0AL01 | PRAGMA writable_schema = ON",
        "0AL01 | PRAGMA case_sensitive_like = ON",
        "0AL01 | PRAGMA schema_version = 7",
        "0AL01 | PRAGMA recursive_triggers = 1",
        "0AL01 | PRAGMA page_size = 512",
        "0AL01 | PRAGMA optimize",
        "0AL01 | PRAGMA wal_checkpoint",
        "0AL01 | PRAGMA temp.table_info(t)",
        "0AL01 | EXPLAIN PRAGMA foreign_keys = OFF",
        "0AL01 | EXPLAIN QUERY PLAN PRAGMA foreign_keys = OFF",
        "0AL01 | SELECT * FROM pragma_optimize",
        "0AL01 | SELECT replicate('x', 3)",
        "0AL01 | INSERT OR ROLLBACK INTO t VALUES (1, 2)",
        "0AL01 | UPDATE OR ROLLBACK t SET x = 1",
        "0AL01 | CREATE TABLE n(a UNIQUE ON CONFLICT ROLLBACK)",
        "0AL01 | CREATE TRIGGER n AFTER INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
        "0AL01 | SELECT optimize(f4) FROM f4",
        "0AL01 | INSERT INTO t(x) VALUES (sqlite_compileoption_get(1))",
        "0AL01 | UPDATE t SET x = cot(1)",
        "42501 | SELECT load_extension('x')",
        "42501 | SELECT fts3_tokenizer('simple')",
        "42501 | SELECT sqlite_log(1, 'x')",
        "42501 | SELECT * FROM sqlite_lockstep_state",
        "42501 | SELECT * FROM [SQLITE_LOCKSTEP_STATE]",
        "42501 | DELETE FROM sqlite_lockstep_state",
        "42501 | CREATE TABLE n(a REFERENCES \"sqlite_lockstep_state\")",
        "42501 | CREATE TABLE n(a REFERENCES 'sqlite_lockstep_state')",
        "42501 | CREATE VIRTUAL TABLE n USING fts5(a, content='sqlite_lockstep_state')",
        "42501 | CREATE VIRTUAL TABLE n USING fts5(a, content=sqlite_lockstep_state)",
        "42501 | CREATE VIEW n AS SELECT * FROM sqlite_lockstep_state",
        "42501 | SAVEPOINT sqlite_lockstep_command",
        "42501 | UPDATE sqlite_stat1 SET stat = ''",
        "42501 | DELETE FROM sqlite_stat1",
        "42501 | DROP TABLE sqlite_stat1",
        "42P17 | CREATE INDEX i ON t(date('now'))",
        "42P17 | CREATE TABLE n(a CHECK (a < datetime('NOW')))",
        "42P17 | CREATE TABLE n(a, b AS (strftime('%Y')))",
        "42P17 | CREATE TABLE n(a, b AS (time(a, 'localtime')) STORED)",
        "42P17 | ALTER TABLE t ADD COLUMN y AS (julianday())",
        "42000 | CREATE INDEX i ON t(random())"
      })
  void refuses(String sqlState, String sql) {
    assertThat(error(sql).sqlState()).as(error(sql).message()).isEqualTo(sqlState);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE n(a DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')), b CHECK (date(b) = b))",
        "CREATE TABLE n(date TEXT, time TEXT, UNIQUE(date, time))",
        "CREATE TABLE date(id PRIMARY KEY)",
        "CREATE INDEX i ON t(strftime('%Y', x))",
        "CREATE TABLE n(a DEFAULT (random()), b DEFAULT CURRENT_TIME)",
        "SELECT 'sqlite_lockstep_state'",
        "SELECT * FROM t AS \"or\" WHERE 1 OR \"rollback\"",
        "INSERT INTO t(x) SELECT datetime('now')",
        "DELETE FROM sqlite_sequence WHERE name = 'auto'"
      })
  void accepts(String sql) throws Exception {
    assertThat(analyze(sql).sql()).isEqualTo(sql);
  }

  @Test
  void seesInternalTablesThroughViewsMadeBehindItsBack() throws Exception {
    writer.execute("CREATE VIEW sly AS SELECT * FROM sqlite_lockstep_state");
    writer.execute("CREATE TABLE slyer(a)");
    writer.execute(
        "CREATE TRIGGER slyest AFTER INSERT ON slyer BEGIN DELETE FROM sqlite_lockstep_state; END");

    assertThat(error("SELECT * FROM sly").sqlState()).isEqualTo("42501");
    assertThat(error("INSERT INTO slyer VALUES (1)").sqlState()).isEqualTo("42501");
  }

  @Test
  void seesRollbackInTriggersAndTablesMadeBehindItsBack() throws Exception {
    writer.execute("CREATE TABLE strict1(a UNIQUE ON CONFLICT ROLLBACK)");
    writer.execute("CREATE TABLE strict2(a NOT NULL ON CONFLICT ROLLBACK)");
    writer.execute("CREATE TABLE guarded(a)");
    writer.execute(
        "CREATE TRIGGER guard BEFORE DELETE ON guarded BEGIN SELECT RAISE(ROLLBACK, 'no'); END");

    assertThat(error("INSERT INTO strict1 VALUES (1)").sqlState()).isEqualTo("0AL01");
    assertThat(error("INSERT INTO strict2 VALUES (?)").sqlState()).isEqualTo("0AL01");
    assertThat(error("DELETE FROM guarded").sqlState()).isEqualTo("0AL01");
    assertThat(analyze("INSERT INTO guarded VALUES (1)").writes()).isTrue();
  }

  @Test
  void seesTheSessionsFunctionsAlsoInTriggers() throws Exception {
    assertThat(analyze("INSERT INTO audited VALUES (1)").usesLastInsertRowid()).isTrue();
    assertThat(analyze("SELECT last_insert_rowid()").usesLastInsertRowid()).isTrue();
    assertThat(analyze("SELECT changes()").usesChanges()).isTrue();
    assertThat(analyze("SELECT total_changes() + 1").usesChanges()).isTrue();
    assertThat(analyze("INSERT INTO counted VALUES (1)").usesChanges()).isTrue();
    assertThat(analyze("UPDATE t SET x = total_changes()").usesChanges()).isTrue();
    assertThat(analyze("INSERT INTO t(x) VALUES (1)").usesLastInsertRowid()).isFalse();
  }

  @Test
  void tellsParametersAndColumns() throws Exception {
    AnalyzedStatement statement =
        analyze("SELECT Id AS key, x, ?3 || :name AS both FROM t WHERE x = ?");

    assertThat(statement.parameterCount()).isEqualTo(5);
    assertThat(statement.columns())
        .containsExactly(
            new ColumnInfo("key", "t", "INTEGER"),
            new ColumnInfo("x", "t", "TEXT"),
            new ColumnInfo("both", "", ""));
    assertThat(error("SELECT ?40000").sqlState()).isEqualTo("42000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSERT INTO t(x) VALUES ('a') | Id | 1",
        "insert or ignore into main.T(x) values ('a') on conflict do nothing; -- end | Id | 1",
        "REPLACE INTO \"t\"(x) VALUES ('a') | Id | 1",
        "WITH c AS (SELECT 'a') INSERT INTO [t](x) SELECT * FROM c | Id | 1",
        "INSERT INTO t DEFAULT VALUES | Id | 1",
        "INSERT INTO auto(v) VALUES (1) | id | 1",
        "INSERT INTO log(what) VALUES (1) | rowid | 1",
        "INSERT INTO w VALUES (7, 'b', 'c') | a | 7",
        "INSERT INTO d(v) VALUES (1) | rowid | 1",
        "INSERT INTO shadowed(v) VALUES (1) | oid | 1",
        "INSERT INTO `odd ``name```(v) VALUES (1) | the key | 1"
      })
  void asksForTheKeyOfEveryKindOfTable(String sql, String label, long value) throws Exception {
    AnalyzedStatement statement = analyze(sql).withGeneratedKeys(List.of());

    assertThat(statement.returnsGeneratedKeys()).isTrue();
    assertThat(statement.returnsRows()).isTrue();
    PreparedStatement prepared = writer.prepare(statement.sql());
    try (ResultSet keys = prepared.executeQuery()) {
      assertThat(keys.next()).isTrue();
      assertThat(keys.getMetaData().getColumnLabel(1)).isEqualTo(label);
      assertThat(statement.columns().get(0).label()).isEqualTo(label);
      assertThat(keys.getLong(1)).isEqualTo(value);
    }
  }

  @Test
  void asksForNamedColumnsWhateverTheirCase() throws Exception {
    AnalyzedStatement statement =
        analyze("INSERT INTO t(x) VALUES ('a')").withGeneratedKeys(List.of("X", "ID"));

    assertThat(statement.sql()).endsWith(" RETURNING `x` AS `x`, `Id` AS `Id`");
    assertThat(statement.columns())
        .extracting(ColumnInfo::declaredType)
        .containsExactly("TEXT", "INTEGER");
    assertThatThrownBy(() -> analyze("INSERT INTO t(x) VALUES (1)").withGeneratedKeys(List.of("y")))
        .isInstanceOfSatisfying(
            StatementException.class,
            unknown -> assertThat(unknown.error().sqlState()).isEqualTo("42703"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE t SET x = 1",
        "SELECT 1",
        "INSERT INTO t(x) VALUES (1) RETURNING x",
        "INSERT INTO v VALUES (1, 2)",
        "INSERT INTO f VALUES ('a')"
      })
  void leavesStatementsWithoutGeneratedKeysAlone(String sql) throws Exception {
    AnalyzedStatement statement = analyze(sql);

    assertThat(statement.withGeneratedKeys(List.of())).isSameAs(statement);
  }

  @Test
  void remembersAnswersUntilTheSchemaChanges() throws Exception {
    String sql = "SELECT * FROM t";
    assertThat(analyzer.cached(sql)).isNull();
    Analysis first = analyzer.analyze(sql);
    assertThat(analyzer.cached(sql)).isSameAs(first);
    assertThat(analyzer.analyze(sql)).isSameAs(first);

    writer.execute("ALTER TABLE t ADD COLUMN y");
    analyzer.schemaChanged(writer.schemaVersion());

    assertThat(analyzer.cached(sql)).isNull();
    assertThat(analyze(sql).columns()).hasSize(3);
  }

  @Test
  void doesNotRememberAnswersAboutASchemaItWasNotToldOf() throws Exception {
    writer.execute("ALTER TABLE t ADD COLUMN y");

    assertThat(analyze("SELECT * FROM t").columns()).hasSize(3);
    assertThat(analyzer.cached("SELECT * FROM t")).isNull();
  }

  @Test
  void analysesStatementsThatNeedEarlierOnesOfTheSameText() throws Exception {
    Analysis analysis =
        analyzer.analyze(
            "CREATE TABLE n(a INTEGER PRIMARY KEY, t REFERENCES t); ALTER TABLE n ADD COLUMN b;"
                + " INSERT INTO n(b) VALUES (?); SELECT * FROM n JOIN t ON n.t = Id; DROP TABLE"
                + " n;");

    assertThat(analysis.statements())
        .extracting(AnalyzedStatement::kind)
        .containsExactly(
            StatementKind.DDL,
            StatementKind.DDL,
            StatementKind.DML,
            StatementKind.QUERY,
            StatementKind.DDL);
    assertThat(analysis.statements().get(3).columns()).hasSize(5);
    assertThat(analysis.statements().get(2).withGeneratedKeys(List.of()).sql())
        .endsWith("RETURNING `a` AS `a`");
    assertThat(error("CREATE TABLE n(a); INSERT INTO n(b) VALUES (1)").sqlState())
        .isEqualTo("42703");
    assertThat(error("CREATE TABLE n(a); SELECT * FROM sqlite_lockstep_state").sqlState())
        .isEqualTo("42501");
    assertThat(error("DROP TABLE log; INSERT INTO log(what) VALUES (1)").sqlState())
        .isEqualTo("42P01");
  }

  @Test
  void analysesWithTheWritersUncommittedSchema() throws Exception {
    writer.execute("BEGIN");
    writer.execute("CREATE TABLE n(a)");

    assertThat(analyzer.analyzeWith(writer, "INSERT INTO n VALUES (1)").writes()).isTrue();
    assertThat(error("INSERT INTO n VALUES (1)").sqlState()).isEqualTo("42P01");

    writer.execute("ROLLBACK");
    assertThatThrownBy(() -> analyzer.analyzeWith(writer, "INSERT INTO n VALUES (1)"))
        .isInstanceOf(StatementException.class);
  }

  @Test
  void cutsTextsAndRefusesNul() throws Exception {
    assertThat(analyzer.analyze(" ; -- nothing\n /* at all").statements()).isEmpty();
    assertThat(analyzer.analyze("SELECT 1; SELECT 2;").statements())
        .extracting(AnalyzedStatement::sql)
        .containsExactly("SELECT 1", "SELECT 2");
    assertThat(error("SELECT 1\0; DELETE FROM t").sqlState()).isEqualTo("42601");
  }

  @Test
  void hidesTheFilesPath() throws Exception {
    AnalyzedStatement statement = analyze("PRAGMA database_list");

    try (ResultSet rows = writer.prepare(statement.sql()).executeQuery()) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString("name")).isEqualTo("main");
      assertThat(rows.getString("file")).isEmpty();
    }
  }

  @Test
  void goesOnWithAnotherFileAndRefusesWorkWhenClosed() throws Exception {
    Path other = directory.resolve("other.db");
    try (SqliteWriter otherWriter = SqliteWriter.open(other)) {
      otherWriter.execute("CREATE TABLE elsewhere(a)");
      analyzer.analyze("SELECT * FROM t");

      analyzer.reopen(other);

      assertThat(analyzer.cached("SELECT * FROM t")).isNull();
      assertThat(analyze("SELECT * FROM elsewhere").columns()).hasSize(1);
      assertThat(error("SELECT * FROM t").sqlState()).isEqualTo("42P01");
    }
    analyzer.close();
    assertThatThrownBy(() -> analyzer.analyze("SELECT 1")).isInstanceOf(SQLException.class);
  }

  @Test
  void boundsItsCache() {
    AnalysisCache cache = new AnalysisCache(1);
    Analysis answer = new Analysis(List.of());
    for (int i = 0; i < 5 * AnalysisCache.ANSWERS_MAX; i++) {
      cache.put("SELECT " + i, answer);
      assertThat(cache.get("SELECT 0")).as("kept because it is used").isNotNull();
    }

    assertThat(cache.size()).isLessThanOrEqualTo(2 * AnalysisCache.ANSWERS_MAX + 2);
  }

  /** A transaction leaves answers of the node out of its script. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE t ADD COLUMN y",
        "ALTER TABLE t RENAME COLUMN x TO y",
        "ALTER TABLE log RENAME TO journal",
        "DROP TABLE t",
        "DROP VIEW v",
        "DROP TRIGGER v_insert",
        "CREATE INDEX i ON t(x)",
        "CREATE TABLE u(x)",
        "CREATE TABLE u AS SELECT x FROM t",
        "CREATE VIRTUAL TABLE full5 USING fts5(x)",
      })
  void definitionsAreNotTakenForAnswersOfTheNode(String sql) throws Exception {
    AnalyzedStatement statement = analyzer.analyze(sql).statements().get(0);
    assertThat(statement.writes()).isTrue();
    assertThat(statement.ofTheNode()).isFalse();
  }
}
