package dev.lockstep.sql.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.sql.SqliteWriter;
import dev.lockstep.sql.StatementAnalyzer;
import dev.lockstep.sql.StatementException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts at the limits of what may be sent: each has types, or is refused by SQLite. */
final class LargeTextsTest {
  @TempDir Path directory;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    Path file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    writer.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x INTEGER, s TEXT)");
    analyzer = StatementAnalyzer.open(file);
  }

  @AfterEach
  void close() throws Exception {
    analyzer.close();
    writer.close();
  }

  private String type(String sql) throws Exception {
    return analyzer.describe(sql, 0).types().columns().get(0).type().declaration();
  }

  @Test
  void aTextOfOneMebibyteIsLeftToSqlite() throws Exception {
    String list = String.join(",", Collections.nCopies(260_000, "123"));
    assertThat(type("SELECT x FROM t WHERE x IN (" + list + ")")).isEqualTo("INTEGER");
    assertThat(type("SELECT x + 1 FROM t WHERE x IN (" + list + ")")).isEqualTo("ANY");
  }

  @Test
  void aLongLiteralIsNoLongText() throws Exception {
    assertThat(type("SELECT count(*) FROM t WHERE s = '" + "x".repeat(1_000_000) + "'"))
        .isEqualTo("BIGINT");
  }

  @Test
  void manyRowsHaveTheirParameters() throws Exception {
    String rows = String.join(",", Collections.nCopies(10_000, "(?,?,?)"));
    assertThat(analyzer.describe("INSERT INTO t VALUES " + rows, 0).types().parameters())
        .hasSize(30_000)
        .extracting(parameter -> parameter.type().declaration())
        .contains("BIGINT", "INTEGER", "TEXT")
        .doesNotContain("ANY");
  }

  @Test
  void anExpressionOfTenThousandTermsIsRefused() {
    String sum = String.join("+", Collections.nCopies(10_000, "x"));
    assertThatThrownBy(() -> analyzer.describe("SELECT " + sum + " FROM t", 0))
        .isInstanceOf(StatementException.class);
  }

  @Test
  void theDeepestExpressionsOfSqliteHaveTypes() throws Exception {
    assertThat(type("SELECT " + String.join("+", Collections.nCopies(900, "x")) + " FROM t"))
        .isEqualTo("BIGINT");
    assertThat(type("SELECT " + "(".repeat(90) + "x" + ")".repeat(90) + " FROM t"))
        .isEqualTo("INTEGER");
    assertThat(type("SELECT " + "abs(".repeat(90) + "x" + ")".repeat(90) + " FROM t"))
        .isEqualTo("BIGINT");
    assertThat(type("SELECT " + "(SELECT ".repeat(30) + "1+1" + ")".repeat(30)))
        .isEqualTo("BIGINT");
    assertThat(
            type(
                "SELECT a+1 FROM "
                    + "(SELECT a FROM ".repeat(30)
                    + "(SELECT x AS a FROM t)"
                    + ")".repeat(30)))
        .isEqualTo("BIGINT");
    assertThat(
            type(
                "SELECT " + "CASE WHEN x THEN ".repeat(60) + "'a'" + " END".repeat(60) + " FROM t"))
        .isEqualTo("TEXT");
    assertThat(type(String.join(" UNION ALL ", Collections.nCopies(400, "SELECT x+1 FROM t"))))
        .isEqualTo("BIGINT");
  }

  @Test
  void whatCalciteCannotReadIsNoFailure() throws Exception {
    List<String> odd =
        List.of(
            "SELECT 1 AS 'a b', 'x' 'y'",
            "SELECT x'00' AS b, [id] FROM t",
            "SELECT \"\"\"\", `a``b` FROM (SELECT 1 AS \"\"\"\", 2 AS \"a`b\")",
            "SELECT * FROM t, pragma_table_info('t')",
            "SELECT count(*) FROM t AS \"SELECT\"",
            "SELECT id FROM t ORDER BY x NULLS LAST, s COLLATE NOCASE DESC LIMIT -1",
            "EXPLAIN QUERY PLAN SELECT 1",
            "PRAGMA table_info(t)",
            "PRAGMA user_version");
    for (String sql : odd) {
      assertThat(analyzer.describe(sql, 0).types().columns())
          .as(sql)
          .hasSameSizeAs(analyzer.describe(sql, 0).statement().columns());
    }
  }
}
