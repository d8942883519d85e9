package dev.lockstep.sql;

import java.util.ArrayList;
import java.util.List;

/** Cuts a text into tokens by the rules of SQLite's {@code tokenize.c}. */
public final class SqlTokens {
  private final String text;
  private int position;

  SqlTokens(String text) {
    this.text = text;
  }

  public static List<SqlToken> of(String text) {
    List<SqlToken> tokens = new ArrayList<>();
    SqlTokens reader = new SqlTokens(text);
    for (SqlToken token = reader.next(); token != null; token = reader.next()) {
      tokens.add(token);
    }
    return tokens;
  }

  /** The next token, or null at the end of the text. */
  SqlToken next() {
    skipBlanksAndComments();
    if (position >= text.length()) {
      return null;
    }
    int start = position;
    SqlToken.Type type = scan(text.charAt(start));
    return new SqlToken(type, start, position);
  }

  private SqlToken.Type scan(char first) {
    switch (first) {
      case '\'' -> {
        scanQuoted('\'');
        return SqlToken.Type.STRING;
      }
      case '"', '`' -> {
        scanQuoted(first);
        return SqlToken.Type.QUOTED;
      }
      case '[' -> {
        int close = text.indexOf(']', position);
        position = close < 0 ? text.length() : close + 1;
        return SqlToken.Type.QUOTED;
      }
      case '?' -> {
        position++;
        skipWhile(SqlTokens::isDigit);
        return SqlToken.Type.VARIABLE;
      }
      case '$', '@', '#', ':' -> {
        return scanVariable();
      }
      default -> {
        return scanUnquoted(first);
      }
    }
  }

  private SqlToken.Type scanUnquoted(char first) {
    if (isDigit(first) || (first == '.' && isDigit(peek(1)))) {
      scanNumber();
      return SqlToken.Type.NUMBER;
    }
    if ((first == 'x' || first == 'X') && peek(1) == '\'') {
      position++;
      scanQuoted('\'');
      return SqlToken.Type.STRING;
    }
    if (isNamePart(first)) {
      skipWhile(SqlTokens::isNamePart);
      return SqlToken.Type.WORD;
    }
    position++;
    return SqlToken.Type.SYMBOL;
  }

  private void skipBlanksAndComments() {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == ' ' || (c >= '\t' && c <= '\r' && c != '\u000b') || c == '\ufeff') {
        position++;
      } else if (c == '-' && peek(1) == '-') {
        int newline = text.indexOf('\n', position);
        position = newline < 0 ? text.length() : newline + 1;
      } else if (c == '/' && peek(1) == '*') {
        int close = text.indexOf("*/", position + 2);
        position = close < 0 ? text.length() : close + 2;
      } else {
        return;
      }
    }
  }

  private void scanQuoted(char quote) {
    position++;
    while (position < text.length()) {
      if (text.charAt(position++) == quote) {
        if (peek(0) != quote) {
          return;
        }
        position++;
      }
    }
  }

  /** A digit, then everything that SQLite takes into the number or calls an illegal one. */
  private void scanNumber() {
    while (position < text.length()) {
      char c = text.charAt(position);
      boolean sign = (c == '+' || c == '-') && isExponent();
      if (!isNamePart(c) && c != '.' && !sign) {
        return;
      }
      position++;
    }
  }

  private boolean isExponent() {
    char before = text.charAt(position - 1);
    return (before == 'e' || before == 'E') && isDigit(peek(1));
  }

  private SqlToken.Type scanVariable() {
    int start = position++;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (isNamePart(c)) {
        position++;
      } else if (c == ':' && peek(1) == ':') {
        position += 2;
      } else if (c == '(' && position > start + 1) {
        scanTclIndex();
        break;
      } else {
        break;
      }
    }
    return position == start + 1 ? SqlToken.Type.SYMBOL : SqlToken.Type.VARIABLE;
  }

  /** {@code $name(anything)}, which SQLite takes into the variable's name. */
  private void scanTclIndex() {
    int at = position + 1;
    while (at < text.length()
        && text.charAt(at) != ')'
        && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at < text.length() && text.charAt(at) == ')') {
      position = at + 1;
    }
  }

  private char peek(int offset) {
    int at = position + offset;
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void skipWhile(java.util.function.IntPredicate part) {
    while (position < text.length() && part.test(text.charAt(position))) {
      position++;
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNamePart(int c) {
    return isDigit(c)
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || c == '$'
        || (c >= 0x80 && c != '\ufeff');
  }
}
