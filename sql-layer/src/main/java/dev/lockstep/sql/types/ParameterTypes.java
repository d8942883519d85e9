package dev.lockstep.sql.types;

import dev.lockstep.sql.types.StatementTypes.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlNode;

/** What is found out about a statement's parameters; of several places the first one counts. */
final class ParameterTypes {
  private final Map<Integer, Parameter> found = new HashMap<>();

  /** {@link ValueType#ANY} while nothing is known. */
  ValueType type(int number) {
    Parameter parameter = found.get(number);
    return parameter == null ? ValueType.NULL : parameter.type();
  }

  /** A parameter met something. */
  void meets(int number, ValueType type, Nullability nullability) {
    if (type.isKnown()) {
      found.putIfAbsent(number, new Parameter(type, nullability));
    }
  }

  /** An operand of an expression met something; anything but a parameter does not care. */
  void meets(SqlNode operand, ValueType type) {
    meets(operand, type, Nullability.UNKNOWN);
  }

  void meets(SqlNode operand, ValueType type, Nullability nullability) {
    if (operand instanceof SqlBasicCall call
        && call.getOperator() instanceof TypedOperator.ParameterOperator parameter) {
      meets(parameter.number(), type, nullability);
    }
  }

  static boolean isParameter(SqlNode operand) {
    return operand instanceof SqlBasicCall call
        && call.getOperator() instanceof TypedOperator.ParameterOperator;
  }

  /** A value is stored in a column. */
  void stored(int number, CatalogTable.Column column) {
    // Without a value a rowid is given one.
    boolean never = column.notNull() && !column.rowid();
    meets(number, column.type(), never ? Nullability.NEVER : Nullability.POSSIBLE);
  }

  List<Parameter> list(int count) {
    List<Parameter> list = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      list.add(found.getOrDefault(i, Parameter.UNKNOWN));
    }
    return list;
  }
}
