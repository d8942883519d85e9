package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** JDBC's escapes, executed by a node. */
final class EscapesIT {
  @TempDir static Path directory;

  private static LocalCluster nodes;
  private static Connection connection;

  /** An expression, a bar, and what it comes to. */
  static final List<String> EXPRESSIONS =
      List.of(
          "{d '2026-01-31'} | 2026-01-31",
          "{t '10:20:30'} | 10:20:30",
          "{ts '2026-01-31 10:20:30.5'} | 2026-01-31 10:20:30.500",
          "{fn abs(-3)} | 3",
          "{fn acos(1)} | 0.0",
          "{fn asin(0)} | 0.0",
          "{fn atan(0)} | 0.0",
          "{fn atan2(0, 1)} | 0.0",
          "{fn ceiling(1.2)} | 2.0",
          "{fn cos(0)} | 1.0",
          "{fn round({fn cot(1)}, 4)} | 0.6421",
          "{fn degrees({fn pi()})} | 180.0",
          "{fn exp(0)} | 1.0",
          "{fn floor(-1.2)} | -2.0",
          "{fn log(1)} | 0.0",
          "{fn round({fn log({fn exp(2)})}, 9)} | 2.0",
          "{fn log10(100)} | 2.0",
          "{fn mod(7, 3)} | 1",
          "{fn power(2, 10)} | 1024.0",
          "{fn radians(0)} | 0.0",
          "{fn round(1.2345, 2)} | 1.23",
          "{fn round(1234.5, -2)} | 1200.0",
          "{fn round({fn abs(-1234.5)}, {fn abs(-2)} * -1)} | 1200.0",
          "{fn sign(-5)} | -1",
          "{fn sin(0)} | 0.0",
          "{fn sqrt(9)} | 3.0",
          "{fn tan(0)} | 0.0",
          "{fn truncate(1.159, 2)} | 1.15",
          "{fn truncate(1.15, 2)} | 1.15",
          "{fn truncate(-1.159, 2)} | -1.15",
          "{fn truncate(1234, -2)} | 1200.0",
          "{fn truncate(9223372036854775807, 0)} | 9223372036854775807",
          "{fn ascii('A')} | 65",
          "{fn char(65)} | A",
          "{fn char_length('grün')} | 4",
          "{fn character_length('grün', OCTETS)} | 5",
          "{fn concat('a', 'b')} | ab",
          "{fn concat('a', NULL)} | null",
          "{fn difference('Smith', 'Smyth')} | 4",
          "{fn insert('abcdef', 2, 3, 'X')} | aXef",
          "{fn lcase('AbC')} | abc",
          "{fn left('abc', 2)} | ab",
          "{fn left('abc', -2)} | ",
          "{fn length('abc  ')} | 3",
          "{fn length('ü', OCTETS)} | 2",
          "{fn locate('c', 'abcabc')} | 3",
          "{fn locate('c', 'abcabc', 4)} | 6",
          "{fn locate('x', 'abcabc', 4)} | 0",
          "{fn ltrim('  a ')} | a ",
          "{fn octet_length('ü')} | 2",
          "{fn position('b' IN 'abc')} | 2",
          "{fn position('b' IN {fn concat('ü', 'b')}, OCTETS)} | 3",
          "{fn repeat('ab', 3)} | ababab",
          "{fn repeat('ab', 0)} | ",
          "{fn repeat('ab', NULL)} | null",
          "{fn replace('abc', 'b', 'X')} | aXc",
          "{fn right('abc', 2)} | bc",
          "{fn right('abc', 0)} | ",
          "{fn right('abc', 9)} | abc",
          "{fn rtrim(' a  ')} |  a",
          "{fn concat({fn space(2)}, 'a')} |   a",
          "{fn substring('abcdef', 2, 3)} | bcd",
          "{fn substring('üab', 3, 2, OCTETS)} | ab",
          "{fn ucase('abc')} | ABC",
          "{fn lower('ABC')} | abc",
          "{fn upper('abc')} | ABC",
          "{fn trim(' a ')} | a",
          "{fn dayname('2026-01-31')} | Saturday",
          "{fn dayofmonth('2026-01-31')} | 31",
          "{fn dayofweek({d '2026-02-01'})} | 1",
          "{fn dayofyear('2026-02-01')} | 32",
          "{fn extract(YEAR FROM {ts '2026-01-31 10:20:30.5'})} | 2026",
          "{fn extract(SECOND FROM '2026-01-31 10:20:30.5')} | 30.5",
          "{fn hour('10:20:30')} | 10",
          "{fn minute('2026-01-31 10:20:30')} | 20",
          "{fn month('2026-01-31')} | 1",
          "{fn monthname('2026-01-31')} | January",
          "{fn quarter('2026-04-01')} | 2",
          "{fn second('10:20:30.9')} | 30",
          "{fn timestampadd(SQL_TSI_DAY, 1, {ts '2026-01-31 10:20:30'})} | 2026-02-01 10:20:30",
          "{fn timestampadd(SQL_TSI_MONTH, 1, '2026-01-31 10:20:30.5')} | 2026-02-28 10:20:30.500",
          "{fn timestampadd(SQL_TSI_QUARTER, -1, '2026-01-31')} | 2025-10-31 00:00:00",
          "{fn timestampadd(SQL_TSI_WEEK, 2, '2026-01-31')} | 2026-02-14 00:00:00",
          "{fn timestampadd(SQL_TSI_YEAR, 2, '2024-02-29')} | 2026-02-28 00:00:00",
          "{fn timestampadd(SQL_TSI_HOUR, -25, '2026-01-31')} | 2026-01-29 23:00:00",
          "{fn timestampadd(SQL_TSI_MINUTE, 1, '2026-01-31')} | 2026-01-31 00:01:00",
          "{fn timestampadd(SQL_TSI_SECOND, 61, '2026-01-31')} | 2026-01-31 00:01:01",
          "{fn timestampdiff(SQL_TSI_SECOND, '2026-01-31', '2026-01-31 00:01:01.9')} | 61",
          "{fn timestampdiff(SQL_TSI_MINUTE, '2026-01-31', '2026-01-31 00:01:01')} | 1",
          "{fn timestampdiff(SQL_TSI_HOUR, '2026-01-31', '2026-02-01')} | 24",
          "{fn timestampdiff(SQL_TSI_DAY, '2026-03-01', '2026-02-01 00:00:01')} | -27",
          "{fn timestampdiff(SQL_TSI_WEEK, '2026-01-01', '2026-01-31')} | 4",
          "{fn timestampdiff(SQL_TSI_MONTH, '2025-12-31', '2027-01-30')} | 12",
          "{fn timestampdiff(SQL_TSI_QUARTER, '2025-01-01', '2026-01-01')} | 4",
          "{fn timestampdiff(SQL_TSI_YEAR, '2026-01-01', '2023-06-01')} | -2",
          "{fn week('2026-01-01')} | 1",
          "{fn year('2026-01-31')} | 2026",
          "{fn ifnull(NULL, 'x')} | x",
          "{fn database()} | main",
          "{fn user()} | ",
          "{fn convert('12', SQL_INTEGER)} | 12",
          "{fn convert(5, BOOLEAN)} | 1",
          "{fn convert('12.5', SQL_DECIMAL)} | 12.5",
          "{fn convert(12, DOUBLE)} | 12.0",
          "{fn length({fn convert(12, SQL_VARCHAR)})} | 2",
          "typeof({fn convert('a', VARBINARY)}) | blob",
          "{fn convert('2026-01-31 10:20:30', SQL_DATE)} | 2026-01-31",
          "{fn convert('2026-01-31 10:20:30', SQL_TIME)} | 10:20:30",
          "{fn convert('2026-01-31', SQL_TIMESTAMP)} | 2026-01-31 00:00:00",
          "{fn current_date()} = date('now') | 1",
          "{fn curdate()} = {fn current_date} | 1",
          "{fn curtime()} = {fn current_time()} | 1",
          "{fn now()} = {fn current_timestamp()} | 1",
          "'a%b' LIKE 'a!%_' {escape '!'} | 1",
          "'{d x}' | {d x}",
          "{fn locate(max(name), 'xb')} FROM t | 2",
          "count(*) FROM {oj t LEFT OUTER JOIN t AS u ON t.id = u.id + 1} | 2",
          "name FROM t ORDER BY id {limit 1 offset 1} | b");

  @BeforeAll
  static void startNode() throws Exception {
    nodes = LocalCluster.start(directory, 1);
    connection = DriverManager.getConnection(nodes.jdbcUrl());
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)");
      statement.executeUpdate("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    }
  }

  @AfterAll
  static void stopNode() throws SQLException {
    connection.close();
    nodes.close();
  }

  @ParameterizedTest
  @FieldSource("EXPRESSIONS")
  void anEscapeComesToWhatJdbcSays(String line) throws SQLException {
    int bar = line.lastIndexOf(" | ");
    String expected = line.substring(bar + 3);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + line.substring(0, bar))) {
      assertThat(rows.next()).isTrue();
      String expectedDatabase = nodes.jdbcUrl().replaceAll(".*/", "").replaceAll("\\?.*", "");
      assertThat(String.valueOf(rows.getString(1)))
          .isEqualTo(line.contains("database()") ? expectedDatabase : expected);
    }
  }

  @Test
  void everyFunctionThatMetadataListsIsExecutedHere() throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    List<String> names = new ArrayList<>(List.of("CONVERT"));
    for (String list :
        List.of(
            metaData.getNumericFunctions(),
            metaData.getStringFunctions(),
            metaData.getTimeDateFunctions(),
            metaData.getSystemFunctions())) {
      names.addAll(Arrays.asList(list.split(",", -1)));
    }
    String all = String.join("\n", EXPRESSIONS).toUpperCase(Locale.ROOT);
    assertThat(names).allSatisfy(name -> assertThat(all).containsPattern("FN " + name + "\\b"));
  }

  @Test
  void parametersKeepTheirOrder() throws SQLException {
    String sql =
        "SELECT {fn locate(?, ?)}, {fn insert(?, ?, ?, ?)}, {fn timestampadd(SQL_TSI_DAY, ?, ?)}";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Object[] values = {"c", "abc", "abcdef", 2, 3, "X", 1, "2026-01-31"};
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(3);
        assertThat(rows.getString(2)).isEqualTo("aXef");
        assertThat(rows.getString(3)).isEqualTo("2026-02-01 00:00:00");
      }
    }
  }

  @Test
  void escapesCanBeTurnedOff() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      assertThatThrownBy(() -> statement.executeQuery("SELECT {fn abs(1)}"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42601"));
    }
  }
}
