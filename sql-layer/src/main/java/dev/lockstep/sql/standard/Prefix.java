package dev.lockstep.sql.standard;

import dev.lockstep.sql.SqlToken;
import java.util.List;

/** What stands before a query and is SQLite's: EXPLAIN, CREATE VIEW … AS, CREATE TABLE … AS. */
final class Prefix {
  private Prefix() {}

  /** Where the query begins; 0 if the whole text is one. */
  static int end(String sql, List<SqlToken> tokens) {
    if (isWord(sql, tokens, 0, "EXPLAIN")) {
      int query = isWord(sql, tokens, 1, "QUERY") && isWord(sql, tokens, 2, "PLAN") ? 3 : 1;
      return query < tokens.size() ? tokens.get(query).start() : 0;
    }
    if (!isWord(sql, tokens, 0, "CREATE")) {
      return 0;
    }
    int depth = 0;
    for (int i = 1; i + 1 < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.isSymbol(sql, '(')) {
        depth++;
      } else if (token.isSymbol(sql, ')')) {
        depth--;
      } else if (depth == 0 && token.isWord(sql, "AS")) {
        return tokens.get(i + 1).start();
      }
    }
    return 0;
  }

  private static boolean isWord(String sql, List<SqlToken> tokens, int index, String word) {
    return index < tokens.size() && tokens.get(index).isWord(sql, word);
  }
}
