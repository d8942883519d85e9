package dev.lockstep.sql.types;

import dev.lockstep.sql.SqlToken;
import dev.lockstep.sql.SqlTokens;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A statement whose parameters all have their numbers, as in {@code ?1}, so that parts of it can be
 * put elsewhere.
 *
 * @param text the statement, without a semicolon behind it
 * @param tokens of this text
 */
record NumberedText(String text, List<SqlToken> tokens) {

  static NumberedText of(String sql) {
    StringBuilder out = new StringBuilder(sql.length() + 16);
    Map<String, Integer> numbers = new HashMap<>();
    int greatest = 0;
    int written = 0;
    for (SqlToken token : SqlTokens.of(sql)) {
      if (token.type() == SqlToken.Type.VARIABLE) {
        String name = sql.substring(token.start(), token.end());
        int number;
        if (name.equals("?")) {
          number = greatest + 1;
        } else if (name.startsWith("?")) {
          number = Integer.parseInt(name.substring(1));
        } else {
          int next = greatest + 1;
          number = numbers.computeIfAbsent(name, added -> next);
        }
        greatest = Math.max(greatest, number);
        out.append(sql, written, token.start()).append('?').append(number).append(' ');
        written = token.end();
      }
    }
    String text = out.append(sql, written, sql.length()).toString().strip();
    return new NumberedText(text, SqlTokens.of(text));
  }

  int size() {
    return tokens.size();
  }

  SqlToken.Type type(int index) {
    return index >= 0 && index < tokens.size() ? tokens.get(index).type() : null;
  }

  /** The word at an index in upper case; empty if there is none. */
  String word(int index) {
    return type(index) == SqlToken.Type.WORD ? source(index).toUpperCase(Locale.ROOT) : "";
  }

  boolean isWord(int index, String word) {
    return index >= 0 && index < tokens.size() && tokens.get(index).isWord(text, word);
  }

  boolean is(int index, char symbol) {
    return index >= 0 && index < tokens.size() && tokens.get(index).isSymbol(text, symbol);
  }

  /** Whether the symbol stands directly behind the token before, as in {@code ||}. */
  boolean follows(int index, char symbol) {
    return is(index, symbol) && tokens.get(index).start() == tokens.get(index - 1).end();
  }

  boolean isName(int index) {
    return index >= 0 && index < tokens.size() && tokens.get(index).isName();
  }

  /** As it is written. */
  String source(int index) {
    SqlToken token = tokens.get(index);
    return text.substring(token.start(), token.end());
  }

  /** The tokens from one index to before another, as they are written. */
  String source(int from, int to) {
    return from >= to ? "" : text.substring(tokens.get(from).start(), tokens.get(to - 1).end());
  }

  /** Without quotes. */
  String name(int index) {
    return tokens.get(index).unquoted(text);
  }

  /** The number of the parameter at an index. */
  int parameter(int index) {
    return Integer.parseInt(source(index).substring(1));
  }

  /** The index behind the parenthesis that closes the one at {@code open}. */
  int behind(int open) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      if (is(i, '(')) {
        depth++;
      } else if (is(i, ')') && --depth == 0) {
        return i + 1;
      }
    }
    return tokens.size();
  }

  /** The first place outside of parentheses that is one of these words, or {@code to}. */
  int find(int from, int to, String... words) {
    for (int i = from; i < to; i++) {
      if (is(i, '(')) {
        i = behind(i) - 1;
      } else if (is(i, ')')) {
        return i;
      } else if (type(i) == SqlToken.Type.WORD && !is(i - 1, '.')) {
        for (String word : words) {
          if (isWord(i, word)) {
            return i;
          }
        }
      }
    }
    return to;
  }
}
