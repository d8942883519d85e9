package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Replaces the escapes of JDBC (4.3, section 13.4) in a statement's text by what SQLite
 * understands: dates and times, functions, outer joins, the escape character of LIKE, and limits.
 * In literals, quoted names and comments there are none. A brace elsewhere that begins no escape is
 * an error, as it is in SQLite.
 */
final class Escapes {
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern TIME = Pattern.compile("\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?");
  private static final Pattern TIMESTAMP =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?");

  /** Escapes in escapes; each level is a call. */
  private static final int DEPTH_MAX = 100;

  /**
   * What escapes stand for that depends on the connection.
   *
   * @param moments how literals of dates and times are stored, so that they compare with columns
   */
  record Context(MomentFormat moments, String database, String user) {}

  private final String sql;
  private final Context context;
  private int position;
  private int depth;

  private Escapes(String sql, Context context) {
    this.sql = sql;
    this.context = context;
  }

  /**
   * The text without escapes.
   *
   * @throws SQLException 42601 if an escape is malformed, 42883 or 0AL01 for what is not supported
   */
  static String replacedIn(String sql, Context context) throws SQLException {
    return sql.indexOf('{') < 0 ? sql : new Escapes(sql, context).plain(false);
  }

  /**
   * The text up to the end, or up to the brace that closes the escape that it is in.
   *
   * @param inside whether it is in an escape
   */
  private String plain(boolean inside) throws SQLException {
    int start = position;
    StringBuilder plain = new StringBuilder();
    while (position < sql.length()) {
      int end = SqlText.endOfOpaque(sql, position);
      char c = sql.charAt(position);
      if (end > position) {
        plain.append(sql, position, end);
        position = end;
      } else if (c == '{') {
        plain.append(escape());
      } else if (c == '}' && inside) {
        position++;
        return plain.toString();
      } else {
        plain.append(c);
        position++;
      }
    }
    if (inside) {
      throw malformed(start, "is not closed");
    }
    return plain.toString();
  }

  private String escape() throws SQLException {
    int start = position;
    if (++depth > DEPTH_MAX) {
      throw malformed(start, "is in more than " + DEPTH_MAX + " others");
    }
    position++;
    skipSpace();
    int end = SqlText.endOfName(sql, position);
    String keyword = sql.substring(position, end).toLowerCase(Locale.ROOT);
    position = end;
    String content = plain(true).strip();
    depth--;
    return switch (keyword) {
      case "d" -> date(start, content);
      case "t" -> time(start, content);
      case "ts" -> timestamp(start, content);
      case "fn" -> function(start, content);
      case "oj" -> notEmpty(start, content);
      case "escape" -> "ESCAPE " + literal(start, content, true);
      case "limit" -> "LIMIT " + notEmpty(start, content);
      case "call" -> throw call();
      default -> {
        if (keyword.isEmpty() && content.startsWith("?")) {
          throw call();
        }
        throw malformed(start, "is none of {d {t {ts {fn {oj {escape {limit");
      }
    };
  }

  private static SQLException call() {
    return SqlState.NOT_SUPPORTED.exception("{call} is not supported: SQLite has no procedures");
  }

  private String notEmpty(int start, String content) throws SQLException {
    if (content.isEmpty()) {
      throw malformed(start, "is empty");
    }
    return content;
  }

  // ---- literals

  private String date(int start, String content) throws SQLException {
    Moment moment = moment(start, literal(start, content, false), DATE, "'yyyy-mm-dd'");
    return literal(context.moments().stored(moment.local().toLocalDate()));
  }

  private String time(int start, String content) throws SQLException {
    Moment moment = moment(start, literal(start, content, false), TIME, "'hh:mm:ss'");
    return literal(context.moments().stored(moment.local().toLocalTime()));
  }

  private String timestamp(int start, String content) throws SQLException {
    Moment moment =
        moment(start, literal(start, content, false), TIMESTAMP, "'yyyy-mm-dd hh:mm:ss[.f]'");
    return literal(context.moments().stored(moment.local()));
  }

  private Moment moment(int start, String text, Pattern form, String wanted) throws SQLException {
    Moment moment = form.matcher(text).matches() ? Moment.of(text) : null;
    if (moment == null) {
      throw malformed(start, "needs " + wanted);
    }
    return moment;
  }

  /** The text in the quotes, with them if asked for. */
  private String literal(int start, String content, boolean quoted) throws SQLException {
    boolean literal =
        content.length() >= 2
            && content.charAt(0) == '\''
            && content.endsWith("'")
            && content.substring(1, content.length() - 1).replace("''", "").indexOf('\'') < 0;
    if (!literal) {
      throw malformed(start, "needs a literal in single quotes");
    }
    return quoted ? content : content.substring(1, content.length() - 1);
  }

  private static String literal(Object stored) {
    return stored instanceof String text ? quoted(text) : stored.toString();
  }

  static String quoted(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  // ---- functions

  private String function(int start, String content) throws SQLException {
    int end = SqlText.endOfName(content, 0);
    if (end == 0) {
      throw malformed(start, "needs the name of a function");
    }
    String name = content.substring(0, end);
    String rest = content.substring(end).strip();
    if (!rest.isEmpty() && (!rest.startsWith("(") || !rest.endsWith(")"))) {
      throw malformed(start, "needs a function and its arguments in parentheses");
    }
    String arguments = rest.isEmpty() ? null : rest.substring(1, rest.length() - 1);
    try {
      return EscapeFunctions.call(name, arguments, context);
    } catch (IllegalArgumentException e) {
      throw malformed(start, e.getMessage());
    }
  }

  private void skipSpace() {
    while (position < sql.length() && Character.isWhitespace(sql.charAt(position))) {
      position++;
    }
  }

  private SQLException malformed(int start, String what) {
    String shown = sql.substring(start, Math.min(sql.length(), start + 40));
    return SqlState.SYNTAX_ERROR.exception("the JDBC escape at '" + shown + "' " + what);
  }
}
