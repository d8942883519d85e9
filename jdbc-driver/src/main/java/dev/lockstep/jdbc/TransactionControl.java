package dev.lockstep.jdbc;

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

  /** Most texts are told from these by their first letter. */
  private static boolean mayBe(String sql) {
    int start = 0;
    while (start < sql.length() && sql.charAt(start) <= ' ') {
      start++;
    }
    return start < sql.length() && "bBcCeErR-/".indexOf(sql.charAt(start)) >= 0;
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
