package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlPivot;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnpivot;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** PIVOT, a column for each value, and UNPIVOT, a row for each column. */
final class Pivots {
  private static final String SOURCE = "lockstep_source";

  private final Rewriter rewriter;

  Pivots(Rewriter rewriter) {
    this.rewriter = rewriter;
  }

  /** Grouped by all columns that PIVOT does not name. The query is rewritten already. */
  SqlNode rows(SqlPivot pivot) throws SQLException, UntranslatableException {
    rewriter.rewriteList(pivot.aggList);
    rewriter.rewriteList(pivot.axisList);
    List<SqlNode> items = new ArrayList<>(remaining(pivot.query, pivot.usedColumnNames()));
    SqlNodeList group = items.isEmpty() ? null : Nodes.list(items);
    pivot.forEachNameValues(
        (valueName, values) ->
            pivot.forEachAgg(
                (aggregateName, aggregate) ->
                    items.add(
                        Nodes.as(
                            filtered((SqlCall) aggregate, pivot.axisList, values),
                            aggregateName == null ? valueName : valueName + "_" + aggregateName))));
    SqlSelect select = Nodes.select(Nodes.list(items), source(pivot.query), null);
    select.setGroupBy(group);
    return select;
  }

  private static SqlNode filtered(SqlCall aggregate, SqlNodeList axes, SqlNodeList values) {
    SqlNode condition = null;
    for (int i = 0; i < axes.size(); i++) {
      condition =
          Nodes.and(
              condition,
              SqlStdOperatorTable.EQUALS.createCall(Nodes.POS, axes.get(i), values.get(i)));
    }
    return SqlStdOperatorTable.FILTER.createCall(Nodes.POS, aggregate, condition);
  }

  private List<SqlNode> remaining(SqlNode query, Set<String> used)
      throws UntranslatableException, SQLException {
    Set<String> without = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    without.addAll(used);
    List<SqlNode> columns = new ArrayList<>();
    for (String column :
        rewriter.columns(Nodes.select(Nodes.list(Nodes.star()), source(query), null))) {
      if (!without.contains(column)) {
        columns.add(Nodes.name(column));
      }
    }
    return columns;
  }

  private static SqlNode source(SqlNode query) {
    return query instanceof SqlIdentifier
        ? query
        : SqlStdOperatorTable.AS.createCall(Nodes.POS, query, Nodes.name(SOURCE));
  }

  /** One SELECT for each group of columns. The query is rewritten already. */
  SqlNode columns(SqlUnpivot unpivot) throws UntranslatableException, SQLException {
    List<SqlNode> kept = remaining(unpivot.query, unpivot.usedColumnNames());
    SqlNode[] union = new SqlNode[1];
    unpivot.forEachNameValues(
        (columns, names) -> {
          List<SqlNode> items = new ArrayList<>(kept);
          SqlNodeList labels = names == null ? named(columns) : names;
          for (int i = 0; i < unpivot.axisList.size(); i++) {
            items.add(Nodes.as(labels.get(i), name(unpivot.axisList.get(i))));
          }
          SqlNode present = null;
          for (int i = 0; i < unpivot.measureList.size(); i++) {
            items.add(Nodes.as(columns.get(i), name(unpivot.measureList.get(i))));
            SqlNode notNull = SqlStdOperatorTable.IS_NOT_NULL.createCall(Nodes.POS, columns.get(i));
            present =
                present == null
                    ? notNull
                    : SqlStdOperatorTable.OR.createCall(Nodes.POS, present, notNull);
          }
          SqlSelect select =
              Nodes.select(
                  Nodes.list(items), source(unpivot.query), unpivot.includeNulls ? null : present);
          union[0] =
              union[0] == null
                  ? select
                  : SqlStdOperatorTable.UNION_ALL.createCall(Nodes.POS, union[0], select);
        });
    return union[0];
  }

  private static String name(SqlNode identifier) {
    return ((SqlIdentifier) identifier).getSimple();
  }

  /** A column that is given no name is named by itself. */
  private static SqlNodeList named(SqlNodeList columns) {
    return Nodes.list(
        columns.stream()
            .map(column -> (SqlNode) Nodes.text(((SqlIdentifier) column).getSimple()))
            .toList());
  }
}
