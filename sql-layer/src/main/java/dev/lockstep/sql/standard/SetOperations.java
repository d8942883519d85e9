package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * UNION, EXCEPT and INTERSECT. SQLite reads them from left to right, without parentheses; in the
 * standard INTERSECT binds tighter. INTERSECT ALL and EXCEPT ALL, which SQLite lacks, compare rows
 * with their number among equal ones.
 */
final class SetOperations {
  private static final String NUMBER = "lockstep_number";

  private final Rewriter rewriter;

  SetOperations(Rewriter rewriter) {
    this.rewriter = rewriter;
  }

  /** The members are rewritten already. */
  SqlNode rewrite(SqlCall call) throws UntranslatableException, SQLException {
    boolean all = ((SqlSetOperator) call.getOperator()).isAll();
    if (all && call.getKind() != SqlKind.UNION) {
      return overNumbers(call);
    }
    SqlNode left = call.operand(0);
    boolean chain = left.getKind() == call.getKind() || call.getKind() != SqlKind.INTERSECT;
    boolean bare = left instanceof SqlSelect || (isSetOperation(left) && chain);
    call.setOperand(0, bare ? left : Queries.member(left));
    call.setOperand(1, Queries.member(call.operand(1)));
    return call;
  }

  private static boolean isSetOperation(SqlNode node) {
    return switch (node.getKind()) {
      case UNION, EXCEPT, INTERSECT -> true;
      default -> false;
    };
  }

  private SqlNode overNumbers(SqlCall call) throws UntranslatableException, SQLException {
    List<String> labels = rewriter.columns(call.operand(0));
    List<String> columns = Queries.names("c", labels.size());
    SqlNode numbered =
        (call.getKind() == SqlKind.EXCEPT
                ? SqlStdOperatorTable.EXCEPT
                : SqlStdOperatorTable.INTERSECT)
            .createCall(
                Nodes.POS, numbered(call.operand(0), columns), numbered(call.operand(1), columns));
    List<String> all = new ArrayList<>(columns);
    all.add(NUMBER);
    return Nodes.all(
        Nodes.with(
            Queries.INNER,
            all,
            numbered,
            Nodes.select(Queries.labelled(columns, labels), Nodes.name(Queries.INNER), null)));
  }

  private static SqlSelect numbered(SqlNode member, List<String> columns) {
    SqlNodeList names = Nodes.list(columns.stream().map(Nodes::name).toList());
    List<SqlNode> items = new ArrayList<>(names);
    items.add(Nodes.over(Nodes.call("row_number"), names, SqlNodeList.EMPTY));
    return Nodes.all(
        Nodes.with(
            Queries.INNER,
            columns,
            member,
            Nodes.select(Nodes.list(items), Nodes.name(Queries.INNER), null)));
  }
}
