package dev.lockstep.jdbc;

import java.util.ArrayList;
import java.util.List;

/**
 * A word, a number, a quoted name, a text, or another character.
 *
 * @param text without quotes
 */
record SqlToken(String text, Kind kind) {
  enum Kind {
    WORD,
    QUOTED_NAME,
    LITERAL,
    SYMBOL
  }

  static List<SqlToken> of(String sql) {
    List<SqlToken> tokens = new ArrayList<>();
    for (int i = 0; i < sql.length(); ) {
      int end = SqlText.endOfOpaque(sql, i);
      char c = sql.charAt(i);
      if (end > i) {
        if (c != '-' && c != '/') {
          end = endOfQuoted(sql, i, end);
          Kind kind = c == '\'' ? Kind.LITERAL : Kind.QUOTED_NAME;
          tokens.add(new SqlToken(unquoted(sql.substring(i, end)), kind));
        }
        i = end;
      } else if (SqlText.endOfName(sql, i) > i) {
        end = SqlText.endOfName(sql, i);
        Kind kind = c >= '0' && c <= '9' ? Kind.LITERAL : Kind.WORD;
        tokens.add(new SqlToken(sql.substring(i, end), kind));
        i = end;
      } else {
        if (!Character.isWhitespace(c)) {
          tokens.add(new SqlToken(String.valueOf(c), Kind.SYMBOL));
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
    return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(wordOrSymbol);
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
  }
}
