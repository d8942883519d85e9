package dev.lockstep.sql.standard;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnknownLiteral;

/**
 * Dates and times, which are texts to SQLite: {@code 2024-01-31}, {@code 10:11:12} and {@code
 * 2024-01-31 10:11:12}, with fractions of seconds if there are any.
 */
final class DateTimes {
  static final String INVALID_FORMAT = "22007";

  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)(?:[ T](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?))?"
              + "( ?[+-]\\d\\d:\\d\\d|Z)?");

  private DateTimes() {}

  /** {@code DATE '…'}, {@code TIME '…'} and {@code TIMESTAMP '…'} become texts. */
  static SqlNode literal(SqlLiteral literal) throws UntranslatableException {
    if (!(literal instanceof SqlUnknownLiteral typed)) {
      return literal;
    }
    String value = typed.getValue().trim();
    try {
      return switch (typed.tag) {
        case "DATE" -> Nodes.text(LocalDate.parse(value).toString());
        case "TIME" -> {
          LocalTime.parse(value);
          yield Nodes.text(value);
        }
        case "DATETIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" ->
            Nodes.text(timestamp(typed.tag, value));
        default -> throw new UntranslatableException("literals of type " + typed.tag);
      };
    } catch (DateTimeException e) {
      throw invalid(typed.tag, value);
    }
  }

  private static String timestamp(String type, String value) throws InvalidStatementException {
    Matcher matcher = TIMESTAMP.matcher(value);
    if (!matcher.matches()) {
      throw invalid(type, value);
    }
    LocalDate.parse(matcher.group(1));
    String time = matcher.group(2) == null ? "00:00:00" : matcher.group(2);
    LocalTime.parse(time);
    String seconds = time.length() == 5 ? ":00" : "";
    String zone = matcher.group(3) == null ? "" : matcher.group(3);
    return matcher.group(1) + " " + time + seconds + zone;
  }

  private static InvalidStatementException invalid(String type, String value) {
    return new InvalidStatementException(
        INVALID_FORMAT, "invalid " + type + " literal: '" + value + "'");
  }

  /** Calls of date and time; others as they are. The operands are rewritten already. */
  static SqlNode call(SqlCall call) throws UntranslatableException {
    return switch (call.getKind()) {
      case PLUS -> plus(call);
      case MINUS -> minus(call);
      case TIMESTAMP_ADD ->
          Intervals.of(call.operand(1), call.operand(0)).addTo(call.operand(2), false);
      case TIMESTAMP_DIFF -> difference(call.operand(2), call.operand(1), call.operand(0));
      case EXTRACT -> extract(((SqlIntervalQualifier) call.operand(0)), call.operand(1));
      case FLOOR ->
          call.operandCount() == 2
              ? floor(call.operand(0), (SqlIntervalQualifier) call.operand(1))
              : call;
      case CEIL -> {
        if (call.operandCount() == 2) {
          throw new UntranslatableException("CEIL of a date");
        }
        yield call;
      }
      default -> call;
    };
  }

  private static SqlNode plus(SqlCall call) throws UntranslatableException {
    Intervals right = Intervals.in(call.operand(1));
    if (right != null) {
      return right.addTo(call.operand(0), false);
    }
    Intervals left = Intervals.in(call.operand(0));
    return left == null ? call : left.addTo(call.operand(1), false);
  }

  private static SqlNode minus(SqlCall call) throws UntranslatableException {
    if (call.operandCount() == 3) {
      return difference(call.operand(0), call.operand(1), call.operand(2));
    }
    Intervals right = Intervals.in(call.operand(1));
    return right == null ? call : right.addTo(call.operand(0), true);
  }

  /**
   * What is a date to the standard. SQLite takes CAST(x AS DATE) for a number, and so it stays
   * where SQLite has the last word; in calculations with dates it can only be meant as one.
   */
  static SqlNode moment(SqlNode node) {
    if (node.getKind() != SqlKind.CAST
        || !(((SqlCall) node).operand(1) instanceof SqlDataTypeSpec type)) {
      return node;
    }
    SqlNode operand = ((SqlCall) node).operand(0);
    return switch (type.getTypeName().getSimple().toUpperCase(Locale.ROOT)) {
      case "DATE" -> Template.fill("date(?1)", operand);
      case "TIME" -> Template.fill("time(?1)", operand);
      case "TIMESTAMP", "DATETIME" ->
          Template.fill(
              "strftime(CASE WHEN ?1 LIKE '%.%' THEN '%Y-%m-%d %H:%M:%f' ELSE '%Y-%m-%d %H:%M:%S'"
                  + " END, ?1)",
              operand);
      default -> node;
    };
  }

  /** Whole units from the second to the first, as the standard counts them. */
  private static SqlNode difference(SqlNode later, SqlNode earlier, SqlNode qualifier)
      throws UntranslatableException {
    SqlNode first = moment(later);
    SqlNode second = moment(earlier);
    TimeUnit unit = ((SqlIntervalQualifier) qualifier).getStartUnit();
    return switch (unit) {
      case SECOND, MINUTE, HOUR, DAY, WEEK ->
          Template.fill(
              "(unixepoch(?1) - unixepoch(?2)) / ?3",
              first,
              second,
              Nodes.number(unit.multiplier.longValue() / 1_000));
      case MONTH -> months(first, second);
      case QUARTER -> Template.fill("?1 / 3", months(first, second));
      case YEAR -> Template.fill("?1 / 12", months(first, second));
      default -> throw new UntranslatableException("differences in " + unit);
    };
  }

  private static SqlNode months(SqlNode first, SqlNode second) {
    SqlNode months =
        Template.fill(
            "CAST((strftime('%Y', ?1) - strftime('%Y', ?2)) * 12 + strftime('%m', ?1)"
                + " - strftime('%m', ?2) AS INTEGER)",
            first, second);
    return Template.fill(
        "(?3 - CASE WHEN ?3 > 0 AND strftime('%d %H:%M:%f', ?1) < strftime('%d %H:%M:%f', ?2) THEN"
            + " 1 WHEN ?3 < 0 AND strftime('%d %H:%M:%f', ?1) > strftime('%d %H:%M:%f', ?2) THEN -1"
            + " ELSE 0 END)",
        first, second, months);
  }

  /** A field of a date. */
  static SqlNode extract(SqlIntervalQualifier field, SqlNode from) throws UntranslatableException {
    String frame = field.timeFrameName;
    return extract(frame == null ? field.getStartUnit().name() : frame, from);
  }

  /** A field of a date by its name in upper case. */
  static SqlNode extract(String field, SqlNode from) throws UntranslatableException {
    if (from.getKind() == SqlKind.INTERVAL || Intervals.in(from) != null) {
      throw new UntranslatableException("EXTRACT from an interval");
    }
    String expression =
        switch (field) {
          case "YEAR" -> integer("%Y");
          case "MONTH" -> integer("%m");
          case "DAY" -> integer("%d");
          case "HOUR" -> integer("%H");
          case "MINUTE" -> integer("%M");
          case "SECOND" -> "CAST(strftime('%f', ?1) AS REAL)";
          case "MILLISECOND" -> "CAST(round(strftime('%f', ?1) * 1000) AS INTEGER)";
          case "MICROSECOND" -> "CAST(round(strftime('%f', ?1) * 1000) AS INTEGER) * 1000";
          case "EPOCH" -> "unixepoch(?1)";
          case "DOW" -> integer("%w");
          case "ISODOW" -> integer("%u");
          case "DOY" -> integer("%j");
          case "WEEK" -> integer("%V");
          case "ISOYEAR" -> integer("%G");
          case "QUARTER" -> "(strftime('%m', ?1) + 2) / 3";
          case "DECADE" -> "strftime('%Y', ?1) / 10";
          case "CENTURY" -> "(strftime('%Y', ?1) + 99) / 100";
          case "MILLENNIUM" -> "(strftime('%Y', ?1) + 999) / 1000";
          default -> throw new UntranslatableException("EXTRACT of " + field);
        };
    return Template.fill(expression, moment(from));
  }

  private static String integer(String format) {
    return "CAST(strftime('" + format + "', ?1) AS INTEGER)";
  }

  private static SqlNode floor(SqlNode from, SqlIntervalQualifier unit)
      throws UntranslatableException {
    return truncate(from, unit.getStartUnit().name());
  }

  /** The beginning of the unit that a date or time lies in. */
  static SqlNode truncate(SqlNode from, String unit) throws UntranslatableException {
    String beginning =
        switch (unit) {
          case "YEAR" -> "%Y-01-01 00:00:00";
          case "MONTH" -> "%Y-%m-01 00:00:00";
          case "DAY" -> "%Y-%m-%d 00:00:00";
          case "HOUR" -> "%Y-%m-%d %H:00:00";
          case "MINUTE" -> "%Y-%m-%d %H:%M:00";
          case "SECOND" -> "%Y-%m-%d %H:%M:%S";
          default -> throw new UntranslatableException("the beginning of a " + unit);
        };
    return Template.fill(
        "substr(strftime('"
            + beginning
            + "', ?1), 1, CASE WHEN length(?1) <= 10 THEN 10 ELSE 19 END)",
        moment(from));
  }
}
