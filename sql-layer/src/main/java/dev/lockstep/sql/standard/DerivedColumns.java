package dev.lockstep.sql.standard;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** {@code (query) AS name(columns)} and {@code table AS name(columns)}. */
final class DerivedColumns {
  private DerivedColumns() {}

  /** The operand is rewritten already. */
  static SqlNode rewrite(SqlCall as) {
    if (as.operandCount() == 2) {
      return as;
    }
    List<String> columns = new ArrayList<>();
    for (SqlNode column : as.getOperandList().subList(2, as.operandCount())) {
      columns.add(((SqlIdentifier) column).getSimple());
    }
    SqlNode source = as.operand(0);
    SqlNode query = source.isA(SqlKind.QUERY) ? source : Nodes.all(source);
    SqlNode named = Nodes.with(Queries.INNER, columns, query, Nodes.all(Nodes.name(Queries.INNER)));
    return SqlStdOperatorTable.AS.createCall(Nodes.POS, named, as.operand(1));
  }
}
