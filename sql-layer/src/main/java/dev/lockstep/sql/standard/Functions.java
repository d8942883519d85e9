package dev.lockstep.sql.standard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.fun.SqlTrimFunction;

/** Functions and predicates of the standard, and a few of PostgreSQL's, in SQLite's words. */
final class Functions {
  /** By name in lower case and number of arguments. */
  private static final Map<String, String> TEMPLATES =
      Map.ofEntries(
          Map.entry("char_length/1", "length(?1)"),
          Map.entry("character_length/1", "length(?1)"),
          Map.entry("position/2", "instr(?2, ?1)"),
          Map.entry("strpos/2", "instr(?1, ?2)"),
          Map.entry(
              "overlay/3", "(substr(?1, 1, (?3) - 1) || ?2 || substr(?1, (?3) + length(?2)))"),
          Map.entry("overlay/4", "(substr(?1, 1, (?3) - 1) || ?2 || substr(?1, (?3) + (?4)))"),
          Map.entry("substring/2", "substr(?1, max(?2, 1))"),
          Map.entry("substring/3", "substr(?1, max(?2, 1), max(0, (?2) + (?3) - max(?2, 1)))"),
          Map.entry(
              "left/2",
              "substr(?1, 1, CASE WHEN ?2 < 0 THEN max(0, length(?1) + (?2)) ELSE ?2 END)"),
          Map.entry(
              "right/2",
              "CASE WHEN ?2 > 0 THEN substr(?1, -(?2)) WHEN ?2 < 0 THEN substr(?1, 1 - (?2))"
                  + " ELSE substr(?1, 1, ?2) END"),
          Map.entry("repeat/2", "replace(hex(zeroblob(max(?2, 0))), '00', ?1)"),
          Map.entry("lpad/2", pad("' '", true)),
          Map.entry("lpad/3", pad("?3", true)),
          Map.entry("rpad/2", pad("' '", false)),
          Map.entry("rpad/3", pad("?3", false)),
          Map.entry("chr/1", "char(?1)"),
          Map.entry("ascii/1", "unicode(?1)"),
          Map.entry("truncate/1", "trunc(?1)"),
          Map.entry("truncate/2", "(trunc((?1) * pow(10, ?2)) / pow(10, ?2))"),
          Map.entry("cot/1", "(1.0 / tan(?1))"),
          Map.entry("cbrt/1", "(sign(?1) * pow(abs(?1), 1.0 / 3))"),
          Map.entry(
              "width_bucket/4",
              "CASE WHEN ?1 < min(?2, ?3) THEN CASE WHEN ?2 < ?3 THEN 0 ELSE (?4) + 1 END"
                  + " WHEN ?1 >= max(?2, ?3) THEN CASE WHEN ?2 < ?3 THEN (?4) + 1 ELSE"
                  + " CASE WHEN ?1 = ?2 THEN 1 ELSE 0 END END"
                  + " ELSE CAST((((?1) - (?2)) * 1.0 * (?4)) / ((?3) - (?2)) AS INTEGER) + 1 END"),
          Map.entry("any_value/1", "min(?1)"),
          Map.entry("every/1", "min((?1) <> 0)"),
          Map.entry("bool_and/1", "min((?1) <> 0)"),
          Map.entry("bool_or/1", "max((?1) <> 0)"),
          Map.entry("logical_and/1", "min((?1) <> 0)"),
          Map.entry("logical_or/1", "max((?1) <> 0)"),
          Map.entry("now/0", "CURRENT_TIMESTAMP"),
          Map.entry("localtimestamp/0", "CURRENT_TIMESTAMP"),
          Map.entry("localtime/0", "CURRENT_TIME"));

  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("year", "YEAR"),
          Map.entry("quarter", "QUARTER"),
          Map.entry("month", "MONTH"),
          Map.entry("week", "WEEK"),
          Map.entry("dayofmonth", "DAY"),
          Map.entry("hour", "HOUR"),
          Map.entry("minute", "MINUTE"),
          Map.entry("second", "SECOND"));

  private Functions() {}

  private static String pad(String with, boolean left) {
    String filling =
        "substr(replace(hex(zeroblob(max(0, (?2) - length(?1)))), '00', "
            + with
            + "), 1, max(0, (?2) - length(?1)))";
    String text = "substr(?1, 1, max(0, ?2))";
    return left ? "(" + filling + " || " + text + ")" : "(" + text + " || " + filling + ")";
  }

  /** Names that are values to the standard. */
  static SqlNode identifier(SqlIdentifier identifier) {
    if (!identifier.isSimple()) {
      return identifier;
    }
    return switch (identifier.getSimple().toUpperCase(Locale.ROOT)) {
      case "LOCALTIMESTAMP" -> Nodes.name("CURRENT_TIMESTAMP");
      case "LOCALTIME" -> Nodes.name("CURRENT_TIME");
      default -> identifier;
    };
  }

  /** The operands are rewritten already. */
  static SqlNode call(SqlCall call) throws UntranslatableException {
    switch (call.getKind()) {
      case TRIM -> {
        return trim(call);
      }
      case WITHIN_GROUP -> {
        return withinGroup(call);
      }
      case BETWEEN -> {
        return between(call);
      }
      default -> {}
    }
    String name = call.getOperator().getName().toLowerCase(Locale.ROOT);
    List<SqlNode> operands = operands(call);
    String template = TEMPLATES.get(name + "/" + operands.size());
    if (template != null) {
      return Template.fill(template, operands.toArray(SqlNode[]::new));
    }
    if (operands.size() == 1 && FIELDS.containsKey(name)) {
      return DateTimes.extract(FIELDS.get(name), operands.get(0));
    }
    return switch (name) {
      case "greatest" -> extreme("max", call);
      case "least" -> extreme("min", call);
      case "listagg" -> Nodes.call("group_concat", operands);
      case "date_trunc" -> dateTrunc(call);
      case "is unknown" -> Nodes.isNull(call.operand(0));
      case "is not unknown" ->
          SqlStdOperatorTable.IS_NOT_NULL.createCall(Nodes.POS, (SqlNode) call.operand(0));
      case "::" -> SqlStdOperatorTable.CAST.createCall(Nodes.POS, call.getOperandList());
      default -> call;
    };
  }

  private static List<SqlNode> operands(SqlCall call) {
    List<SqlNode> operands = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      if (operand != null) {
        operands.add(operand);
      }
    }
    return operands;
  }

  private static SqlNode trim(SqlCall call) {
    SqlTrimFunction.Flag flag =
        ((SqlLiteral) call.operand(0)).symbolValue(SqlTrimFunction.Flag.class);
    String name =
        switch (flag) {
          case LEADING -> "ltrim";
          case TRAILING -> "rtrim";
          default -> "trim";
        };
    SqlNode characters = call.operand(1);
    return characters == null
        ? Nodes.call(name, (SqlNode) call.operand(2))
        : Nodes.call(name, call.operand(2), characters);
  }

  private static SqlNode extreme(String name, SqlCall call) {
    // With one argument SQLite takes it for the aggregate.
    return call.operandCount() == 1 ? call.operand(0) : Nodes.call(name, call.getOperandList());
  }

  /** {@code LISTAGG(x, ',') WITHIN GROUP (ORDER BY …)} and the percentiles. */
  private static SqlNode withinGroup(SqlCall call) throws UntranslatableException {
    SqlCall aggregate = call.operand(0);
    SqlNodeList order = call.operand(1);
    String name = aggregate.getOperator().getName().toLowerCase(Locale.ROOT);
    switch (name) {
      case "listagg", "string_agg", "group_concat" -> {
        return SqlStdOperatorTable.WITHIN_GROUP.createCall(
            Nodes.POS, Nodes.call("group_concat", aggregate.getOperandList()), order);
      }
      case "percentile_cont", "percentile_disc" -> {
        SqlNode item = order.get(0);
        if (order.size() != 1 || item.getKind() == SqlKind.DESCENDING) {
          throw new UntranslatableException(name + " in descending order");
        }
        return Nodes.call(name, OrderItem.expression(item), aggregate.operand(0));
      }
      default -> throw new UntranslatableException(name + " WITHIN GROUP");
    }
  }

  private static SqlNode between(SqlCall call) {
    if (!call.getOperator().getName().contains("SYMMETRIC")) {
      return call;
    }
    boolean not = call.getOperator().getName().startsWith("NOT");
    return Template.fill(
        (not ? "NOT " : "") + "((?1 BETWEEN ?2 AND ?3) OR (?1 BETWEEN ?3 AND ?2))",
        call.operand(0),
        call.operand(1),
        call.operand(2));
  }

  private static SqlNode dateTrunc(SqlCall call) throws UntranslatableException {
    if (!(call.operand(0) instanceof SqlLiteral unit) || call.operandCount() != 2) {
      throw new UntranslatableException("date_trunc with a unit that is computed");
    }
    return DateTimes.truncate(
        call.operand(1), unit.getValueAs(String.class).toUpperCase(Locale.ROOT));
  }
}
