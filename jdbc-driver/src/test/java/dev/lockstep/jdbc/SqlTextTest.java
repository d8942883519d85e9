package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SqlTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SELECT 1                                 | 0",
        "SELECT ?, ?                              | 2",
        "SELECT '?', \"?\", `?`, [?]              | 0",
        "SELECT 'it''s ?', ?                      | 1",
        "SELECT /* ? */ ?                         | 1",
        "SELECT /* ?                              | 0",
        "SELECT ?3, ?                             | 4",
        "SELECT ?1, ?1                            | 1",
        "SELECT :a, :b, :a, @a, $a                | 4",
        "SELECT :a, ?, :a                         | 2",
        "SELECT a$b, a::b                         | 1",
        "SELECT x'00', ?                          | 1",
        "SELECT 'unfinished ?                     | 0",
        "SELECT ?99999999999                      | 32766",
      })
  void parametersAreCountedAsSqliteDoes(String sql, int count) {
    assertThat(SqlText.countParameters(sql)).isEqualTo(count);
  }

  @Test
  void aCommentToTheEndOfTheLineHidesParameters() {
    assertThat(SqlText.countParameters("SELECT -- ? \n ?")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SELECT 1                                  | SELECT 1",
        "SELECT {d '2026-01-31'}                   | SELECT '2026-01-31'",
        "SELECT {ts '2026-01-31 10:00:00'}, { t '10:00:00' } | SELECT '2026-01-31 10:00:00',"
            + " '10:00:00' ",
        "SELECT {fn upper({fn trim(a)})}           | SELECT upper(trim(a))",
        "SELECT * FROM {oj a LEFT JOIN b ON a=b}   | SELECT * FROM a LEFT JOIN b ON a=b",
        "a LIKE 'x' {escape '!'}                   | a LIKE 'x' ESCAPE '!'",
        "SELECT '{d ''x''}'                        | SELECT '{d ''x''}'",
        "SELECT json('{\"d\":1}')                  | SELECT json('{\"d\":1}')",
        "SELECT {unknown x}                        | SELECT {unknown x}",
      })
  void escapesAreReplacedByWhatIsInThem(String sql, String plain) {
    assertThat(SqlText.withoutEscapes(sql).strip()).isEqualTo(plain.strip());
  }

  @Test
  void namesAreQuoted() {
    assertThat(SqlText.quotedName("a\"b")).isEqualTo("\"a\"\"b\"");
  }
}
