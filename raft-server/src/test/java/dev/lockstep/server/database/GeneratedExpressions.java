package dev.lockstep.server.database;

import dev.lockstep.server.database.GeneratedCatalog.Table;
import java.util.ArrayList;
import java.util.List;

/** Random expressions: of columns, parameters, time and chance. */
final class GeneratedExpressions {
  private static final String[] NAMES = {"a", "b", "c", "d"};
  private static final String[] LITERALS = {
    "0",
    "1",
    "2",
    "-1",
    "7",
    "1.5",
    "-0.0",
    "1e300",
    "''",
    "'a'",
    "'B'",
    "'x y z'",
    "NULL",
    "x'00ff'",
    "4611686018427387904",
    "9223372036854775807",
    "9223372036854775806",
    "(-9223372036854775807 - 1)",
    "'12'",
    "' 3.0 '",
    "1e-7",
    "'2024-02-29'",
    "'{\"a\":[1,2,{\"b\":null}]}'",
    "'2030-01-01 10:00:00'",
    "char(0,65)"
  };
  private static final String[] CHANCE_AND_TIME = {
    "random()",
    "abs(random() % 10)",
    "randomblob(3)",
    "hex(randomblob(2))",
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "datetime('now')",
    "strftime('%H:%M:%f', 'now')",
    "julianday()",
    "unixepoch('now', 'subsec')",
    "date('now', '+1 month', 'weekday 2')",
    "time('now', 'localtime')",
    "last_insert_rowid()",
    "strftime('%s')",
    "timediff('now', '2020-01-01')",
    "unixepoch()"
  };

  private final GeneratedDice dice;

  /** The values of the statement in progress; null where no parameters are allowed. */
  private List<Object> parameters;

  private boolean environment = true;

  GeneratedExpressions(GeneratedDice dice) {
    this.dice = dice;
  }

  /** From now on parameters are used, and collected here; null for none. */
  void collect(List<Object> into) {
    parameters = into;
  }

  /** Whether time and chance may occur: SQLite does not allow them in indexes and the like. */
  void allowEnvironment(boolean allowed) {
    environment = allowed;
  }

  Object value() {
    return switch (dice.below(16)) {
      case 0 -> null;
      case 1 ->
          dice.pick(
              Long.MIN_VALUE,
              Long.MAX_VALUE,
              Long.MAX_VALUE - 1,
              1L << 62,
              (1L << 62) - 1,
              -1L,
              1L << 53);
      case 2 -> dice.pick(Double.NaN, -0.0, 0.0, Double.MAX_VALUE, Double.MIN_VALUE);
      case 3 -> dice.pick(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e15, 0.1);
      case 4 -> dice.pick("", "a\0b", "\ud83d\ude00", "ä'\"", "2024-12-31", "now");
      case 5 -> dice.bytes(dice.below(12));
      case 6 -> dice.percent(10) ? dice.bytes(dice.between(2_000, 9_000)) : dice.bytes(3);
      case 7 -> "w" + dice.below(6) + " w" + dice.below(6) + " w" + dice.below(30);
      case 8, 9 -> dice.below(400) / 8.0;
      case 10 -> dice.percent(15) ? "long ".repeat(dice.between(100, 1_200)) : "t" + dice.below(5);
      default -> (long) dice.between(-3, 12);
    };
  }

  private String parameter() {
    parameters.add(value());
    return "?";
  }

  String literal() {
    return dice.pick(LITERALS);
  }

  /** A value without columns. */
  String constant() {
    if (parameters != null && dice.percent(45)) {
      return parameter();
    }
    if (environment && dice.percent(25)) {
      return dice.pick(CHANCE_AND_TIME);
    }
    return dice.percent(60) ? Integer.toString(dice.between(-3, 12)) : literal();
  }

  /** An expression of columns, given as they are to be written. */
  String of(List<String> columns) {
    return of(columns, 2);
  }

  private String of(List<String> columns, int depth) {
    if (depth == 0 || dice.percent(25)) {
      return !columns.isEmpty() && dice.percent(65) ? dice.pick(columns) : constant();
    }
    String x = of(columns, depth - 1);
    return switch (dice.below(24)) {
      case 0, 1, 2 ->
          "(" + x + dice.pick(" + ", " - ", " * ", " / ", " % ") + of(columns, depth - 1) + ")";
      case 3 -> "(" + x + " || " + of(columns, depth - 1) + ")";
      case 4 -> "coalesce(" + x + ", " + of(columns, depth - 1) + ")";
      case 5 -> "CASE WHEN " + condition(columns) + " THEN " + x + " ELSE " + constant() + " END";
      case 6 ->
          "CAST(" + x + " AS " + dice.pick("INTEGER", "REAL", "TEXT", "BLOB", "NUMERIC") + ")";
      case 7 -> "abs(" + x + ")";
      case 8 -> "substr(" + x + ", " + dice.between(-2, 3) + ", " + dice.between(0, 3) + ")";
      case 9 -> dice.pick("lower(", "upper(", "hex(", "length(", "typeof(", "quote(") + x + ")";
      case 10 -> "json_extract(" + x + ", '$.a[1]')";
      case 11 -> dice.pick("json_array(", "json_quote(") + x + ")";
      case 12 -> dice.pick("min(", "max(") + x + ", " + of(columns, depth - 1) + ")";
      case 13 -> "round(" + x + ", " + dice.below(3) + ")";
      case 14 -> dice.pick("sqrt", "exp", "sin", "ln", "sign", "-", "NOT ", "~") + "(" + x + ")";
      case 15 -> "iif(" + condition(columns) + ", " + x + ", " + constant() + ")";
      case 16 -> "replace(" + x + ", 'a', " + constant() + ")";
      case 17 ->
          environment
              ? "strftime('%Y-%m', " + x + ")"
              : "strftime('%Y-%m', '2024-01-31', '+1 month')";
      case 18 -> "printf('%d|%s', " + x + ", " + constant() + ")";
      case 19 -> "(" + x + " IS " + of(columns, depth - 1) + ")";
      case 20 -> "nullif(" + x + ", " + constant() + ")";
      case 21 -> "zeroblob(" + dice.below(5) + ")";
      case 22 -> "instr(" + x + ", " + constant() + ")";
      default -> "ifnull(" + x + ", " + constant() + ")";
    };
  }

  String condition(List<String> columns) {
    if (columns.isEmpty()) {
      return constant() + " > " + constant();
    }
    String x = dice.percent(75) ? dice.pick(columns) : of(columns, 1);
    return switch (dice.below(12)) {
      case 0 -> x + " IS NULL";
      case 1 -> x + " IS NOT NULL";
      case 2 -> x + " BETWEEN " + constant() + " AND " + constant();
      case 3 -> x + " IN (" + constant() + ", " + constant() + ", " + constant() + ")";
      case 4 -> x + dice.pick(" LIKE ", " GLOB ") + dice.pick("'a%'", "'%w1%'", "'*'", "'t_'");
      case 5 -> "(" + condition(columns) + dice.pick(" AND ", " OR ") + condition(columns) + ")";
      case 6 -> "NOT (" + condition(columns) + ")";
      case 7 -> x + " = " + dice.pick(columns);
      default -> x + dice.pick(" = ", " < ", " > ", " <= ", " <> ") + constant();
    };
  }

  /** Columns as they are written behind an alias. */
  static List<String> qualified(String alias, List<String> columns) {
    List<String> names = new ArrayList<>();
    for (String column : columns) {
      names.add(alias + ".\"" + column + "\"");
    }
    return names;
  }

  static List<String> quoted(List<String> columns) {
    return columns.stream().map(column -> "\"" + column + "\"").toList();
  }

  String columnName() {
    return dice.pick(NAMES);
  }

  /** What a table's rows can be named by: the rowid too where there is one. */
  List<String> readable(Table table) {
    List<String> names = new ArrayList<>(quoted(table.columns()));
    if (table.form() == GeneratedCatalog.Form.ROWID && dice.percent(30)) {
      names.add("rowid");
    }
    return names;
  }
}
