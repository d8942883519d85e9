package dev.lockstep.sql.standard;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * {@code FETCH FIRST n ROWS WITH TIES}: LIMIT takes the number of rows that rank no worse than the
 * nth, counted by a query of its own over the same rows. So the query itself stays as it is.
 */
final class Ties {
  private static final String RANK = "lockstep_rank";

  private Ties() {}

  static SqlNode count(SqlSelect select, SqlNodeList order, SqlNode offset, SqlNode fetch)
      throws UntranslatableException {
    if (select.isDistinct()) {
      throw new UntranslatableException("WITH TIES of SELECT DISTINCT");
    }
    SqlNode[] compared = new SqlNode[order.size()];
    for (int i = 0; i < compared.length; i++) {
      compared[i] =
          OrderItem.with(order.get(i), expression(select, OrderItem.expression(order.get(i))));
    }
    SqlCall rank =
        SqlStdOperatorTable.OVER.createCall(
            Nodes.POS,
            Nodes.call("rank"),
            ((SqlCall) Nodes.over(Nodes.call("rank"), SqlNodeList.EMPTY, Nodes.list(compared)))
                .operand(1));
    SqlSelect ranked = Queries.copy(select, Nodes.list(Nodes.as(rank, RANK)));
    SqlNode last = offset == null ? fetch : Nodes.plus(fetch, offset);
    SqlNode counted =
        Nodes.select(
            Nodes.list(Nodes.call("count", SqlIdentifier.star(Nodes.POS))),
            ranked,
            SqlStdOperatorTable.LESS_THAN_OR_EQUAL.createCall(Nodes.POS, Nodes.name(RANK), last));
    return offset == null
        ? counted
        : Nodes.call("max", Nodes.minus(counted, offset), Nodes.number(0));
  }

  /** An order item may name a column of the result, which a window cannot. */
  private static SqlNode expression(SqlSelect select, SqlNode compared)
      throws UntranslatableException {
    int ordinal = OrderItem.ordinal(compared);
    boolean simple = compared instanceof SqlIdentifier identifier && identifier.isSimple();
    if (ordinal == 0 && !simple) {
      return compared;
    }
    int place = 0;
    for (SqlNode item : select.getSelectList()) {
      place++;
      if (ordinal > 0 && Rewriter.isStar(item)) {
        throw new UntranslatableException("WITH TIES ordered by the number of a column of *");
      }
      boolean meant =
          ordinal > 0
              ? place == ordinal
              : item.getKind() == SqlKind.AS
                  && ((SqlIdentifier) compared).getSimple().equalsIgnoreCase(Rewriter.alias(item));
      if (meant) {
        return Rewriter.expression(item);
      }
    }
    return compared;
  }
}
