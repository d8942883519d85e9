package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.jdbc.EscapeFunctions.Kind;
import dev.lockstep.jdbc.metadata.LockstepDatabaseMetaData;
import java.sql.DatabaseMetaData;
import java.sql.JDBCType;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EscapesTest {
  private static final MomentFormat TEXT = MomentFormat.text(ZoneOffset.UTC);

  private static String plain(String sql) throws SQLException {
    return Escapes.replacedIn(sql, new Escapes.Context(TEXT, "shop", "o'ann"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '~',
      value = {
        "SELECT 1                                  § SELECT 1",
        "SELECT {d '2026-01-31'}                   § SELECT '2026-01-31'",
        "SELECT {ts '2026-01-31 10:00:00.5'}, { t '10:00:00' }"
            + " § SELECT '2026-01-31 10:00:00.500', '10:00:00'",
        "SELECT {FN ucase({fn ltrim(a)})}          § SELECT upper(ltrim(a))",
        "SELECT * FROM {oj a LEFT JOIN b ON a=b}   § SELECT * FROM a LEFT JOIN b ON a=b",
        "a LIKE 'x' {escape '!'}                   § a LIKE 'x' ESCAPE '!'",
        "SELECT a {limit 5 offset 2}               § SELECT a LIMIT 5 offset 2",
        "SELECT '{d ''x''}', \"{x}\", [{y}], `{`     § SELECT '{d ''x''}', \"{x}\", [{y}], `{`",
        "SELECT /* {x} */ json('{\"d\":1}')         § SELECT /* {x} */ json('{\"d\":1}')",
        "SELECT {fn database()}, {fn user()}       § SELECT 'shop', 'o''ann'",
        "SELECT {fn now()}, {fn CURRENT_DATE}      § SELECT current_timestamp, current_date",
        "{fn concat('a,b)', (c))}                  § (('a,b)') || ((c)))",
        // The order of parameters stays, and each stands once.
        "{fn locate(?, b)} § (SELECT instr(jdbc_2, jdbc_1) FROM (SELECT ? AS jdbc_1, b AS jdbc_2))",
        "{fn locate('x', b)}                       § instr(b, 'x')",
        "{fn left(?, ?)}                           § substr(?, 1, max(0, ?))",
      })
  void escapesAreReplacedByWhatSqliteUnderstands(String sql, String plain) throws SQLException {
    assertThat(plain(sql).strip()).isEqualTo(plain.strip());
  }

  @Test
  void aCommentInAnArgumentHidesNothing() throws SQLException {
    assertThat(plain("{fn abs(a -- {x})\n)}")).isEqualTo("abs(a -- {x})\n)");
    assertThat(plain("SELECT -- {x}\n {d '2026-01-31'}")).isEqualTo("SELECT -- {x}\n '2026-01-31'");
  }

  @Test
  void literalsHaveTheFormInWhichMomentsAreStored() throws SQLException {
    MomentFormat millis = new MomentFormat(ZoneOffset.UTC, DateTimeForm.EPOCH_MILLIS, null);
    assertThat(
            Escapes.replacedIn(
                "{ts '1970-01-01 00:00:01'}", new Escapes.Context(millis, "shop", "ann")))
        .isEqualTo("1000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '~',
      value = {
        "SELECT {unknown x}              § 42601 § is none of",
        "SELECT {                        § 42601 § is not closed",
        "SELECT {d '2026-01-31'          § 42601 § is not closed",
        "SELECT {d '2026-02-30'}         § 42601 § needs 'yyyy-mm-dd'",
        "SELECT {d 2026-01-31}           § 42601 § needs a literal",
        "SELECT {d ?}                    § 42601 § needs a literal",
        "SELECT {t '10:00'}              § 42601 § needs 'hh:mm:ss'",
        "SELECT {ts '2026-01-31'}        § 42601 § needs 'yyyy-mm-dd hh:mm:ss[.f]'",
        "SELECT {d 'a' || 'b'}           § 42601 § needs a literal",
        "SELECT {fn}                     § 42601 § needs the name of a function",
        "SELECT {fn abs(1) + 1}          § 42601 § needs a function and its arguments",
        "SELECT {fn abs(1, 2)}           § 42601 § needs 1 arguments for abs",
        "SELECT {fn locate(1)}           § 42601 § needs 2 or 3 arguments for locate",
        "SELECT {fn abs((1)}             § 42601 § not closed",
        "SELECT {fn concat(a,)}          § 42601 § empty argument",
        "SELECT {fn length(a, WORDS)}    § 42601 § CHARACTERS and OCTETS",
        "SELECT {fn extract(DAY, a)}     § 42601 § the word FROM",
        "SELECT {fn extract(EPOCH FROM a)} § 42601 § not EPOCH",
        "SELECT {fn timestampadd(DAY, 1, a)} § 42601 § SQL_TSI_DAY",
        "SELECT {oj }                    § 42601 § is empty",
        "a LIKE b {escape !}             § 42601 § needs a literal",
        "SELECT {fn nosuch(1)}           § 42883 § {fn nosuch}",
        "SELECT {fn rand(1)}             § 0AL01 § {fn rand}",
        "SELECT {fn convert(a, SQL_ARRAY)} § 0AL01 § SQL_ARRAY",
        "SELECT {fn timestampadd(SQL_TSI_FRAC_SECOND, 1, a)} § 0AL01 § SQL_TSI_FRAC_SECOND",
        "{call p(1)}                     § 0AL01 § no procedures",
        "{?= call p(1)}                  § 0AL01 § no procedures",
      })
  void whatIsMalformedOrNotServedIsAClearError(String sql, String state, String message) {
    assertThatThrownBy(() -> plain(sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(state))
        .hasMessageContaining(message.strip());
  }

  @Test
  void escapesAreNestedOnlySoDeep() {
    String sql = "{fn abs(".repeat(5000) + "1" + ")}".repeat(5000);
    assertThatThrownBy(() -> plain(sql)).hasMessageContaining("is in more than");
  }

  @Test
  void metadataListsTheFunctions() throws SQLException {
    DatabaseMetaData facts = new LockstepDatabaseMetaData(new SchemaNamesTest.NoDatabase());
    assertThat(sorted(facts.getNumericFunctions())).isEqualTo(EscapeFunctions.names(Kind.NUMERIC));
    assertThat(sorted(facts.getStringFunctions())).isEqualTo(EscapeFunctions.names(Kind.STRING));
    assertThat(sorted(facts.getTimeDateFunctions()))
        .isEqualTo(EscapeFunctions.names(Kind.TIME_DATE));
    assertThat(sorted(facts.getSystemFunctions())).isEqualTo(EscapeFunctions.names(Kind.SYSTEM));
    for (JDBCType type : JDBCType.values()) {
      boolean served;
      try {
        plain("{fn convert(a, SQL_" + type + ")}");
        served = true;
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isEqualTo("0AL01");
        served = false;
      }
      assertThat(
              facts.supportsConvert(
                  JDBCType.VARCHAR.getVendorTypeNumber(), type.getVendorTypeNumber()))
          .as("%s", type)
          .isEqualTo(served);
    }
  }

  private static String sorted(String names) {
    return String.join(",", Arrays.stream(names.split(",", -1)).sorted().toList());
  }
}
