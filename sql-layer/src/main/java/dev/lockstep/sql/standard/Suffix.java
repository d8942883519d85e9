package dev.lockstep.sql.standard;

import dev.lockstep.sql.SqlToken;
import java.util.List;

/** What stands behind an INSERT, UPDATE or DELETE and is SQLite's: ON CONFLICT and RETURNING. */
final class Suffix {
  private Suffix() {}

  /**
   * Where it begins; the end of the text if there is none.
   *
   * @throws UntranslatableException if it has parameters, which would get other numbers
   */
  static int begin(String sql, List<SqlToken> tokens) throws UntranslatableException {
    int begin = sql.length();
    boolean changes =
        tokens.stream()
            .anyMatch(
                token ->
                    token.isWord(sql, "INSERT")
                        || token.isWord(sql, "UPDATE")
                        || token.isWord(sql, "DELETE"));
    int depth = 0;
    for (int i = 1; changes && i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.isSymbol(sql, '(')) {
        depth++;
      } else if (token.isSymbol(sql, ')')) {
        depth--;
      } else if (depth == 0 && begin == sql.length() && isBegin(sql, tokens, i)) {
        begin = token.start();
      } else if (begin < sql.length() && token.type() == SqlToken.Type.VARIABLE) {
        throw new UntranslatableException("parameters in ON CONFLICT or RETURNING");
      }
    }
    return begin;
  }

  private static boolean isBegin(String sql, List<SqlToken> tokens, int index) {
    return tokens.get(index).isWord(sql, "RETURNING")
        || (tokens.get(index).isWord(sql, "ON")
            && index + 1 < tokens.size()
            && tokens.get(index + 1).isWord(sql, "CONFLICT"));
  }
}
