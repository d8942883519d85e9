package dev.lockstep.sql.types;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/**
 * Stands in a tree for anything that has a value: Calcite's validator resolves the names in its
 * operands, and asks it for the type.
 */
class TypedOperator extends SqlFunction {

  /** The type of a call. */
  @FunctionalInterface
  interface Rule {
    /**
     * Told when all operands have types.
     *
     * @param call what Calcite knows of it
     */
    Result of(Arguments call);
  }

  /** A type, and whether a value may be NULL. */
  record Result(ValueType type, boolean nullable) {}

  /** The operands of a call. */
  record Arguments(List<SqlNode> nodes, List<RelDataType> relTypes) {
    int size() {
      return nodes.size();
    }

    ValueType type(int index) {
      return ValueRelTypes.valueOf(relTypes.get(index));
    }

    List<ValueType> types() {
      return relTypes.stream().map(ValueRelTypes::valueOf).toList();
    }

    boolean nullable(int index) {
      return relTypes.get(index).isNullable() || type(index).family() == Family.NULL;
    }

    boolean anyNullable() {
      for (int i = 0; i < size(); i++) {
        if (nullable(i)) {
          return true;
        }
      }
      return false;
    }
  }

  private final Rule rule;
  private final boolean scalars;

  TypedOperator(String name, Rule rule) {
    this(name, true, rule);
  }

  /**
   * @param scalars whether a query in an operand stands for its value, and not for its rows
   */
  TypedOperator(String name, boolean scalars, Rule rule) {
    super(
        name, SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION);
    this.rule = rule;
    this.scalars = scalars;
  }

  /** A value without operands. */
  static SqlNode constant(ValueType type, boolean nullable) {
    Result result = new Result(type, nullable);
    return new TypedOperator("value", arguments -> result).createCall(SqlParserPos.ZERO);
  }

  /** What must be true or false, in SQLite any value. */
  static final class Condition extends TypedOperator {
    Condition() {
      super("condition", arguments -> new Result(ValueType.INTEGER, true));
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
      super.deriveType(validator, scope, call);
      return validator
          .getTypeFactory()
          .createSqlType(org.apache.calcite.sql.type.SqlTypeName.BOOLEAN);
    }
  }

  /** A parameter, whose type is that of what it meets first. */
  static final class ParameterOperator extends TypedOperator {
    private final int number;

    ParameterOperator(int number, ParameterTypes parameters) {
      super("parameter", arguments -> new Result(parameters.type(number), true));
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  @Override
  public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
    List<RelDataType> types = new ArrayList<>(call.operandCount());
    for (SqlNode operand : call.getOperandList()) {
      types.add(validator.deriveType(scope, operand));
    }
    Result result = rule.of(new Arguments(call.getOperandList(), types));
    return new ValueRelType(result.type(), result.nullable());
  }

  @Override
  public void validateCall(
      SqlCall call,
      SqlValidator validator,
      SqlValidatorScope scope,
      SqlValidatorScope operandScope) {
    for (SqlNode operand : call.getOperandList()) {
      operand.validateExpr(validator, operandScope);
    }
  }

  @Override
  public boolean argumentMustBeScalar(int ordinal) {
    return scalars;
  }
}
