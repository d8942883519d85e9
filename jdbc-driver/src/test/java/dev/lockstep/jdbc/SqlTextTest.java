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

  @Test
  void namesAreQuoted() {
    assertThat(SqlText.quotedName("a\"b")).isEqualTo("\"a\"\"b\"");
  }
}
