package dev.lockstep.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ErrorFinderTest {
  @TempDir Path directory;
  private SqliteWriter writer;
  private StatementAnalyzer analyzer;

  @BeforeEach
  void open() throws Exception {
    Path file = directory.resolve("data.db");
    writer = SqliteWriter.open(file);
    for (String definition :
        List.of(
            "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, city TEXT)",
            "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INT, total)",
            "CREATE VIEW broken AS SELECT * FROM gone",
            "CREATE TABLE hooked(x)",
            "CREATE TRIGGER hook AFTER INSERT ON hooked BEGIN INSERT INTO missing SELECT 1; END",
            "CREATE INDEX customer_city ON customer(city)")) {
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

  private SqlError error(String sql) {
    StatementException refused =
        catchThrowableOfType(StatementException.class, () -> analyzer.analyze(sql));
    assertThat(refused).as(sql).isNotNull();
    return refused.error();
  }

  /** The token is marked by « and » in the text; between them nothing stands for the end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42601 | near \"frm\": syntax error |  | SELECT id, 'frm' AS frm, * «frm» customer",
        "42601 | near \"SELCT\": syntax error | SELECT | «SELCT» 1",
        "42601 | near \")\": syntax error |  | SELECT (1), (2)«)», (3)",
        "42601 | near \"WHERE\": syntax error |  | SELECT 1 WHERE 1 «WHERE» 2",
        "42601 | near \"=\": syntax error |  | SELECT 1 == 2 = «=» 3",
        "42601 | incomplete input |  | SELECT (1 +«»",
        "42601 | unrecognized token: \"'abc\" |  | SELECT 'abc', «'abc»",
        "42601 | unrecognized token: \"@\" |  | SELECT '@', @a, «@», @",
        "42P01 | no such table: custmer | customer | SELECT custmer.id, 'custmer' FROM «custmer»",
        "42P01 | no such table: main.custmer | customer | SELECT id AS custmer FROM main.«custmer»",
        "42P01 | no such table: public.customer | customer | SELECT * FROM public.«customer»",
        "42P01 | no such table: orderz | orders | WITH x AS (SELECT 1) SELECT * FROM \"«orderz»\"",
        "42P01 | no such table: recnt | recent | WITH recent AS (SELECT 1) SELECT * FROM «recnt»",
        "42P01 | no such table: ordesr | orders | DELETE FROM «ordesr»",
        "42P01 | no such table: nothing_like_it |  | SELECT * FROM «nothing_like_it»",
        "42703 | no such column: nmae | name | SELECT 1 AS nmae, «nmae» FROM customer nmae",
        "42703 | no such column: c.nme | name | SELECT c.id, c.«nme», nme FROM customer c",
        "42703 | table customer has no column named cty | city | INSERT INTO customer(«cty»)"
            + " SELECT 1 AS cty",
        "42703 | no such column: nme | name | UPDATE customer SET «nme» = 1",
        "42703 | no such column: totl | total | SELECT * FROM customer JOIN orders ON «totl» = 1",
        "42702 | ambiguous column name: id |  | SELECT customer.id, «id» AS id2, id FROM customer,"
            + " orders",
        "42883 | no such function: lenght | length | SELECT length(1), «lenght»(2)",
        "42883 | wrong number of arguments to function abs() |  | SELECT abs(1), «abs»(1, 2)",
        "42704 | no such index: customer_ctiy | customer_city | DROP INDEX «customer_ctiy»",
        "42704 | no such trigger: hok | hook | DROP TRIGGER «hok»",
        "42704 | no such collation sequence: nocas | NOCASE | SELECT id AS nocas FROM customer"
            + " ORDER BY nocas COLLATE «nocas»",
        "3F000 | unknown database mian |  | CREATE TABLE «mian».x(a)",
        "42P01 | no such table: main.missing |  | INSERT INTO hooked VALUES (1)",
        "42P01 | no such table: main.gone |  | SELECT gone.id FROM broken AS gone",
        "42601 | table customer has 3 columns but 1 values were supplied |  | INSERT INTO customer"
            + " VALUES (1)"
      })
  void theTokenIsFound(String sqlState, String message, String meant, String marked) {
    String before = "/* a\r\nb */ SELECT 1;\n  ";
    int at = marked.indexOf('«');
    String token = at < 0 ? "" : marked.substring(at + 1, marked.indexOf('»'));
    boolean quoted = at > 0 && marked.charAt(at - 1) == '"';
    String sql = before + marked.replace("«", "").replace("»", "");
    int start = before.length() + at - (quoted ? 1 : 0);
    String shown = quoted ? '"' + token + '"' : token;
    StringBuilder expected = new StringBuilder(message);
    if (at >= 0) {
      expected
          .append(" (at ")
          .append(token.isEmpty() ? "the end" : '"' + shown + '"')
          .append(", line 3, column ")
          .append(start - before.lastIndexOf('\n'))
          .append(", offset ")
          .append(start);
    }
    if (meant != null) {
      expected.append(at >= 0 ? "; " : " (").append("did you mean ").append(meant).append('?');
    }
    expected.append(at >= 0 || meant != null ? ")" : "");

    SqlError error = error(sql);

    assertThat(error.message()).isEqualTo(expected.toString());
    assertThat(error.sqlState()).isEqualTo(sqlState);
  }

  @Test
  void theErrorOfALaterStatementThatNeedsAnEarlierOneIsFound() {
    assertThat(error("CREATE TABLE fresh(amount);\nSELECT amuont FROM fresh").message())
        .isEqualTo(
            "no such column: amuont (at \"amuont\", line 2, column 8, offset 35; did you mean"
                + " amount?)");
  }

  @Test
  void lockstepsOwnNamesAreNotSuggested() {
    assertThat(error("SELECT * FROM sqlite_lockstp_state").message())
        .isEqualTo(
            "no such table: sqlite_lockstp_state (at \"sqlite_lockstp_state\", line 1, column 15,"
                + " offset 14)");
  }

  @Test
  void whatIsProbedInTransactionsIsSqlitesOwnMessage() {
    StatementException refused =
        catchThrowableOfType(
            StatementException.class, () -> analyzer.analyze("SELECT * FROM custmer"));

    assertThat(refused.probe()).isEqualTo("EXPLAIN SELECT * FROM custmer");
    assertThatThrownBy(() -> run(refused.probe())).hasMessageContaining("(no such table: custmer)");
  }

  private void run(String sql) throws Exception {
    try (var statement = writer.connection().prepareStatement(sql)) {
      statement.execute();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 200})
  void aNameInTooManyPlacesIsNotLookedFor(int places) {
    String sql = "SELECT " + "nme, ".repeat(places) + "1 FROM customer";

    assertThat(error(sql).message()).isEqualTo("no such column: nme (did you mean name?)");
  }

  @Test
  void aLongTokenIsCut() {
    String name = "x".repeat(1_000);

    assertThat(error("SELECT " + name).message())
        .isEqualTo(
            "no such column: "
                + name
                + " (at \""
                + "x".repeat(64)
                + "…\", line 1, column 8, offset 7)");
  }

  @Test
  void theSyntaxErrorOfALongTextIsFound() {
    String sql = "SELECT " + "(1), ".repeat(50_000) + "(1))";

    assertThat(error(sql).message())
        .isEqualTo(
            "near \")\": syntax error (at \")\", line 1, column "
                + sql.length()
                + ", offset "
                + (sql.length() - 1)
                + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "customer, custmer, 1",
    "customer, CUSTOMRE, 1",
    "customer, customer, 0",
    "ab, ba, 1",
    "abc, '', 3",
    "kitten, sitting, 3"
  })
  void distances(String from, String to, int distance) {
    assertThat(Spelling.distance(from, to)).isEqualTo(distance);
    assertThat(Spelling.distance(to, from)).isEqualTo(distance);
  }

  @Test
  void onlyTheNearestNamesAreSuggested() {
    assertThat(Spelling.nearest("orderz", List.of("orders", "order", "borders", "z")))
        .containsExactly("order", "orders");
    assertThat(Spelling.nearest("x", List.of("y"))).isEmpty();
    assertThat(Spelling.nearest("tab", List.of("tab1", "tab2", "tab3", "tab4"))).isEmpty();
  }
}
