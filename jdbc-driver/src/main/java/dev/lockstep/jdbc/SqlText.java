package dev.lockstep.jdbc;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the driver must see in a statement's text: its parameters. It knows SQLite's literals,
 * quoted names and comments, and nothing else of the language; {@link Escapes} reads what is in
 * braces.
 */
final class SqlText {
  /** Greatest number that SQLite takes in {@code ?NNN}. */
  private static final int PARAMETER_NUMBER_MAX = 32_766;

  private SqlText() {}

  /**
   * Counts the parameters as SQLite does: {@code ?} takes the next number, {@code ?NNN} its own,
   * and each of {@code :name}, {@code @name}, {@code $name} the next number where it comes first.
   */
  static int countParameters(String sql) {
    int count = 0;
    Map<String, Integer> named = new LinkedHashMap<>();
    for (int i = 0; i < sql.length(); ) {
      int end = endOfOpaque(sql, i);
      if (end > i) {
        i = end;
        continue;
      }
      char c = sql.charAt(i);
      if (isNameCharacter(c) && c != '$') {
        // A name may have a dollar sign in it, which is no parameter then.
        i = endOfName(sql, i);
      } else if (c == '?') {
        end = endOfDigits(sql, i + 1);
        count =
            end == i + 1 ? count + 1 : Math.max(count, parameterNumber(sql.substring(i + 1, end)));
        i = end;
      } else if ((c == ':' || c == '@' || c == '$') && endOfName(sql, i + 1) > i + 1) {
        end = endOfName(sql, i + 1);
        if (named.putIfAbsent(sql.substring(i, end), count + 1) == null) {
          count++;
        }
        i = end;
      } else {
        i++;
      }
    }
    return count;
  }

  private static int parameterNumber(String digits) {
    return digits.length() > 5
        ? PARAMETER_NUMBER_MAX
        : Math.min(PARAMETER_NUMBER_MAX, Integer.parseInt(digits));
  }

  /** The end of the literal, quoted name or comment that begins here; or here if none does. */
  static int endOfOpaque(String sql, int start) {
    char c = sql.charAt(start);
    if (c == '\'' || c == '"' || c == '`') {
      // A doubled quote looks like the end and a new beginning, which comes to the same.
      return after(sql, String.valueOf(c), start + 1);
    }
    if (c == '[') {
      return after(sql, "]", start + 1);
    }
    if (sql.startsWith("--", start)) {
      return after(sql, "\n", start + 2);
    }
    if (sql.startsWith("/*", start)) {
      return after(sql, "*/", start + 2);
    }
    return start;
  }

  private static int after(String sql, String end, int from) {
    int index = sql.indexOf(end, from);
    return index < 0 ? sql.length() : index + end.length();
  }

  private static int endOfDigits(String sql, int start) {
    int end = start;
    while (end < sql.length() && sql.charAt(end) >= '0' && sql.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  static int endOfName(String sql, int start) {
    int end = start;
    while (end < sql.length() && isNameCharacter(sql.charAt(end))) {
      end++;
    }
    return end;
  }

  static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '$'
        || c >= 0x80;
  }

  /** A name as SQLite compares names: without regard to the case of ASCII letters only. */
  static String folded(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      folded.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return folded.toString();
  }

  /** A name as SQL needs it where it is not a plain one. */
  static String quotedName(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
