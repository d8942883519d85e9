package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The functions of JDBC's escape {@code {fn …}} (4.3, appendix C) in the words of SQLite. A
 * function is a template: {@code $1} is its first argument.
 */
final class EscapeFunctions {
  /** The four kinds that {@link java.sql.DatabaseMetaData} lists. */
  enum Kind {
    NUMERIC,
    STRING,
    TIME_DATE,
    SYSTEM
  }

  /** The same by number of arguments. */
  private record Function(Kind kind, Map<Integer, String> templates) {}

  private static final Map<String, Function> FUNCTIONS = new LinkedHashMap<>();

  /** Functions of the appendix that are not served, and why not. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "RAND", "SQLite's random() takes no seed",
          "SOUNDEX", "the nodes' SQLite is built without soundex()");

  private static final Pattern ARGUMENT = Pattern.compile("\\$([1-9])");

  /** What may stand twice in a text: it is no parameter and costs nothing. */
  private static final Pattern SIMPLE = Pattern.compile("[-+]?[\\w.]+|'[^']*'|\"[^\"]*\"");

  /** A timestamp as the driver stores it: with its fraction only if there is one. */
  private static final String TIMESTAMP = "replace(strftime('%Y-%m-%d %H:%M:%f', $1), '.000', '')";

  static {
    for (String name :
        List.of(
            "ABS", "ACOS", "ASIN", "ATAN", "COS", "DEGREES", "EXP", "FLOOR", "LOG10", "RADIANS",
            "SIGN", "SIN", "SQRT", "TAN")) {
      add(Kind.NUMERIC, name, name.toLowerCase(Locale.ROOT) + "($1)");
    }
    add(Kind.NUMERIC, "ATAN2", "atan2($1, $2)");
    add(Kind.NUMERIC, "CEILING", "ceil($1)");
    add(Kind.NUMERIC, "COT", "(1.0 / tan($1))");
    // SQLite's log() is the decimal one.
    add(Kind.NUMERIC, "LOG", "ln($1)");
    // SQLite's mod() is one of real numbers, JDBC's one of integers.
    add(Kind.NUMERIC, "MOD", "(($1) % ($2))");
    add(Kind.NUMERIC, "PI", "pi()");
    add(Kind.NUMERIC, "POWER", "power($1, $2)");
    add(
        Kind.NUMERIC,
        "ROUND",
        "CASE WHEN ($2) < 0 THEN round(($1) / power(10, -($2))) * power(10, -($2))"
            + " ELSE round($1, $2) END");
    // Of 15 digits, so that 1.15, of which SQLite has 1.149999…, stays 1.15.
    add(
        Kind.NUMERIC,
        "TRUNCATE",
        "CASE WHEN typeof($1) = 'integer' AND ($2) >= 0 THEN $1"
            + " ELSE trunc(CAST(printf('%.15g', ($1) * power(10, $2)) AS REAL)) / power(10, $2)"
            + " END");

    add(Kind.STRING, "ASCII", "unicode($1)");
    add(Kind.STRING, "CHAR", "char($1)");
    for (String name : List.of("CHAR_LENGTH", "CHARACTER_LENGTH")) {
      add(Kind.STRING, name, "length($1)", "length($1)");
    }
    add(Kind.STRING, "CONCAT", "(($1) || ($2))");
    add(Kind.STRING, "DIFFERENCE", "difference($1, $2)");
    add(Kind.STRING, "INSERT", "(substr($1, 1, ($2) - 1) || ($4) || substr($1, ($2) + ($3)))");
    add(Kind.STRING, "LCASE", "lower($1)");
    add(Kind.STRING, "LEFT", "substr($1, 1, max(0, $2))");
    // Without the blanks at the end, says the appendix.
    add(Kind.STRING, "LENGTH", "length(rtrim($1))", "length(rtrim($1))");
    add(
        Kind.STRING,
        "LOCATE",
        "instr($2, $1)",
        "(CASE instr(substr($2, $3), $1) WHEN 0 THEN 0 ELSE instr(substr($2, $3), $1) + ($3) - 1"
            + " END)");
    add(Kind.STRING, "LTRIM", "ltrim($1)");
    add(Kind.STRING, "OCTET_LENGTH", "octet_length($1)");
    add(Kind.STRING, "POSITION", "instr($2, $1)", "instr($2, $1)");
    add(
        Kind.STRING,
        "REPEAT",
        "CASE WHEN ($2) IS NOT NULL THEN replace(hex(zeroblob($2)), '00', $1) END");
    add(Kind.STRING, "REPLACE", "replace($1, $2, $3)");
    add(
        Kind.STRING,
        "RIGHT",
        "CASE WHEN ($2) > 0 THEN substr($1, -($2)) WHEN ($2) <= 0 THEN substr($1, 1, 0) END");
    add(Kind.STRING, "RTRIM", "rtrim($1)");
    add(
        Kind.STRING,
        "SPACE",
        "CASE WHEN ($1) IS NOT NULL THEN replace(hex(zeroblob($1)), '00', ' ') END");
    add(Kind.STRING, "SUBSTRING", "substr($1, $2, $3)", "substr($1, $2, $3)");
    add(Kind.STRING, "UCASE", "upper($1)");
    // Not in the appendix, but in every database.
    add(Kind.STRING, "LOWER", "lower($1)");
    add(Kind.STRING, "TRIM", "trim($1)");
    add(Kind.STRING, "UPPER", "upper($1)");

    for (String name : List.of("CURRENT_DATE", "CURDATE")) {
      add(Kind.TIME_DATE, name, "current_date");
    }
    for (String name : List.of("CURRENT_TIME", "CURTIME")) {
      add(Kind.TIME_DATE, name, "current_time");
    }
    for (String name : List.of("CURRENT_TIMESTAMP", "NOW")) {
      add(Kind.TIME_DATE, name, "current_timestamp");
    }
    add(
        Kind.TIME_DATE,
        "DAYNAME",
        "CASE strftime('%w', $1) WHEN '0' THEN 'Sunday' WHEN '1' THEN 'Monday'"
            + " WHEN '2' THEN 'Tuesday' WHEN '3' THEN 'Wednesday' WHEN '4' THEN 'Thursday'"
            + " WHEN '5' THEN 'Friday' WHEN '6' THEN 'Saturday' END");
    add(Kind.TIME_DATE, "DAYOFMONTH", field("%d"));
    add(Kind.TIME_DATE, "DAYOFWEEK", "(strftime('%w', $1) + 1)");
    add(Kind.TIME_DATE, "DAYOFYEAR", field("%j"));
    add(Kind.TIME_DATE, "EXTRACT", "");
    add(Kind.TIME_DATE, "HOUR", field("%H"));
    add(Kind.TIME_DATE, "MINUTE", field("%M"));
    add(Kind.TIME_DATE, "MONTH", field("%m"));
    add(
        Kind.TIME_DATE,
        "MONTHNAME",
        "CASE strftime('%m', $1) WHEN '01' THEN 'January' WHEN '02' THEN 'February'"
            + " WHEN '03' THEN 'March' WHEN '04' THEN 'April' WHEN '05' THEN 'May'"
            + " WHEN '06' THEN 'June' WHEN '07' THEN 'July' WHEN '08' THEN 'August'"
            + " WHEN '09' THEN 'September' WHEN '10' THEN 'October' WHEN '11' THEN 'November'"
            + " WHEN '12' THEN 'December' END");
    add(Kind.TIME_DATE, "QUARTER", "((strftime('%m', $1) + 2) / 3)");
    add(Kind.TIME_DATE, "SECOND", field("%S"));
    add(Kind.TIME_DATE, "TIMESTAMPADD", "");
    add(Kind.TIME_DATE, "TIMESTAMPDIFF", "");
    // ISO 8601's weeks, 1 to 53.
    add(Kind.TIME_DATE, "WEEK", field("%V"));
    add(Kind.TIME_DATE, "YEAR", field("%Y"));

    add(Kind.SYSTEM, "DATABASE", "");
    add(Kind.SYSTEM, "IFNULL", "ifnull($1, $2)");
    add(Kind.SYSTEM, "USER", "");
    add(Kind.SYSTEM, "CONVERT", "");
  }

  private EscapeFunctions() {}

  /** A function with one template, or with one for each number of arguments it may have. */
  private static void add(Kind kind, String name, String... templates) {
    Map<Integer, String> byCount = new LinkedHashMap<>();
    int count =
        (int) ARGUMENT.matcher(templates[0]).results().map(r -> r.group()).distinct().count();
    for (String template : templates) {
      byCount.put(count++, template);
    }
    FUNCTIONS.put(name, new Function(kind, byCount));
  }

  private static String field(String format) {
    return "CAST(strftime('" + format + "', $1) AS INTEGER)";
  }

  /** The names of a kind as {@link java.sql.DatabaseMetaData} gives them. */
  static String names(Kind kind) {
    return String.join(
        ",",
        FUNCTIONS.entrySet().stream()
            .filter(entry -> entry.getValue().kind() == kind)
            .map(Map.Entry::getKey)
            // It has methods of its own: supportsConvert().
            .filter(name -> !name.equals("CONVERT"))
            .sorted()
            .toList());
  }

  /**
   * A call in SQLite's words.
   *
   * @param text what is in the parentheses, or null if there are none
   * @throws IllegalArgumentException if the arguments are not the function's; the message says how
   * @throws SQLException 42883 for a function that JDBC has not, 0AL01 for one that SQLite has not
   */
  static String call(String name, String text, Escapes.Context context) throws SQLException {
    String upper = name.toUpperCase(Locale.ROOT);
    Function function = FUNCTIONS.get(upper);
    if (function == null) {
      String reason = REFUSED.get(upper);
      throw reason == null
          ? SqlState.UNKNOWN_FUNCTION.exception(
              "{fn " + name + "} is none of JDBC's functions; without the braces it is SQLite's")
          : SqlState.NOT_SUPPORTED.exception("{fn " + name + "} is not supported: " + reason);
    }
    List<String> arguments =
        switch (upper) {
          case "POSITION" -> TopLevel.around(text == null ? "" : text, "IN");
          case "EXTRACT" -> TopLevel.around(text == null ? "" : text, "FROM");
          default -> TopLevel.arguments(text == null ? "" : text);
        };
    return switch (upper) {
      case "DATABASE" -> none(name, arguments, Escapes.quoted(context.database()));
      case "USER" -> none(name, arguments, Escapes.quoted(context.user()));
      case "CONVERT" -> convert(arguments);
      case "EXTRACT" -> extract(arguments);
      case "TIMESTAMPADD" -> timestampAdd(arguments);
      case "TIMESTAMPDIFF" -> timestampDiff(arguments);
      default -> byTemplate(name, function, arguments);
    };
  }

  private static String none(String name, List<String> arguments, String text) {
    checkCount(name, arguments, 0);
    return text;
  }

  private static void checkCount(String name, List<String> arguments, int count) {
    if (arguments.size() != count) {
      throw new IllegalArgumentException("needs " + count + " arguments for " + name);
    }
  }

  private static String byTemplate(String name, Function function, List<String> arguments) {
    String template = function.templates().get(arguments.size());
    if (template == null) {
      throw new IllegalArgumentException(
          "needs "
              + String.join(
                  " or ", function.templates().keySet().stream().map(String::valueOf).toList())
              + " arguments for "
              + name);
    }
    boolean unit = function.templates().size() > 1 && !name.equalsIgnoreCase("LOCATE");
    int last = arguments.size() - 1;
    int most = function.templates().keySet().stream().mapToInt(n -> n).max().orElseThrow();
    if (unit && arguments.size() == most) {
      return inUnit(template, arguments.subList(0, last), arguments.get(last));
    }
    return filled(template, arguments);
  }

  /** Lengths and positions in characters, or in bytes of UTF-8. */
  private static String inUnit(String template, List<String> arguments, String unit) {
    return switch (unit.strip().toUpperCase(Locale.ROOT)) {
      case "CHARACTERS" -> filled(template, arguments);
      case "OCTETS" -> {
        List<String> blobs = new ArrayList<>(arguments);
        int texts = template.startsWith("instr") ? 2 : 1;
        for (int i = 0; i < texts; i++) {
          blobs.set(i, "CAST(" + blobs.get(i) + " AS BLOB)");
        }
        String bytes = filled(template.replace("rtrim($1)", "$1"), blobs);
        yield template.startsWith("substr") ? "CAST(" + bytes + " AS TEXT)" : bytes;
      }
      default -> throw new IllegalArgumentException("knows CHARACTERS and OCTETS, not " + unit);
    };
  }

  /**
   * The template with its arguments, each of which is evaluated once, and in the order of the text,
   * so that parameters keep their numbers.
   */
  private static String filled(String template, List<String> arguments) {
    List<Integer> order = new ArrayList<>();
    ARGUMENT
        .matcher(template)
        .results()
        .forEach(found -> order.add(Integer.parseInt(found.group(1))));
    boolean inOrder = true;
    for (int i = 0; i < order.size(); i++) {
      inOrder &= order.get(i) == i + 1;
    }
    if (inOrder || arguments.stream().allMatch(it -> SIMPLE.matcher(it).matches())) {
      return replaced(template, arguments);
    }
    List<String> names = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      names.add("jdbc_" + (i + 1));
      columns.add(arguments.get(i) + " AS jdbc_" + (i + 1));
    }
    return "(SELECT "
        + replaced(template, names)
        + " FROM (SELECT "
        + String.join(", ", columns)
        + "))";
  }

  private static String replaced(String template, List<String> arguments) {
    Matcher matcher = ARGUMENT.matcher(template);
    String text =
        matcher.replaceAll(
            found -> Matcher.quoteReplacement(arguments.get(Integer.parseInt(found.group(1)) - 1)));
    return text.startsWith("CASE ") ? "(" + text + ")" : text;
  }

  // ---- functions with words in their arguments

  private static String convert(List<String> arguments) throws SQLException {
    checkCount("CONVERT", arguments, 2);
    String type = arguments.get(1).toUpperCase(Locale.ROOT);
    String sqlName = type.startsWith("SQL_") ? type.substring(4) : type;
    List<String> value = arguments.subList(0, 1);
    return switch (sqlName) {
      case "BIGINT", "INTEGER", "SMALLINT", "TINYINT" -> filled("CAST($1 AS INTEGER)", value);
      case "BIT", "BOOLEAN" -> filled("(CAST($1 AS NUMERIC) <> 0)", value);
      case "DECIMAL", "NUMERIC" -> filled("CAST($1 AS NUMERIC)", value);
      case "DOUBLE", "FLOAT", "REAL" -> filled("CAST($1 AS REAL)", value);
      case "CHAR", "VARCHAR", "LONGVARCHAR", "NCHAR", "NVARCHAR", "LONGNVARCHAR", "CLOB", "NCLOB" ->
          filled("CAST($1 AS TEXT)", value);
      case "BINARY", "VARBINARY", "LONGVARBINARY", "BLOB" -> filled("CAST($1 AS BLOB)", value);
      case "DATE" -> filled("date($1)", value);
      case "TIME" -> filled("time($1)", value);
      case "TIMESTAMP" -> filled(TIMESTAMP, value);
      default ->
          throw SqlState.NOT_SUPPORTED.exception(
              "{fn CONVERT} to " + arguments.get(1) + " is not supported");
    };
  }

  private static String extract(List<String> arguments) {
    checkCount("EXTRACT", arguments, 2);
    List<String> value = arguments.subList(1, 2);
    return switch (arguments.get(0).toUpperCase(Locale.ROOT)) {
      case "YEAR" -> filled(field("%Y"), value);
      case "MONTH" -> filled(field("%m"), value);
      case "DAY" -> filled(field("%d"), value);
      case "HOUR" -> filled(field("%H"), value);
      case "MINUTE" -> filled(field("%M"), value);
      case "SECOND" -> filled("CAST(strftime('%f', $1) AS NUMERIC)", value);
      default ->
          throw new IllegalArgumentException(
              "extracts YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, not " + arguments.get(0));
    };
  }

  private static String timestampAdd(List<String> arguments) throws SQLException {
    checkCount("TIMESTAMPADD", arguments, 3);
    String modifier =
        switch (interval(arguments.get(0))) {
          case "SECOND" -> "($1) || ' seconds'";
          case "MINUTE" -> "($1) || ' minutes'";
          case "HOUR" -> "($1) || ' hours'";
          case "DAY" -> "($1) || ' days'";
          case "WEEK" -> "(($1) * 7) || ' days'";
          case "MONTH" -> "($1) || ' months', 'floor'";
          case "QUARTER" -> "(($1) * 3) || ' months', 'floor'";
          case "YEAR" -> "($1) || ' years', 'floor'";
          default -> throw noInterval(arguments.get(0));
        };
    return filled(
        "replace(strftime('%Y-%m-%d %H:%M:%f', $2, " + modifier + "), '.000', '')",
        arguments.subList(1, 3));
  }

  private static String timestampDiff(List<String> arguments) throws SQLException {
    checkCount("TIMESTAMPDIFF", arguments, 3);
    String template =
        switch (interval(arguments.get(0))) {
          case "SECOND" -> inMillis(1_000);
          case "MINUTE" -> inMillis(60_000);
          case "HOUR" -> inMillis(3_600_000);
          case "DAY" -> inMillis(86_400_000);
          case "WEEK" -> inMillis(7 * 86_400_000);
          case "MONTH" -> inMonths(1);
          case "QUARTER" -> inMonths(3);
          case "YEAR" -> inMonths(12);
          default -> throw noInterval(arguments.get(0));
        };
    return filled(template, arguments.subList(1, 3));
  }

  /** Whole intervals: what is left over is cut off. */
  private static String inMillis(int millis) {
    return "((CAST(round(unixepoch($2, 'subsec') * 1000) AS INTEGER)"
        + " - CAST(round(unixepoch($1, 'subsec') * 1000) AS INTEGER)) / "
        + millis
        + ")";
  }

  private static String inMonths(int months) {
    String difference = "timediff($2, $1)";
    return "((substr("
        + difference
        + ", 1, 1) || (substr("
        + difference
        + ", 2, 4) * 12 + substr("
        + difference
        + ", 7, 2))) / "
        + months
        + ")";
  }

  private static String interval(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    if (!upper.startsWith("SQL_TSI_")) {
      throw new IllegalArgumentException("needs an interval like SQL_TSI_DAY, not " + text);
    }
    return upper.substring("SQL_TSI_".length());
  }

  private static SQLException noInterval(String text) {
    return SqlState.NOT_SUPPORTED.exception(
        "the interval " + text + " is not supported: SQLite counts milliseconds");
  }
}
