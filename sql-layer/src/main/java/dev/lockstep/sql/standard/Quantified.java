package dev.lockstep.sql.standard;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.util.Util;

/**
 * {@code x > ALL (query)} and its like, with NULL where the standard wants it. The query's column
 * gets a name of ours, so that no name in x is taken for it.
 */
final class Quantified {
  private static final String VALUE = "lockstep_value";

  private final SqlKind comparison;
  private final boolean all;
  private final SqlNode value;
  private final SqlNode rows;

  /** The operands are rewritten already. */
  Quantified(SqlCall call) {
    SqlQuantifyOperator operator = (SqlQuantifyOperator) call.getOperator();
    this.comparison = operator.comparisonKind;
    this.all = operator.getKind() == SqlKind.ALL;
    this.value = call.operand(0);
    this.rows = call.operand(1) instanceof SqlNodeList list ? values(list) : call.operand(1);
  }

  private static SqlNode values(SqlNodeList list) {
    return SqlStdOperatorTable.VALUES.createCall(
        Nodes.POS,
        list.stream()
            .map(each -> (SqlNode) SqlStdOperatorTable.ROW.createCall(Nodes.POS, each))
            .toList());
  }

  SqlNode rewrite() throws UntranslatableException {
    if (comparison == SqlKind.EQUALS && !all) {
      return SqlStdOperatorTable.IN.createCall(Nodes.POS, value, rows);
    }
    if (comparison == SqlKind.NOT_EQUALS && all) {
      return SqlStdOperatorTable.NOT_IN.createCall(Nodes.POS, value, rows);
    }
    if (value.getKind() == SqlKind.ROW) {
      throw new UntranslatableException("quantified comparison of rows");
    }
    return hasAggregate(value) ? byExtreme() : byRow();
  }

  private SqlNode byRow() throws UntranslatableException {
    SqlNode compared = compared(Nodes.name(VALUE));
    return Nodes.cases(
        exists(all ? not(compared) : compared),
        Nodes.number(all ? 0 : 1),
        exists(Nodes.isNull(compared)),
        Nodes.nothing(),
        Nodes.number(all ? 1 : 0));
  }

  /** SQLite takes no aggregate of a query into a query inside: the extreme decides. */
  private SqlNode byExtreme() throws UntranslatableException {
    boolean greater =
        switch (comparison) {
          case GREATER_THAN, GREATER_THAN_OR_EQUAL -> true;
          case LESS_THAN, LESS_THAN_OR_EQUAL -> false;
          default ->
              throw new UntranslatableException(
                  "an aggregate that is compared with " + (all ? "= ALL" : "<> ANY"));
        };
    SqlNode extreme = scalar(greater == all ? "max" : "min");
    SqlNode decisive = all ? not(compared(extreme)) : compared(extreme);
    SqlNode unknown =
        SqlStdOperatorTable.OR.createCall(
            Nodes.POS, Nodes.isNull(value), exists(Nodes.isNull(Nodes.name(VALUE))));
    return Nodes.cases(
        not(exists(null)),
        Nodes.number(all ? 1 : 0),
        decisive,
        Nodes.number(all ? 0 : 1),
        unknown,
        Nodes.nothing(),
        Nodes.number(all ? 1 : 0));
  }

  private static boolean hasAggregate(SqlNode node) {
    try {
      node.accept(
          new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlCall call) {
              if (GroupingSets.isAggregate(call)) {
                throw Util.FoundOne.NULL;
              }
              return call.isA(SqlKind.QUERY) ? null : super.visit(call);
            }
          });
      return false;
    } catch (Util.FoundOne found) {
      return true;
    }
  }

  private SqlNode scalar(String aggregate) {
    return Nodes.with(
        Queries.INNER,
        List.of(VALUE),
        rows,
        Nodes.select(
            Nodes.list(Nodes.call(aggregate, Nodes.name(VALUE))), Nodes.name(Queries.INNER), null));
  }

  private SqlNode exists(SqlNode condition) {
    return SqlStdOperatorTable.EXISTS.createCall(
        Nodes.POS,
        Nodes.with(
            Queries.INNER,
            List.of(VALUE),
            rows,
            Nodes.select(Nodes.list(Nodes.number(1)), Nodes.name(Queries.INNER), condition)));
  }

  private static SqlNode not(SqlNode condition) {
    return SqlStdOperatorTable.NOT.createCall(Nodes.POS, condition);
  }

  private SqlNode compared(SqlNode with) throws UntranslatableException {
    SqlOperator operator =
        switch (comparison) {
          case EQUALS -> SqlStdOperatorTable.EQUALS;
          case NOT_EQUALS -> SqlStdOperatorTable.NOT_EQUALS;
          case LESS_THAN -> SqlStdOperatorTable.LESS_THAN;
          case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
          case GREATER_THAN -> SqlStdOperatorTable.GREATER_THAN;
          case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
          default -> throw new UntranslatableException(comparison + " with a quantifier");
        };
    return operator.createCall(Nodes.POS, value, with);
  }
}
