package dev.lockstep.jdbc.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of a CREATE statement that SQLite has accepted: names, literals and single characters,
 * without white space and comments.
 */
final class DeclarationTokens {
  private DeclarationTokens() {}

  /**
   * A word and where it stands.
   *
   * @param text a name without its quotes; anything else as it is written
   * @param quoted whether it stood in quotes, so that it is no keyword
   * @param end index of the character after it
   */
  record Token(String text, boolean quoted, int start, int end) {
    boolean is(String keyword) {
      return !quoted && text.equalsIgnoreCase(keyword);
    }

    String keyword() {
      return quoted ? "" : text.toUpperCase(Locale.ROOT);
    }
  }

  static List<Token> of(String sql) {
    List<Token> tokens = new ArrayList<>();
    int i = 0;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
      } else if (sql.startsWith("--", i)) {
        int end = sql.indexOf('\n', i);
        i = end < 0 ? sql.length() : end + 1;
      } else if (sql.startsWith("/*", i)) {
        int end = sql.indexOf("*/", i + 2);
        i = end < 0 ? sql.length() : end + 2;
      } else {
        Token token = next(sql, i);
        tokens.add(token);
        i = token.end();
      }
    }
    return tokens;
  }

  private static Token next(String sql, int start) {
    char c = sql.charAt(start);
    if (c == '"' || c == '`' || c == '\'') {
      return quoted(sql, start, c);
    }
    if (c == '[') {
      int close = sql.indexOf(']', start);
      int end = close < 0 ? sql.length() : close + 1;
      return new Token(sql.substring(start + 1, Math.max(start + 1, end - 1)), true, start, end);
    }
    int end = start + 1;
    if (isNamePart(c)) {
      while (end < sql.length() && isNamePart(sql.charAt(end))) {
        end++;
      }
    }
    return new Token(sql.substring(start, end), false, start, end);
  }

  private static Token quoted(String sql, int start, char quote) {
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
    return new Token(text.toString(), true, start, i);
  }

  /** As SQLite has it: every character beyond ASCII may be a part of a name. */
  private static boolean isNamePart(char c) {
    return c >= 0x80 || c == '_' || c == '$' || Character.isLetterOrDigit(c);
  }

  /**
   * The parts between the first parenthesis at or after {@code from} and its counterpart, which
   * commas divide.
   */
  static Parts parts(List<Token> tokens, int from) {
    List<List<Token>> parts = new ArrayList<>();
    List<Token> part = new ArrayList<>();
    int depth = 0;
    int i = from;
    for (; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is(")") && --depth == 0) {
        break;
      }
      if (depth == 1 && token.is(",")) {
        parts.add(part);
        part = new ArrayList<>();
      } else if (depth > 0) {
        part.add(token);
      }
      if (token.is("(")) {
        depth++;
      }
    }
    parts.add(part);
    return new Parts(parts, Math.min(i + 1, tokens.size()));
  }

  /**
   * What stands in a pair of parentheses.
   *
   * @param end index of the token behind the closing one
   */
  record Parts(List<List<Token>> parts, int end) {}
}
