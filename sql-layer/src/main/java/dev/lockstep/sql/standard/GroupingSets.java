package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * GROUPING SETS, ROLLUP and CUBE: one SELECT for each set, all of them in a UNION ALL. What a set
 * does not group by is NULL there.
 */
final class GroupingSets {
  /** SQLite's own limit of the members of a UNION. */
  private static final int SETS_MAX = 500;

  private static final Set<String> AGGREGATES =
      Set.of(
          "count",
          "sum",
          "avg",
          "total",
          "min",
          "max",
          "group_concat",
          "string_agg",
          "median",
          "percentile",
          "percentile_cont",
          "percentile_disc",
          "json_group_array",
          "json_group_object",
          "stddev",
          "stddev_pop",
          "stddev_samp",
          "variance",
          "var_pop",
          "var_samp",
          "covar_pop",
          "covar_samp",
          "corr",
          "regr_avgx",
          "regr_avgy",
          "regr_count",
          "regr_intercept",
          "regr_r2",
          "regr_slope",
          "regr_sxx",
          "regr_sxy",
          "regr_syy");

  private final Rewriter rewriter;
  private final SqlSelect select;
  private final Set<String> columns;

  GroupingSets(Rewriter rewriter, SqlSelect select) throws SQLException {
    this.rewriter = rewriter;
    this.select = select;
    this.columns = rewriter.sourceColumns(select);
  }

  static boolean areIn(SqlNodeList group) {
    return group != null && group.stream().anyMatch(GroupingSets::isSet);
  }

  private static boolean isSet(SqlNode item) {
    return switch (item.getKind()) {
      case ROLLUP, CUBE, GROUPING_SETS -> true;
      default -> false;
    };
  }

  /**
   * @param items expressions, without names
   * @return a query with these columns and one more, which only makes SQLite see an aggregate
   */
  SqlNode expand(List<SqlNode> items) throws UntranslatableException {
    List<List<SqlNode>> sets = List.of(List.of());
    for (SqlNode item : select.getGroup()) {
      sets = product(sets, sets(item));
    }
    List<SqlNode> all = new ArrayList<>();
    sets.forEach(all::addAll);
    SqlNode union = null;
    for (List<SqlNode> set : sets) {
      SqlNode branch = branch(items, set, all);
      union =
          union == null
              ? branch
              : SqlStdOperatorTable.UNION_ALL.createCall(Nodes.POS, union, branch);
    }
    return union;
  }

  private SqlNode branch(List<SqlNode> items, List<SqlNode> set, List<SqlNode> all)
      throws UntranslatableException {
    Substitution substitution = new Substitution(set, all);
    List<SqlNode> columns = new ArrayList<>();
    for (SqlNode item : items) {
      columns.add(substitution.in(item));
    }
    columns.add(Nodes.call("count", Nodes.star()));
    SqlNode having = select.getHaving() == null ? null : substitution.in(select.getHaving());
    return Queries.copy(
        select, Nodes.list(columns), set.isEmpty() ? null : Nodes.list(set), having);
  }

  private List<List<SqlNode>> sets(SqlNode item) throws UntranslatableException {
    if (!isSet(item)) {
      return List.of(members(item));
    }
    List<SqlNode> operands = ((SqlCall) item).getOperandList();
    List<List<SqlNode>> sets = new ArrayList<>();
    switch (item.getKind()) {
      case ROLLUP -> {
        for (int length = operands.size(); length >= 0; length--) {
          sets.add(members(operands.subList(0, length)));
        }
      }
      case CUBE -> {
        if (operands.size() > 8) {
          throw tooMany();
        }
        for (int mask = (1 << operands.size()) - 1; mask >= 0; mask--) {
          List<SqlNode> chosen = new ArrayList<>();
          for (int i = 0; i < operands.size(); i++) {
            if ((mask & (1 << (operands.size() - 1 - i))) != 0) {
              chosen.addAll(members(operands.get(i)));
            }
          }
          sets.add(chosen);
        }
      }
      default -> {
        for (SqlNode operand : operands) {
          sets.addAll(sets(operand));
        }
      }
    }
    return sets;
  }

  private List<SqlNode> members(List<SqlNode> items) throws UntranslatableException {
    List<SqlNode> members = new ArrayList<>();
    for (SqlNode item : items) {
      members.addAll(members(item));
    }
    return members;
  }

  /** (a, b) is two expressions, () none, a number the select item of this place. */
  private List<SqlNode> members(SqlNode item) throws UntranslatableException {
    if (item instanceof SqlNodeList list) {
      return members(list.getList());
    }
    if (item.getKind() == SqlKind.ROW) {
      return members(((SqlCall) item).getOperandList());
    }
    int ordinal = OrderItem.ordinal(item);
    if (ordinal > select.getSelectList().size()) {
      throw new UntranslatableException("GROUP BY " + ordinal);
    }
    if (ordinal > 0) {
      return List.of(Rewriter.expression(select.getSelectList().get(ordinal - 1)));
    }
    if (item instanceof SqlIdentifier identifier
        && identifier.isSimple()
        && !columns.contains(identifier.getSimple())) {
      for (SqlNode selected : select.getSelectList()) {
        SqlNode expression = Rewriter.expression(selected);
        if (identifier.getSimple().equalsIgnoreCase(Rewriter.alias(selected))
            && !(expression instanceof SqlIdentifier)) {
          return List.of(expression);
        }
      }
    }
    return List.of(item);
  }

  private static List<List<SqlNode>> product(List<List<SqlNode>> left, List<List<SqlNode>> right)
      throws UntranslatableException {
    List<List<SqlNode>> product = new ArrayList<>();
    for (List<SqlNode> first : left) {
      for (List<SqlNode> second : right) {
        List<SqlNode> both = new ArrayList<>(first);
        both.addAll(second);
        product.add(both);
      }
    }
    if (product.size() > SETS_MAX) {
      throw tooMany();
    }
    return product;
  }

  private static UntranslatableException tooMany() {
    return new UntranslatableException("more than " + SETS_MAX + " grouping sets");
  }

  /** Puts NULL for what a set does not group by, and numbers for GROUPING. */
  private final class Substitution extends SqlShuttle {
    private final List<SqlNode> set;
    private final List<SqlNode> all;
    private String unknown;

    Substitution(List<SqlNode> set, List<SqlNode> all) {
      this.set = set;
      this.all = all;
    }

    SqlNode in(SqlNode expression) throws UntranslatableException {
      SqlNode result = expression.accept(this);
      if (unknown != null) {
        throw new UntranslatableException(unknown + " is not grouped by");
      }
      return result;
    }

    @Override
    public SqlNode visit(SqlIdentifier identifier) {
      if (contains(set, identifier) || isClock(identifier)) {
        return identifier;
      }
      if (!contains(all, identifier)) {
        unknown = identifier.toString();
      }
      return Nodes.nothing();
    }

    private static boolean isClock(SqlIdentifier identifier) {
      return identifier.isSimple()
          && identifier.getSimple().toUpperCase(Locale.ROOT).startsWith("CURRENT_");
    }

    @Override
    public SqlNode visit(SqlCall call) {
      String function = call.getOperator().getName();
      if (function.equalsIgnoreCase("GROUPING") || function.equalsIgnoreCase("GROUPING_ID")) {
        long bits = 0;
        for (SqlNode operand : call.getOperandList()) {
          bits = bits * 2 + (contains(set, operand) ? 0 : 1);
        }
        return Nodes.number(bits);
      }
      if (call.getKind() == SqlKind.OVER) {
        unknown = "a window";
        return call;
      }
      if (contains(set, call) || isAggregate(call) || call.isA(SqlKind.QUERY)) {
        return call;
      }
      return contains(all, call) ? Nodes.nothing() : super.visit(call);
    }

    private boolean contains(List<SqlNode> expressions, SqlNode wanted) {
      return expressions.stream().anyMatch(each -> isSame(each, wanted));
    }

    private boolean isSame(SqlNode left, SqlNode right) {
      if (left instanceof SqlIdentifier first && right instanceof SqlIdentifier second) {
        int length = Math.min(first.names.size(), second.names.size());
        for (int i = 1; i <= length; i++) {
          if (!first
              .names
              .get(first.names.size() - i)
              .equalsIgnoreCase(second.names.get(second.names.size() - i))) {
            return false;
          }
        }
        return true;
      }
      return left.getKind() == right.getKind()
          && rewriter.write(left).equalsIgnoreCase(rewriter.write(right));
    }
  }

  /** Whether it computes one value of many rows. */
  static boolean isAggregate(SqlCall call) {
    if (call.getKind() == SqlKind.FILTER || call.getKind() == SqlKind.WITHIN_GROUP) {
      return true;
    }
    String name = call.getOperator().getName().toLowerCase(Locale.ROOT);
    boolean scalar = (name.equals("min") || name.equals("max")) && call.operandCount() > 1;
    return AGGREGATES.contains(name) && !scalar;
  }
}
