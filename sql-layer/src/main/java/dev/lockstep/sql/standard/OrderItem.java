package dev.lockstep.sql.standard;

import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;

/** An item of ORDER BY: an expression inside DESC, NULLS FIRST and NULLS LAST. */
final class OrderItem {
  private OrderItem() {}

  /** What is compared. */
  static SqlNode expression(SqlNode item) {
    return isDirection(item) ? expression(((SqlBasicCall) item).operand(0)) : item;
  }

  /** The item with another expression. */
  static SqlNode with(SqlNode item, SqlNode expression) {
    if (!isDirection(item)) {
      return expression;
    }
    SqlBasicCall call = (SqlBasicCall) item;
    return call.getOperator().createCall(Nodes.POS, with(call.operand(0), expression));
  }

  /** The column that an item means by its number, from 1; 0 if it is no number. */
  static int ordinal(SqlNode item) {
    SqlNode expression = expression(item);
    return expression instanceof SqlLiteral literal
            && literal.getKind() == SqlKind.LITERAL
            && literal.getValue() instanceof java.math.BigDecimal number
            && number.scale() <= 0
            && number.precision() < 6
        ? number.intValue()
        : 0;
  }

  private static boolean isDirection(SqlNode item) {
    return switch (item.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> true;
      default -> false;
    };
  }
}
