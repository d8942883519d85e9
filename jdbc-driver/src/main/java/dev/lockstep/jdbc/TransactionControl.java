package dev.lockstep.jdbc;

import dev.lockstep.jdbc.metadata.SqlToken;
import java.util.List;

/** A statement that begins or ends a transaction, as scripts and tools write it. */
enum TransactionControl {
  BEGIN,
  COMMIT,
  ROLLBACK;

  /**
   * What a text is.
   *
   * @return null if it is anything else than one such statement alone
   */
  static TransactionControl of(String sql) {
    return mayBe(sql) ? of(SqlToken.of(sql)) : null;
  }

  /** Whether the first word is one of these: cheap, for it is asked of every statement. */
  private static boolean mayBe(String sql) {
    int start = 0;
    for (int next = 0; next < sql.length(); start = next) {
      next = SqlToken.afterBlank(sql, start);
      if (next == start) {
        return begins(sql, start, "BEGIN")
            || begins(sql, start, "COMMIT")
            || begins(sql, start, "END")
            || begins(sql, start, "ROLLBACK");
      }
    }
    return false;
  }

  private static boolean begins(String sql, int start, String word) {
    return sql.regionMatches(true, start, word, 0, word.length());
  }

  private static TransactionControl of(List<SqlToken> tokens) {
    if (tokens.isEmpty()) {
      return null;
    }
    SqlToken verb = tokens.get(0);
    if (verb.is("BEGIN")) {
      boolean kind = is(tokens, 1, "DEFERRED", "IMMEDIATE", "EXCLUSIVE");
      return isEnd(tokens, kind ? 2 : 1) ? BEGIN : null;
    }
    if (verb.is("COMMIT") || verb.is("END")) {
      return isEnd(tokens, 1) ? COMMIT : null;
    }
    return verb.is("ROLLBACK") && isEnd(tokens, 1) ? ROLLBACK : null;
  }

  /** Whether nothing follows but TRANSACTION, perhaps with a name, and a semicolon. */
  private static boolean isEnd(List<SqlToken> tokens, int start) {
    int end = start;
    if (is(tokens, end, "TRANSACTION")) {
      end++;
      if (end < tokens.size() && tokens.get(end).isName() && !is(tokens, end, "TO")) {
        end++;
      }
    }
    while (is(tokens, end, ";")) {
      end++;
    }
    return end == tokens.size();
  }

  private static boolean is(List<SqlToken> tokens, int index, String... words) {
    for (String word : words) {
      if (index < tokens.size() && tokens.get(index).is(word)) {
        return true;
      }
    }
    return false;
  }
}
