package dev.lockstep.sql.types;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;

/** Arguments of the functions of time. */
final class TimeModifiers {
  private TimeModifiers() {}

  /** Whether fractions of seconds may be asked for, so that the answer is a real number. */
  static boolean mayBeSubsecond(SqlCall call) {
    List<SqlNode> arguments = call.getOperandList();
    for (int i = 0; i < arguments.size(); i++) {
      boolean literal = arguments.get(i) instanceof SqlLiteral;
      boolean asked =
          literal
              && CalciteText.SUBSECOND.equals(
                  ((SqlLiteral) arguments.get(i)).getValueAs(String.class));
      if (asked || !literal && i > 0) {
        return true;
      }
    }
    return false;
  }
}
