package dev.lockstep.jdbc;

import java.util.ArrayList;
import java.util.List;

/**
 * A word, a quoted name or text, or another character.
 *
 * @param text without quotes
 */
record SqlToken(String text, boolean word, boolean quoted) {
  static List<SqlToken> of(String sql) {
    List<SqlToken> tokens = new ArrayList<>();
    for (int i = 0; i < sql.length(); ) {
      int end = SqlText.endOfOpaque(sql, i);
      char c = sql.charAt(i);
      if (end > i) {
        if (c != '-' && c != '/') {
          end = endOfQuoted(sql, i, end);
          tokens.add(new SqlToken(unquoted(sql.substring(i, end)), false, c != '\''));
        }
        i = end;
      } else if (SqlText.endOfName(sql, i) > i) {
        end = SqlText.endOfName(sql, i);
        boolean number = c >= '0' && c <= '9';
        tokens.add(new SqlToken(sql.substring(i, end), !number, false));
        i = end;
      } else {
        if (!Character.isWhitespace(c)) {
          tokens.add(new SqlToken(String.valueOf(c), false, false));
        }
        i++;
      }
    }
    return tokens;
  }

  /** A doubled quote goes on. */
  private static int endOfQuoted(String sql, int start, int firstEnd) {
    int end = firstEnd;
    char quote = sql.charAt(start);
    while (quote != '[' && end < sql.length() && sql.charAt(end) == quote) {
      end = SqlText.endOfOpaque(sql, end);
    }
    return end;
  }

  private static String unquoted(String text) {
    String quote = text.substring(0, 1);
    String inside = text.substring(1, Math.max(1, text.length() - 1));
    return quote.equals("[") ? inside : inside.replace(quote + quote, quote);
  }

  boolean is(String wordOrSymbol) {
    return !quoted && text.equalsIgnoreCase(wordOrSymbol);
  }

  boolean isName() {
    return word || quoted;
  }
}
