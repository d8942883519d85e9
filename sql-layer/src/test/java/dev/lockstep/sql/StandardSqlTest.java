package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of texts that SQLite refuses. Their answers are compared in the test kit. */
final class StandardSqlTest {
  @TempDir Path directory;

  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    Path file = directory.resolve("data.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute(
          "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT DEFAULT 7, d DATE, \"date\" INT)");
      statement.execute("CREATE TABLE r (a TEXT, b INT)");
      statement.execute("CREATE TRIGGER r_insert BEFORE INSERT ON r BEGIN SELECT 1; END");
    }
    analyzer = StatementAnalyzer.open(file);
  }

  @AfterEach
  void close() throws Exception {
    analyzer.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "SELECT a FROM t FETCH FIRST 3 ROWS ONLY | SELECT `a` FROM `t` LIMIT 3",
        "SELECT a FROM t OFFSET 3 ROWS | SELECT `a` FROM `t` LIMIT -1 OFFSET 3",
        "SELECT [a] FROM `t` WHERE a = :x AND b = ?9 OFFSET @y ROWS"
            + " | SELECT `a` FROM `t` WHERE `a` = ?1 AND `b` = ?9 LIMIT -1 OFFSET ?10",
        "TRUNCATE TABLE t | DELETE FROM t",
        "TRUNCATE main.t CONTINUE IDENTITY | DELETE FROM main.t",
        "DELETE FROM t WHERE d < DATE '2024-01-01' RETURNING id"
            + " | DELETE FROM `t` WHERE `d` < '2024-01-01' RETURNING id",
        "SELECT 'ü' FROM t FETCH FIRST ROW ONLY | SELECT 'ü' AS `'ü'` FROM `t` LIMIT 1",
        "SELECT a == 1, a ISNULL, b::text FROM t"
            + " | SELECT `a` = 1 AS `a == 1`, `a` IS NULL AS `a ISNULL`,"
            + " CAST(`b` AS `text`) AS `b::text` FROM `t`",
        "INSERT INTO t (id, a, b) VALUES (1, 'x', DEFAULT)"
            + " | INSERT INTO `t` (`id`, `a`) VALUES (1, 'x')",
      })
  void isTranslated(String text, String translation) throws Exception {
    AnalyzedStatement statement = analyzer.analyze(text).statements().get(0);
    assertThat(statement.sql().replaceAll("\\s+", " ")).isEqualTo(translation);
    assertThat(analyzer.cached(text)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t LIMIT 3",
        "SELECT date '2024-01-31' FROM t",
        "SELECT CAST('2024-01-31' AS DATE)",
        "SELECT substring('hello', -2), a IS TRUE FROM t",
        "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
        "SELECT max(1, NULL), var_pop(b) FROM t",
      })
  void whatSqliteAcceptsStaysAsItIs(String text) throws Exception {
    assertThat(analyzer.analyze(text).statements().get(0).sql()).isEqualTo(text);
  }

  @Test
  void theKindIsThatOfTheTranslation() throws Exception {
    AnalyzedStatement merge =
        analyzer
            .analyze(
                "MERGE INTO t USING r ON t.a = r.a WHEN MATCHED THEN UPDATE SET b = r.b"
                    + " WHEN NOT MATCHED THEN INSERT (a, b) VALUES (r.a, r.b)")
            .statements()
            .get(0);
    assertThat(merge.writes()).isTrue();
    assertThat(merge.kind()).isEqualTo(StatementKind.DML);
    AnalyzedStatement truncation = analyzer.analyze("TRUNCATE TABLE t").statements().get(0);
    assertThat(truncation.writes()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "SELECT FROM t | 42601 | syntax error",
        "CREATE TABLE bad (x FOREIGN) | 42601 | near",
        "SELECT 12abc | 42601 | unrecognized token",
        "SELECT nope FROM t FETCH FIRST ROW ONLY | 42703 | no such column: nope",
        "SELECT d + INTERVAL 'x' DAY FROM t | 22007 | invalid INTERVAL literal: 'x' DAY",
        "SELECT TIMESTAMP '2024-01-01 25:00:00' FROM t WHERE 1 OFFSET 1 ROW | 22007 | invalid"
            + " TIMESTAMP",
        "MERGE INTO nowhere USING r ON 1 = 1 WHEN MATCHED THEN UPDATE SET b = 1 | 42P01 | no such"
            + " table",
        "MERGE INTO t USING r ON t.a = r.a WHEN MATCHED THEN UPDATE SET id = 1 | 42601 | sets the"
            + " key id",
        "MERGE INTO r USING t ON t.a = r.a WHEN MATCHED THEN UPDATE SET b = 1 | 42601 | trigger",
        "MERGE INTO t USING r ON t.a = r.a WHEN MATCHED THEN UPDATE SET c = 1 | 42703 | no column"
            + " named c",
        "SELECT a, rank() OVER (ORDER BY a) FROM t GROUP BY ROLLUP(a) | 42 | not supported",
        "SELECT a, b FROM t GROUP BY ROLLUP(a) | 42 | b is not grouped by",
        "SELECT DISTINCT a FROM t ORDER BY a FETCH FIRST 1 ROW WITH TIES | 42601 | WITH TIES",
        "SELECT EXTRACT(TIMEZONE_HOUR FROM d) FROM t | 42601 | not supported",
        "TRUNCATE TABLE sqlite_lockstep_state | 42501 | Lockstep's own",
      })
  void isRefused(String text, String state, String message) {
    assertThatThrownBy(() -> analyzer.analyze(text))
        .isInstanceOfSatisfying(
            StatementException.class,
            e -> {
              assertThat(e.error().sqlState()).startsWith(state);
              assertThat(e.error().message()).contains(message);
            });
  }

  /** Whatever is wrong with a text, the answer is an error of the statement. */
  @Test
  void damagedTextsAreErrors() throws Exception {
    List<String> texts =
        List.of(
            "SELECT a, sum(b) FROM t GROUP BY ROLLUP(a, d) ORDER BY 1 FETCH FIRST 3 ROWS WITH TIES",
            "MERGE INTO t USING r ON t.a = r.a WHEN MATCHED THEN UPDATE SET b = r.b"
                + " WHEN NOT MATCHED THEN INSERT (a, b) VALUES (r.a, r.b)",
            "SELECT t.id, l.b FROM t, LATERAL (SELECT b FROM r WHERE r.a = t.a) AS l",
            "SELECT * FROM (SELECT a, b FROM r) PIVOT (sum(b) FOR a IN ('x' AS x, 'y'))",
            "SELECT EXTRACT(YEAR FROM d + INTERVAL '1-2' YEAR TO MONTH), OVERLAY(a PLACING 'x' FROM"
                + " 2) FROM t QUALIFY row_number() OVER (ORDER BY id) > ALL (SELECT b FROM r)",
            "INSERT INTO t (id, a, b) VALUES (1, DATE '2024-01-01', DEFAULT), (2, ?, 3)");
    Random random = new Random(7);
    int errors = 0;
    for (int i = 0; i < 3_000; i++) {
      String text = damaged(texts.get(random.nextInt(texts.size())), random);
      try {
        analyzer.analyze(text);
      } catch (StatementException e) {
        errors++;
      }
    }
    assertThat(errors).isGreaterThan(1_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 + ", "(", "NOT ", "- ", "CASE WHEN 1 THEN ", "(SELECT ", "x'00' || "})
  void largeTextsAreErrors(String part) {
    String text = "SELECT " + part.repeat(900_000 / part.length()) + "1 FETCH FIRST ROW ONLY";
    assertThatThrownBy(() -> analyzer.analyze(text)).isInstanceOf(StatementException.class);
  }

  private static String damaged(String text, Random random) {
    String[] words = text.split("(?<=\\W)|(?=\\W)");
    StringBuilder damaged = new StringBuilder();
    int place = random.nextInt(words.length);
    for (int i = 0; i < words.length; i++) {
      if (i == place) {
        switch (random.nextInt(4)) {
          case 0 -> damaged.append(words[random.nextInt(words.length)]);
          case 1 -> damaged.append(words[i]).append(words[i]);
          case 2 -> damaged.append(words[i], 0, words[i].length() / 2);
          default -> {}
        }
      } else {
        damaged.append(words[i]);
      }
    }
    return damaged.toString();
  }
}
