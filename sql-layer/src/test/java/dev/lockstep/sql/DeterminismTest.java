package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DeterminismTest {
  /** 2001-02-03 04:05:06.789 UTC. */
  private static final long CLOCK = 981_173_106_789L;

  private static final long SEED = 42;

  @TempDir Path directory;
  private SqliteWriter one;
  private SqliteWriter two;

  @BeforeEach
  void open() throws Exception {
    one = SqliteWriter.open(directory.resolve("one.db"));
    two = SqliteWriter.open(directory.resolve("two.db"));
    // The second node has a past of its own: other draws, another clock, another last rowid.
    two.beginStatement(1, 1, 1);
    two.execute("SELECT random(), randomblob(100), datetime('now')");
    two.primeLastInsertRowid(99);
  }

  @AfterEach
  void close() throws Exception {
    one.close();
    two.close();
  }

  private void applyOnBoth(int statementNumber, String sql, Object... parameters)
      throws SQLException {
    for (SqliteWriter writer : List.of(one, two)) {
      writer.beginStatement(CLOCK, SEED, statementNumber);
      PreparedStatement statement = writer.prepare(sql);
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.execute();
    }
  }

  private static List<List<Object>> rows(SqliteWriter writer, String sql) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    try (ResultSet result = writer.prepare(sql).executeQuery()) {
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          Object value = result.getObject(i);
          row.add(value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private List<List<Object>> equalRows(String sql) throws SQLException {
    List<List<Object>> rows = rows(one, sql);
    assertThat(rows(two, sql)).isEqualTo(rows).isNotEmpty();
    return rows;
  }

  private static Object value(SqliteWriter writer, String sql) throws SQLException {
    return rows(writer, sql).get(0).get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CURRENT_TIMESTAMP | 2001-02-03 04:05:06",
        "CURRENT_DATE | 2001-02-03",
        "CURRENT_TIME | 04:05:06",
        "(strftime('%Y-%m-%d %H:%M:%f','now')) | 2001-02-03 04:05:06.789",
        "(datetime('now', 'localtime')) | 2001-02-03 04:05:06",
        "(datetime()) | 2001-02-03 04:05:06",
        "(strftime('%s')) | 981173106",
        "(time('subsec')) | 04:05:06.789",
        "(unixepoch('subsec')) | 9.81173106789E8",
        "(unixepoch('NOW', 'subsec', 'utc')) | 9.81173106789E8",
        "(timediff('now', '2001-02-03')) | +0000-00-00 04:05:06.789",
        "(datetime('now', 'start of year', '+1 month')) | 2001-02-01 00:00:00",
        "(date(replace('n.w', '.', 'o'))) | 2001-02-03",
        "(date(x'6e4f77')) | 2001-02-03"
      })
  void defaultsTakeTheCommandsClock(String expression, String expected) throws Exception {
    applyOnBoth(0, "CREATE TABLE t(a, at DEFAULT " + expression + ")");
    applyOnBoth(1, "INSERT INTO t(a) VALUES (1), (2)");

    List<List<Object>> rows = equalRows("SELECT at FROM t");
    assertThat(rows).allSatisfy(row -> assertThat(row.get(0)).hasToString(expected));
  }

  @Test
  void randomDefaultsDifferFromRowToRow() throws Exception {
    applyOnBoth(0, "CREATE TABLE t(a, r DEFAULT (random()), b DEFAULT (randomblob(20)))");
    applyOnBoth(1, "INSERT INTO t(a) VALUES (1), (2), (3)");
    applyOnBoth(2, "INSERT INTO t(a) VALUES (4)");

    assertThat(equalRows("SELECT r FROM t")).doesNotHaveDuplicates();
    assertThat(equalRows("SELECT b FROM t")).doesNotHaveDuplicates();
    applyOnBoth(3, "UPDATE t SET r = random()");
    assertThat(equalRows("SELECT r FROM t")).doesNotHaveDuplicates();
  }

  @Test
  void ordersByChanceAlikeButDifferentlyForAnotherSeed() throws Exception {
    applyOnBoth(0, "CREATE TABLE t(a)");
    applyOnBoth(
        1,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50)"
            + " INSERT INTO t SELECT i FROM n ORDER BY random()");

    List<List<Object>> rows = equalRows("SELECT a FROM t ORDER BY rowid");
    assertThat(rows).doesNotHaveDuplicates().hasSize(50);
    one.beginStatement(CLOCK, SEED + 1, 1);
    assertThat(rows(one, "SELECT a FROM t ORDER BY random()")).isNotEqualTo(rows);
  }

  @Test
  void triggersViewsExpressionsAndBoundValuesTakeTheCommandsClock() throws Exception {
    applyOnBoth(0, "CREATE TABLE t(a, b DEFAULT CURRENT_TIMESTAMP, c)");
    applyOnBoth(1, "CREATE TABLE log(at, r)");
    applyOnBoth(
        2,
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN"
            + " INSERT INTO log VALUES (julianday('now'), random()); END");
    applyOnBoth(3, "CREATE VIEW v AS SELECT a, datetime('now') AS at, random() AS r FROM t");
    applyOnBoth(4, "INSERT INTO t(a, c) VALUES (?, datetime(?))", "x", "now");
    applyOnBoth(5, "INSERT INTO t(a, c) VALUES (?, date(?, ?))", "y", "NOW", "utc");
    applyOnBoth(
        6,
        "INSERT INTO t(a, c) VALUES (?, time(?))",
        "z",
        "now".getBytes(StandardCharsets.US_ASCII));
    applyOnBoth(
        7, "INSERT INTO t(a, b, c) WITH c AS (SELECT random() r, date() d) SELECT * , 1 FROM c");
    applyOnBoth(8, "CREATE TABLE made AS SELECT * FROM v");
    assertThat(equalRows("SELECT b, c FROM t WHERE a IN ('x', 'y', 'z')"))
        .containsExactly(
            List.of("2001-02-03 04:05:06", "2001-02-03 04:05:06"),
            List.of("2001-02-03 04:05:06", "2001-02-03"),
            List.of("2001-02-03 04:05:06", "04:05:06"));
    assertThat(equalRows("SELECT r FROM log")).hasSize(4).doesNotHaveDuplicates();
    assertThat(equalRows("SELECT at, r FROM made")).hasSize(4).doesNotHaveDuplicates();
    applyOnBoth(
        9,
        "INSERT INTO t(a, b, c) SELECT 'sub', (SELECT random()), (SELECT max(d) FROM"
            + " (SELECT datetime('now') AS d)) FROM t");
    assertThat(equalRows("SELECT DISTINCT c FROM t WHERE a = 'sub'"))
        .containsExactly(List.of("2001-02-03 04:05:06"));
    equalRows("SELECT * FROM t");
  }

  @Test
  void generatedColumnsAndIndexesUseTheReplacedFunctions() throws Exception {
    applyOnBoth(
        0, "CREATE TABLE t(d TEXT, y AS (strftime('%Y', d)) STORED, m AS (date(d, '+1 day')))");
    applyOnBoth(1, "CREATE INDEX i ON t(julianday(d)) WHERE time(d) > '00'");
    applyOnBoth(2, "INSERT INTO t VALUES ('2020-12-31 10:00'), ('nonsense'), (NULL)");

    assertThat(equalRows("SELECT y, m FROM t WHERE d LIKE '2020%'"))
        .containsExactly(List.of("2020", "2021-01-01"));
    assertThat(rows(one, "PRAGMA integrity_check")).containsExactly(List.of("ok"));
  }

  /** The numbers are stored in logs: a change of the generator must show here. */
  @Test
  void drawsTheNumbersOfTheContract() throws Exception {
    one.beginStatement(CLOCK, 42, 3);

    assertThat(rows(one, "SELECT random(), random(), hex(randomblob(9))"))
        .containsExactly(List.of(CONTRACT_FIRST, CONTRACT_SECOND, CONTRACT_BLOB));
    one.beginStatement(CLOCK, 42, 4);
    assertThat(value(one, "SELECT random()")).isNotEqualTo(CONTRACT_FIRST);
  }

  private static final long CONTRACT_FIRST = 3_676_294_358_273_406_211L;
  private static final long CONTRACT_SECOND = 8_857_862_703_798_441_688L;
  private static final String CONTRACT_BLOB = "9E32DBB7F1A8B610B4";

  @Test
  void randomNeverOverflowsAbsAndBlobsAreBounded() throws Exception {
    assertThat(value(one, "SELECT typeof(abs(random()))")).isEqualTo("integer");
    assertThat(value(one, "SELECT length(randomblob(0)) + length(randomblob(NULL))")).isEqualTo(2);
    assertThatThrownBy(() -> value(one, "SELECT length(randomblob(2000000000))"))
        .isInstanceOfSatisfying(
            SQLException.class,
            failure ->
                assertThat(SqlErrors.classify(failure))
                    .matches(SqlFailure::isStatementError)
                    .extracting(classified -> classified.error().message())
                    .isEqualTo("string or blob too big"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "-1",
        "NULL",
        "'7'",
        "'x'",
        "'3x'",
        "x'35'",
        "2.9",
        "1e1",
        "67108864",
        "67108865",
        "1e30",
        "-9223372036854775808"
      })
  void randomBlobTakesArgumentsAsSqliteDoes(String argument) throws Exception {
    String call = "SELECT typeof(randomblob(%1$s)) || length(randomblob(%1$s))".formatted(argument);
    try (var plain = Connections.memory();
        var statement = plain.createStatement()) {
      String expected;
      try (ResultSet row = statement.executeQuery(call)) {
        row.next();
        expected = row.getString(1);
      } catch (SQLException failure) {
        expected = failure.getMessage();
      }
      String actual;
      try {
        actual = (String) value(one, call);
      } catch (SQLException failure) {
        actual = failure.getMessage();
      }
      assertThat(actual.replace("SQLITE_ERROR", "")).contains(messageOf(expected));
    }
  }

  /** Without the code: SQLite's own is SQLITE_TOOBIG, which a function cannot answer with. */
  private static String messageOf(String failure) {
    return failure.contains("too big") || failure.contains("TOOBIG") ? "too big" : failure;
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1, 253_402_300_799_999L})
  void takesAnyClock(long clock) throws Exception {
    one.beginStatement(clock, 1, 0);
    two.beginStatement(clock, 1, 0);

    assertThat(value(one, "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"))
        .isNotNull()
        .isEqualTo(value(two, "SELECT strftime('%Y-%m-%d %H:%M:%f')"));
    assertThat(value(one, "SELECT CURRENT_TIMESTAMP = datetime('now')")).isEqualTo(1);
  }

  @Test
  void lastInsertRowidIsTheSessionsAlsoInsideTriggers() throws Exception {
    applyOnBoth(0, "CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    applyOnBoth(1, "CREATE TABLE log(t)");
    applyOnBoth(
        2,
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (last_insert_rowid());"
            + " END");
    for (SqliteWriter writer : List.of(one, two)) {
      writer.setSession(-7, 3, 12);
      assertThat(rows(writer, "SELECT last_insert_rowid(), changes(), total_changes()"))
          .containsExactly(List.of(-7, 3, 12));
    }
    applyOnBoth(3, "INSERT INTO log VALUES (last_insert_rowid())");
    one.primeLastInsertRowid(Long.MAX_VALUE);
    two.primeLastInsertRowid(Long.MAX_VALUE);
    applyOnBoth(4, "INSERT INTO t VALUES (17, last_insert_rowid())");

    assertThat(equalRows("SELECT x FROM t")).containsExactly(List.of(Long.MAX_VALUE));
    assertThat(equalRows("SELECT t FROM log")).containsExactly(List.of(-7), List.of(17));
    assertThat(one.lastInsertRowid()).isEqualTo(17);
    assertThat(one.changes()).isEqualTo(1);
    assertThat(equalRows("SELECT count(*) FROM sqlite_lockstep_rowid")).containsExactly(List.of(0));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "5, 3", "-5, 3", "2, 1000", "1000, 1000", "9223372036854775807, 2"})
  void sessionsCountersAreAnsweredByStatementsThatWrite(long rowid, long changes) throws Exception {
    applyOnBoth(0, "CREATE TABLE log(l, c, t)");
    for (SqliteWriter writer : List.of(one, two)) {
      writer.setSession(rowid, changes, 77);
    }
    applyOnBoth(1, "INSERT INTO log SELECT last_insert_rowid(), changes(), total_changes()");
    applyOnBoth(2, "INSERT INTO log SELECT 0, changes(), total_changes()");

    assertThat(equalRows("SELECT CAST(l AS TEXT), CAST(c AS TEXT), t FROM log"))
        .containsExactly(
            List.of(Long.toString(rowid), Long.toString(changes), 77), List.of("0", "1", 78));
    assertThat(equalRows("SELECT count(*) FROM sqlite_lockstep_rowid")).containsExactly(List.of(0));
  }

  @Test
  void readersHaveTheWallClockTheClientsSessionAndNoWayToWrite() throws Exception {
    one.execute("CREATE TABLE t(a)");
    try (SqliteReader reader = SqliteReader.open(directory.resolve("one.db"))) {
      reader.setSession(5, 6, 7);
      PreparedStatement statement =
          reader.prepare(
              "SELECT last_insert_rowid(), changes(), total_changes(),"
                  + " abs(unixepoch('now') - ?) < 60, random() <> random()");
      statement.setLong(1, System.currentTimeMillis() / 1000);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        assertThat(
                List.of(
                    row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)))
            .containsExactly(5L, 6L, 7L, 1L, 1L);
      }
      assertThatThrownBy(() -> reader.prepare("INSERT INTO t VALUES (1)").execute())
          .isInstanceOf(SQLException.class);
    }
  }
}
