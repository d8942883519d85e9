package dev.lockstep.jdbc.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A part of a statement's text: a word, a number, a quoted name, a text, or another character.
 * White space and comments are none.
 *
 * @param text without quotes
 * @param start index of its first character
 * @param end index of the character after it
 */
public record SqlToken(String text, Kind kind, int start, int end) {
  /** What a token is. */
  public enum Kind {
    WORD,
    QUOTED_NAME,
    LITERAL,
    SYMBOL
  }

  /** All tokens of a text; what is not closed goes on to the end. */
  public static List<SqlToken> of(String sql) {
    List<SqlToken> tokens = new ArrayList<>();
    int i = 0;
    while (i < sql.length()) {
      int next = afterBlank(sql, i);
      if (next == i) {
        SqlToken token = at(sql, i);
        tokens.add(token);
        next = token.end();
      }
      i = next;
    }
    return tokens;
  }

  /** The index after the white space or the comment that begins here; here if none does. */
  public static int afterBlank(String sql, int start) {
    if (Character.isWhitespace(sql.charAt(start))) {
      return start + 1;
    }
    if (sql.startsWith("--", start)) {
      int end = sql.indexOf('\n', start);
      return end < 0 ? sql.length() : end + 1;
    }
    if (sql.startsWith("/*", start)) {
      int end = sql.indexOf("*/", start + 2);
      return end < 0 ? sql.length() : end + 2;
    }
    return start;
  }

  private static SqlToken at(String sql, int start) {
    char c = sql.charAt(start);
    if (c == '"' || c == '`' || c == '\'') {
      return quoted(sql, start, c);
    }
    if (c == '[') {
      int close = sql.indexOf(']', start);
      int inside = close < 0 ? sql.length() : close;
      int end = close < 0 ? sql.length() : close + 1;
      return new SqlToken(sql.substring(start + 1, inside), Kind.QUOTED_NAME, start, end);
    }
    int end = start + 1;
    if (!isNamePart(c)) {
      return new SqlToken(sql.substring(start, end), Kind.SYMBOL, start, end);
    }
    while (end < sql.length() && isNamePart(sql.charAt(end))) {
      end++;
    }
    Kind kind = c >= '0' && c <= '9' ? Kind.LITERAL : Kind.WORD;
    return new SqlToken(sql.substring(start, end), kind, start, end);
  }

  private static SqlToken quoted(String sql, int start, char quote) {
    StringBuilder text = new StringBuilder();
    int i = start + 1;
    while (i < sql.length()) {
      char c = sql.charAt(i++);
      if (c != quote) {
        text.append(c);
      } else if (i < sql.length() && sql.charAt(i) == quote) {
        text.append(c);
        i++;
      } else {
        break;
      }
    }
    Kind kind = quote == '\'' ? Kind.LITERAL : Kind.QUOTED_NAME;
    return new SqlToken(text.toString(), kind, start, i);
  }

  /** As SQLite has it: every character beyond ASCII may be a part of a name. */
  private static boolean isNamePart(char c) {
    return c >= 0x80
        || c == '_'
        || c == '$'
        || c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9';
  }

  /** Whether it is this word, in any case, or this character; not in quotes. */
  public boolean is(String wordOrSymbol) {
    return !keyword().isEmpty() && text.equalsIgnoreCase(wordOrSymbol);
  }

  /** A word in upper case, or a character; empty for what stands in quotes and for numbers. */
  public String keyword() {
    return kind == Kind.WORD || kind == Kind.SYMBOL ? text.toUpperCase(Locale.ROOT) : "";
  }

  public boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
  }
}
