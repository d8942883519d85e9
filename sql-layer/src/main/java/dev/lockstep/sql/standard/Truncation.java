package dev.lockstep.sql.standard;

import dev.lockstep.sql.SqlToken;
import java.util.List;

/** {@code TRUNCATE [TABLE] name [CONTINUE IDENTITY]}. */
final class Truncation {
  private Truncation() {}

  /** The DELETE, or null if it is another statement. */
  static String translate(String sql, List<SqlToken> tokens) throws UntranslatableException {
    if (tokens.size() < 2 || !tokens.get(0).isWord(sql, "TRUNCATE")) {
      return null;
    }
    int name = tokens.get(1).isWord(sql, "TABLE") ? 2 : 1;
    int end = tokens.size();
    if (end >= 2 && tokens.get(end - 1).isWord(sql, "IDENTITY")) {
      if (tokens.get(end - 2).isWord(sql, "RESTART")) {
        throw new InvalidStatementException(
            "0AL01",
            "TRUNCATE … RESTART IDENTITY is two statements here: DELETE FROM the table, and DELETE"
                + " FROM sqlite_sequence WHERE name = the table");
      }
      end -= 2;
    }
    boolean oneName =
        end == name + 1 || (end == name + 3 && tokens.get(name + 1).isSymbol(sql, '.'));
    if (!oneName || !tokens.get(name).isName()) {
      return null;
    }
    return "DELETE FROM " + sql.substring(tokens.get(name).start(), tokens.get(end - 1).end());
  }
}
