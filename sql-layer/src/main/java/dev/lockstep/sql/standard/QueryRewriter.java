package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * QUALIFY and grouping sets. Both need the query inside another one, whose columns get names of
 * ours; what ORDER BY compares besides the result comes along as hidden columns.
 */
final class QueryRewriter {
  private final Rewriter rewriter;
  private final SqlSelect select;
  private final SqlNodeList order;
  private final SqlNode query;
  private final boolean plain;
  private SqlNodeList orderOutside;

  /** The parts of the SELECT are rewritten already. */
  QueryRewriter(Rewriter rewriter, SqlSelect select, SqlNodeList order)
      throws UntranslatableException, SQLException {
    this.rewriter = rewriter;
    this.select = select;
    this.order = order;
    this.orderOutside = order;
    boolean sets = GroupingSets.areIn(select.getGroup());
    this.plain = !sets && select.getQualify() == null;
    if (sets && select.getQualify() != null) {
      throw new UntranslatableException("QUALIFY over grouping sets");
    }
    this.query = plain ? select : sets ? overGroupingSets() : overQualify();
  }

  SqlNode query() {
    return query;
  }

  /** What the query is to be ordered by. */
  SqlNodeList order() {
    return orderOutside;
  }

  /** Whether nothing was to be done. */
  boolean isPlain() {
    return plain;
  }

  private SqlNode overQualify() throws SQLException, UntranslatableException {
    SqlNode qualify = withoutAliases(select.getQualify());
    List<String> labels = rewriter.columns(Queries.copy(select, select.getSelectList()));
    List<String> columns = Queries.names("c", labels.size());
    List<SqlNode> hidden = orderBy(labels, columns);
    List<SqlNode> items = new ArrayList<>(select.getSelectList());
    items.addAll(hidden);
    items.add(qualify);
    SqlSelect inner = Queries.copy(select, Nodes.list(items));
    List<String> all = new ArrayList<>(columns);
    all.addAll(Queries.names("o", hidden.size()));
    all.add("lockstep_qualify");
    SqlSelect outer =
        Nodes.select(
            Queries.labelled(columns, labels),
            Nodes.name(Queries.INNER),
            Nodes.name("lockstep_qualify"));
    keepDistinct(outer, hidden);
    return Nodes.with(Queries.INNER, all, inner, outer);
  }

  private SqlNode overGroupingSets() throws SQLException, UntranslatableException {
    if (!select.getWindowList().isEmpty()) {
      throw new UntranslatableException("windows over grouping sets");
    }
    List<String> labels = new ArrayList<>();
    for (SqlNode item : select.getSelectList()) {
      if (Rewriter.isStar(item)) {
        throw new UntranslatableException("* over grouping sets");
      }
      String alias = Rewriter.alias(item);
      labels.add(alias == null ? "column" + (labels.size() + 1) : alias);
    }
    List<String> columns = Queries.names("c", labels.size());
    List<SqlNode> hidden = orderBy(labels, columns);
    List<SqlNode> items = new ArrayList<>();
    select.getSelectList().forEach(item -> items.add(Rewriter.expression(item)));
    items.addAll(hidden);
    SqlNode union = new GroupingSets(rewriter, select).expand(items);
    List<String> all = new ArrayList<>(columns);
    all.addAll(Queries.names("o", hidden.size()));
    all.add("lockstep_forced");
    SqlSelect outer =
        Nodes.select(Queries.labelled(columns, labels), Nodes.name(Queries.INNER), null);
    keepDistinct(outer, hidden);
    return Nodes.with(Queries.INNER, all, union, outer);
  }

  private void keepDistinct(SqlSelect outer, List<SqlNode> hidden) throws UntranslatableException {
    if (!select.isDistinct()) {
      return;
    }
    if (!hidden.isEmpty()) {
      throw new UntranslatableException("SELECT DISTINCT ordered by what it does not select");
    }
    outer.setOperand(0, Nodes.list(SqlLiteral.createSymbol(SqlSelectKeyword.DISTINCT, Nodes.POS)));
  }

  /** Makes the order outside, and says which further columns the inner query needs for it. */
  private List<SqlNode> orderBy(List<String> labels, List<String> columns) {
    List<SqlNode> hidden = new ArrayList<>();
    List<SqlNode> outside = new ArrayList<>();
    for (SqlNode item : order) {
      SqlNode compared = OrderItem.expression(item);
      int index = resultColumn(compared, labels);
      if (index < 0) {
        hidden.add(compared);
      }
      String column =
          index >= 0
              ? columns.get(index)
              : Queries.names("o", hidden.size()).get(hidden.size() - 1);
      outside.add(OrderItem.with(item, Nodes.name(column)));
    }
    orderOutside = Nodes.list(outside);
    return hidden;
  }

  /** The place of the result's column that ORDER BY means, from 0; −1 if it means none. */
  private int resultColumn(SqlNode compared, List<String> labels) {
    int ordinal = OrderItem.ordinal(compared);
    if (ordinal > 0) {
      return ordinal <= labels.size() ? ordinal - 1 : -1;
    }
    if (compared instanceof SqlIdentifier identifier && identifier.isSimple()) {
      for (int i = 0; i < labels.size(); i++) {
        if (identifier.getSimple().equalsIgnoreCase(labels.get(i))) {
          return i;
        }
      }
    }
    return -1;
  }

  /** QUALIFY may name what the select list computes, if no column has this name. */
  private SqlNode withoutAliases(SqlNode condition) throws SQLException {
    Set<String> columns = rewriter.sourceColumns(select);
    return condition.accept(
        new SqlShuttle() {
          @Override
          public SqlNode visit(SqlIdentifier identifier) {
            for (SqlNode item : select.getSelectList()) {
              if (identifier.isSimple()
                  && item.getKind() == SqlKind.AS
                  && identifier.getSimple().equalsIgnoreCase(Rewriter.alias(item))
                  && !columns.contains(identifier.getSimple())) {
                return Rewriter.expression(item);
              }
            }
            return identifier;
          }

          @Override
          public SqlNode visit(SqlCall call) {
            return call.isA(SqlKind.QUERY) ? call : super.visit(call);
          }
        });
  }
}
