package dev.lockstep.sql.standard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;

/**
 * An interval as modifiers of SQLite's date functions.
 *
 * @param amounts how many of each unit
 */
record Intervals(List<Amount> amounts) {
  private static final int YEAR = 1;
  private static final int MONTH = 2;
  private static final int MILLISECOND = 5;

  /**
   * So many of a unit.
   *
   * @param unit the modifier's word: months, days, hours, minutes or seconds
   * @param count a number, perhaps to be computed
   */
  record Amount(String unit, SqlNode count) {}

  /** The interval that an expression is, or null if it is none. */
  static Intervals in(SqlNode node) throws UntranslatableException {
    if (node instanceof SqlIntervalLiteral literal) {
      return of(literal);
    }
    if (node.getKind() == SqlKind.INTERVAL) {
      SqlCall call = (SqlCall) node;
      return of(call.operand(0), call.operand(1));
    }
    if (node.getKind() == SqlKind.TIMES) {
      SqlBasicCall times = (SqlBasicCall) node;
      Intervals right = in(times.operand(1));
      if (right != null) {
        return right.times(times.operand(0));
      }
      Intervals left = in(times.operand(0));
      return left == null ? null : left.times(times.operand(1));
    }
    return null;
  }

  private static Intervals of(SqlIntervalLiteral literal) throws UntranslatableException {
    SqlIntervalLiteral.IntervalValue value = (SqlIntervalLiteral.IntervalValue) literal.getValue();
    SqlIntervalQualifier qualifier = value.getIntervalQualifier();
    TimeUnit unit = qualifier.getStartUnit();
    if (unit == TimeUnit.WEEK || unit == TimeUnit.QUARTER) {
      try {
        long count = Long.parseLong(value.getIntervalLiteral().trim()) * value.getSign();
        return of(Nodes.number(count), qualifier);
      } catch (NumberFormatException e) {
        throw invalid(value);
      }
    }
    int[] fields;
    try {
      fields =
          qualifier.evaluateIntervalLiteral(
              value.getIntervalLiteral(), literal.getParserPosition(), RelDataTypeSystem.DEFAULT);
    } catch (CalciteContextException e) {
      throw invalid(value);
    }
    long sign = (long) fields[0] * value.getSign();
    List<Amount> amounts = new ArrayList<>();
    if (qualifier.isYearMonth()) {
      add(amounts, "months", sign * (fields[YEAR] * 12L + fields[MONTH]));
    } else {
      add(amounts, "days", sign * fields[1]);
      add(amounts, "hours", sign * fields[2]);
      add(amounts, "minutes", sign * fields[3]);
      long millis = fields[4] * 1_000L + fields[MILLISECOND];
      if (millis % 1_000 == 0) {
        add(amounts, "seconds", sign * millis / 1_000);
      } else {
        amounts.add(
            new Amount(
                "seconds",
                SqlNumericLiteral.createExactNumeric(
                    String.format(Locale.ROOT, "%.3f", sign * millis / 1e3), Nodes.POS)));
      }
    }
    if (amounts.isEmpty()) {
      amounts.add(new Amount(qualifier.isYearMonth() ? "months" : "days", Nodes.number(0)));
    }
    return new Intervals(amounts);
  }

  private static InvalidStatementException invalid(SqlIntervalLiteral.IntervalValue value) {
    return new InvalidStatementException(
        DateTimes.INVALID_FORMAT,
        "invalid INTERVAL literal: '"
            + value.getIntervalLiteral()
            + "' "
            + value.getIntervalQualifier());
  }

  private static void add(List<Amount> amounts, String unit, long count) {
    if (count != 0) {
      amounts.add(new Amount(unit, Nodes.number(count)));
    }
  }

  /** {@code INTERVAL count UNIT}. */
  static Intervals of(SqlNode count, SqlNode qualifier) throws UntranslatableException {
    TimeUnit unit = ((SqlIntervalQualifier) qualifier).getUnit();
    return switch (unit) {
      case YEAR -> new Intervals(List.of(new Amount("months", times(count, 12))));
      case QUARTER -> new Intervals(List.of(new Amount("months", times(count, 3))));
      case MONTH -> new Intervals(List.of(new Amount("months", count)));
      case WEEK -> new Intervals(List.of(new Amount("days", times(count, 7))));
      case DAY -> new Intervals(List.of(new Amount("days", count)));
      case HOUR -> new Intervals(List.of(new Amount("hours", count)));
      case MINUTE -> new Intervals(List.of(new Amount("minutes", count)));
      case SECOND -> new Intervals(List.of(new Amount("seconds", count)));
      default -> throw new UntranslatableException("intervals of " + unit);
    };
  }

  private static SqlNode times(SqlNode count, int factor) {
    return number(count) != null
        ? Nodes.number(number(count) * factor)
        : Template.fill("(?1) * ?2", count, Nodes.number(factor));
  }

  private Intervals times(SqlNode factor) {
    return new Intervals(
        amounts.stream()
            .map(
                amount ->
                    new Amount(amount.unit, Template.fill("(?1) * (?2)", amount.count, factor)))
            .toList());
  }

  /** The number if it is a whole one, else null. */
  private static Long number(SqlNode node) {
    return node instanceof SqlNumericLiteral literal && literal.isInteger()
        ? Long.valueOf(literal.longValue(true))
        : null;
  }

  /** What a date, time or timestamp comes to when the interval is added to it or taken off. */
  SqlNode addTo(SqlNode start, boolean negative) {
    SqlNode moment = DateTimes.moment(start);
    List<SqlNode> arguments = new ArrayList<>();
    arguments.add(format(moment));
    arguments.add(moment);
    for (Amount amount : amounts) {
      arguments.add(modifier(amount, negative));
      if (amount.unit.equals("months")) {
        // Else SQLite makes 2 March of 31 January and a month.
        arguments.add(Nodes.text("floor"));
      }
    }
    return Nodes.call("strftime", arguments);
  }

  private static SqlNode modifier(Amount amount, boolean negative) {
    SqlNode count = amount.count;
    if (count instanceof SqlNumericLiteral literal) {
      java.math.BigDecimal value = literal.bigDecimalValue();
      java.math.BigDecimal signed = negative ? value.negate() : value;
      return Nodes.text(
          (signed.signum() < 0 ? "" : "+") + signed.toPlainString() + " " + amount.unit);
    }
    String conversion = amount.unit.equals("seconds") ? "%+.3f " : "%+d ";
    return Template.fill(
        "printf('" + conversion + amount.unit + "', " + (negative ? "-" : "") + "(?1))", count);
  }

  private SqlNode format(SqlNode moment) {
    boolean clock = amounts.stream().anyMatch(amount -> !isOfTheCalendar(amount.unit));
    boolean fraction =
        amounts.stream()
            .anyMatch(
                amount ->
                    amount.count instanceof SqlNumericLiteral literal && !literal.isInteger());
    String seconds = fraction ? "%f" : "%S";
    String date = clock ? "%Y-%m-%d %H:%M:" + seconds : "%Y-%m-%d";
    if (moment instanceof SqlCharStringLiteral literal) {
      String value = literal.getValueAs(String.class);
      if (value.length() == 10) {
        return Nodes.text(date);
      }
    }
    return Template.fill(
        "CASE WHEN ?1 LIKE '____-__-__' THEN ?2 WHEN ?1 LIKE '__:__%' THEN ?3"
            + " WHEN ?1 LIKE '%.%' THEN '%Y-%m-%d %H:%M:%f' ELSE ?4 END",
        moment,
        Nodes.text(date),
        Nodes.text("%H:%M:" + seconds),
        Nodes.text("%Y-%m-%d %H:%M:" + seconds));
  }

  private static boolean isOfTheCalendar(String unit) {
    return unit.equals("months") || unit.equals("days");
  }
}
