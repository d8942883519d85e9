package dev.lockstep.sql.types;

import dev.lockstep.sql.types.TypedOperator.Arguments;
import dev.lockstep.sql.types.TypedOperator.Result;
import dev.lockstep.sql.types.TypedOperator.Rule;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * SQLite's rules for the types of operators and functions, and what parameters are taken for among
 * their operands.
 */
final class OperatorRules {
  private final ParameterTypes parameters;

  OperatorRules(ParameterTypes parameters) {
    this.parameters = parameters;
  }

  /** Of anything but those that need more than their operands' types. */
  Rule of(SqlCall call, String name) {
    if (call.getOperator() instanceof SqlFunction) {
      return name.equals(TypedQueries.ASSIGN) ? this::assign : function(name, call);
    }
    return switch (call.getKind()) {
      case PLUS, MINUS, TIMES, DIVIDE, MOD -> this::arithmetic;
      case MINUS_PREFIX -> this::negative;
      case PLUS_PREFIX -> OperatorRules::first;
      case EQUALS,
          NOT_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUAL,
          GREATER_THAN,
          GREATER_THAN_OR_EQUAL,
          IS_DISTINCT_FROM,
          IS_NOT_DISTINCT_FROM,
          BETWEEN ->
          this::compare;
      case LIKE -> this::like;
      case AND, OR, NOT -> OperatorRules::truth;
      case IS_NULL, IS_NOT_NULL, IS_TRUE, IS_FALSE, IS_NOT_TRUE, IS_NOT_FALSE ->
          OperatorRules::test;
      default -> symbol(name);
    };
  }

  private Rule symbol(String name) {
    return switch (name) {
      case "||" -> this::join;
      case "%" -> this::arithmetic;
      case "&", "<<" -> this::bits;
      case "ITEM" -> function("->>", null);
      case "OFFSET" -> function("->", null);
      case "NOT LIKE" -> this::like;
      case "NOT BETWEEN", "BETWEEN" -> this::compare;
      default -> arguments -> new Result(ValueType.ANY, true);
    };
  }

  /** Answers 0 or 1, never NULL. */
  static Result test(Arguments arguments) {
    return new Result(ValueType.INTEGER, false);
  }

  static Result first(Arguments arguments) {
    return new Result(arguments.type(0), arguments.nullable(0));
  }

  /** NULL operands may make it NULL. */
  private static Result truth(Arguments arguments) {
    return TypedTree.result(ValueType.INTEGER, arguments);
  }

  private Result arithmetic(Arguments arguments) {
    meetEachOther(arguments, false);
    return new Result(arguments.type(0).computedWith(arguments.type(1)), true);
  }

  private Result negative(Arguments arguments) {
    parameters.meets(arguments.nodes().get(0), ValueType.NUMERIC);
    return new Result(arguments.type(0).number(), arguments.nullable(0));
  }

  private Result bits(Arguments arguments) {
    meetAll(arguments, 0, ValueType.BIGINT);
    return TypedTree.result(ValueType.BIGINT, arguments);
  }

  private Result join(Arguments arguments) {
    meetAll(arguments, 0, ValueType.TEXT);
    return TypedTree.result(ValueType.TEXT, arguments);
  }

  private Result like(Arguments arguments) {
    meetAll(arguments, 0, ValueType.TEXT);
    return TypedTree.result(ValueType.INTEGER, arguments);
  }

  private Result compare(Arguments arguments) {
    meetEachOther(arguments, true);
    return TypedTree.result(ValueType.INTEGER, arguments);
  }

  /** Of rows, whose values stand one beside its counterpart. */
  Result pairs(Arguments arguments) {
    for (int i = 0; i < arguments.size(); i += 2) {
      meetEachOther(part(arguments, i, i + 2), true);
    }
    return new Result(ValueType.INTEGER, true);
  }

  /** {@code x IN (…)}: the values are compared with x. */
  Result in(Arguments arguments) {
    meetEachOther(arguments, true);
    return new Result(ValueType.INTEGER, true);
  }

  private Result assign(Arguments arguments) {
    ValueType column = arguments.type(0);
    parameters.meets(
        arguments.nodes().get(1),
        column,
        arguments.nullable(0) ? Nullability.POSSIBLE : Nullability.NEVER);
    return new Result(column, true);
  }

  private Rule function(String name, SqlCall call) {
    FunctionType function = FunctionType.of(name);
    boolean whole = name.equalsIgnoreCase("unixepoch") && !TimeModifiers.mayBeSubsecond(call);
    return arguments -> {
      if (function.alike()) {
        meetEachOther(arguments, true);
      } else if (name.equalsIgnoreCase("iif") || name.equalsIgnoreCase("if")) {
        meetBranches(arguments);
      } else {
        List<ValueType> expected = function.argument();
        for (int i = 0; i < arguments.size() && !expected.isEmpty(); i++) {
          ValueType type = expected.get(Math.min(i, expected.size() - 1));
          parameters.meets(arguments.nodes().get(i), type);
        }
        if (name.equalsIgnoreCase("lag") || name.equalsIgnoreCase("lead")) {
          meetAll(arguments, 2, arguments.type(0));
        }
      }
      ValueType type = whole ? ValueType.BIGINT : function.result().apply(arguments.types());
      return new Result(type, !function.notNull() && nullable(name, arguments));
    };
  }

  /** A COALESCE that ends in what is never NULL never is. */
  private static boolean nullable(String name, Arguments arguments) {
    if (name.equalsIgnoreCase("coalesce") || name.equalsIgnoreCase("ifnull")) {
      for (int i = 0; i < arguments.size(); i++) {
        if (!arguments.nullable(i)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Parameters are taken for the type that the other operands have. */
  private void meetEachOther(Arguments arguments, boolean exactly) {
    ValueType met = ValueType.NULL;
    for (int i = 0; i < arguments.size(); i++) {
      if (!ParameterTypes.isParameter(arguments.nodes().get(i))) {
        ValueType type = arguments.type(i);
        met = exactly || type.family().isNumber() ? firstKnown(met, type) : met;
      }
    }
    if (!exactly && !met.isKnown() && arguments.size() == 2) {
      met = hasOther(arguments) ? ValueType.NUMERIC : ValueType.ANY;
    }
    meetAll(arguments, 0, met);
  }

  private static boolean hasOther(Arguments arguments) {
    return arguments.nodes().stream().anyMatch(node -> !ParameterTypes.isParameter(node));
  }

  private static ValueType firstKnown(ValueType first, ValueType second) {
    return first.isKnown() ? first : second;
  }

  private void meetBranches(Arguments arguments) {
    ValueType met = FunctionType.of("iif").result().apply(arguments.types());
    for (int i = 0; i < arguments.size(); i++) {
      if (i % 2 == 1 || i == arguments.size() - 1) {
        parameters.meets(arguments.nodes().get(i), met);
      }
    }
  }

  private void meetAll(Arguments arguments, int from, ValueType type) {
    for (int i = from; i < arguments.size(); i++) {
      parameters.meets(arguments.nodes().get(i), type);
    }
  }

  /** What a cast makes of a value: SQLite goes by the affinity of the type's name. */
  static ValueType cast(String declaration) {
    return switch (ValueType.declared(declaration).family()) {
      case INTEGER -> declaration.equalsIgnoreCase("LONG") ? ValueType.NUMERIC : ValueType.BIGINT;
      case TEXT -> ValueType.TEXT;
      case REAL -> ValueType.REAL;
      case BLOB -> blob(declaration);
      case NUMERIC -> ValueType.NUMERIC;
      // BOOLEAN, DATE and names that SQLite does not know: a number is made of anything.
      case BOOLEAN, TEMPORAL, ANY, NULL -> ValueType.NUMERIC;
    };
  }

  /** BINARY is not among the names by which SQLite knows blobs. */
  private static ValueType blob(String declaration) {
    return declaration.toUpperCase(Locale.ROOT).contains("BLOB")
        ? ValueType.BLOB
        : ValueType.NUMERIC;
  }

  /** {@code CASE [x] WHEN … THEN … ELSE … END}. */
  SqlNode caseOf(SqlCase node, TypedTree.Expressions expressions)
      throws UntypedException, SQLException {
    List<SqlNode> operands = new ArrayList<>();
    int tests = 0;
    if (node.getValueOperand() != null) {
      operands.addAll(expressions.of(List.of(node.getValueOperand())));
      tests++;
    }
    operands.addAll(expressions.of(node.getWhenOperands().getList()));
    tests += node.getWhenOperands().size();
    operands.addAll(expressions.of(node.getThenOperands().getList()));
    if (node.getElseOperand() != null) {
      operands.addAll(expressions.of(List.of(node.getElseOperand())));
    }
    boolean compares = node.getValueOperand() != null;
    boolean complete = node.getElseOperand() != null;
    int firstResult = tests;
    return new TypedOperator(
            "case", arguments -> caseType(arguments, firstResult, compares, complete))
        .createCall(SqlParserPos.ZERO, operands.toArray(SqlNode[]::new));
  }

  private Result caseType(
      Arguments arguments, int firstResult, boolean compares, boolean complete) {
    if (compares) {
      meetEachOther(part(arguments, 0, firstResult), true);
    }
    Arguments results = part(arguments, firstResult, arguments.size());
    ValueType type = FunctionType.common(results.types());
    meetAll(results, 0, type);
    return new Result(type, !complete || results.anyNullable());
  }

  private static Arguments part(Arguments arguments, int from, int to) {
    return new Arguments(
        arguments.nodes().subList(from, to), arguments.relTypes().subList(from, to));
  }
}
