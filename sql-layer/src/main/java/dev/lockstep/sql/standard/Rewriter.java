package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlPivot;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnpivot;
import org.apache.calcite.sql.SqlWith;

/**
 * Goes through a statement from the inside out and replaces what SQLite lacks. What SQLite has
 * stays as it is, so that it means there what it means to SQLite.
 *
 * <p>For one statement; changes its nodes in place.
 */
final class Rewriter {
  private final SqliteDialect dialect;
  private final SchemaReader schema;

  Rewriter(SqliteDialect dialect, SchemaReader schema) {
    this.dialect = dialect;
    this.schema = schema;
  }

  SqlNode rewrite(SqlNode node) throws UntranslatableException, SQLException {
    if (node instanceof SqlNodeList list) {
      return rewriteList(list);
    }
    if (node instanceof SqlLiteral literal) {
      return DateTimes.literal(literal);
    }
    if (node instanceof SqlIdentifier identifier) {
      return Functions.identifier(identifier);
    }
    if (node instanceof SqlOrderBy ordered) {
      return rewriteOrdered(ordered);
    }
    if (node instanceof SqlSelect select) {
      rewriteParts(select, SqlNodeList.EMPTY);
      return new QueryRewriter(this, select, SqlNodeList.EMPTY).query();
    }
    if (node instanceof SqlPivot pivot) {
      pivot.query = rewrite(pivot.query);
      return new Pivots(this).rows(pivot);
    }
    if (node instanceof SqlUnpivot unpivot) {
      unpivot.query = rewrite(unpivot.query);
      return new Pivots(this).columns(unpivot);
    }
    if (node instanceof SqlInsert insert) {
      new Defaults(this).replaceIn(insert);
    }
    return node instanceof SqlCall call ? rewriteCall(call) : node;
  }

  SqlNodeList rewriteList(SqlNodeList list) throws UntranslatableException, SQLException {
    for (int i = 0; i < list.size(); i++) {
      list.set(i, rewrite(list.get(i)));
    }
    return list;
  }

  private SqlNode rewriteCall(SqlCall call) throws UntranslatableException, SQLException {
    if (call.getKind() == SqlKind.LATERAL) {
      throw new UntranslatableException("LATERAL");
    }
    if (call.getKind() == SqlKind.INTERVAL) {
      // Only what it is added to says what becomes of it.
      return call;
    }
    for (int i = 0; i < call.operandCount(); i++) {
      SqlNode operand = call.operand(i);
      if (operand != null && !isName(call, i)) {
        SqlNode rewritten = rewrite(operand);
        if (rewritten != operand) {
          call.setOperand(i, rewritten);
        }
      }
    }
    if (call instanceof SqlJoin || call instanceof SqlWith) {
      return call;
    }
    return switch (call.getKind()) {
      case AS -> DerivedColumns.rewrite(call);
      case UNION, EXCEPT, INTERSECT -> new SetOperations(this).rewrite(call);
      case SOME, ALL -> new Quantified(call).rewrite();
      case PLUS, MINUS, TIMESTAMP_ADD, TIMESTAMP_DIFF, EXTRACT, FLOOR, CEIL, MINUS_PREFIX ->
          DateTimes.call(call);
      default -> Functions.call(call);
    };
  }

  /** Whether an operand names something and is no expression. */
  private static boolean isName(SqlCall call, int operand) {
    return call.getKind() == SqlKind.AS && operand > 0;
  }

  private SqlNode rewriteOrdered(SqlOrderBy ordered) throws UntranslatableException, SQLException {
    SqlNodeList order = rewriteList(ordered.orderList);
    SqlNode query = ordered.query;
    QueryRewriter rewriter = null;
    if (query instanceof SqlSelect select) {
      order = rewriteParts(select, order);
      rewriter = new QueryRewriter(this, select, order);
      query = rewriter.query();
      order = rewriter.order();
    } else {
      query = rewrite(query);
    }
    SqlNode fetch = ordered.fetch;
    if (isTies(fetch)) {
      if (rewriter == null || !rewriter.isPlain() || order.isEmpty()) {
        throw new UntranslatableException("WITH TIES of a query that is not one ordered SELECT");
      }
      fetch = Ties.count((SqlSelect) query, order, ordered.offset, fetch);
    }
    if (fetch == null && ordered.offset != null) {
      fetch = Nodes.number(-1);
    }
    return order.isEmpty() && fetch == null
        ? query
        : new SqlOrderBy(ordered.getParserPosition(), query, order, ordered.offset, fetch);
  }

  private boolean isTies(SqlNode fetch) {
    return fetch instanceof org.apache.calcite.sql.SqlDynamicParam parameter
        && dialect.isTies(parameter.getIndex());
  }

  /**
   * Everything inside a SELECT, but not yet the SELECT itself.
   *
   * @param order rewritten already
   * @return the order, as it is to be from now on
   */
  private SqlNodeList rewriteParts(SqlSelect select, SqlNodeList order)
      throws UntranslatableException, SQLException {
    rewriteList(select.getSelectList());
    Laterals laterals = Laterals.in(this, select);
    if (laterals == null) {
      select.setFrom(rewriteOptional(select.getFrom()));
    }
    select.setWhere(rewriteOptional(select.getWhere()));
    if (select.getGroup() != null) {
      select.setGroupBy(rewriteList(select.getGroup()));
    }
    select.setHaving(rewriteOptional(select.getHaving()));
    rewriteList(select.getWindowList());
    select.setQualify(rewriteOptional(select.getQualify()));
    if (laterals == null) {
      return order;
    }
    select.setSelectList(laterals.items(select.getSelectList()));
    select.setWhere(laterals.in(select.getWhere()));
    if (select.getGroup() != null) {
      select.setGroupBy(laterals.in(select.getGroup()));
    }
    select.setHaving(laterals.in(select.getHaving()));
    select.setQualify(laterals.in(select.getQualify()));
    return laterals.in(order);
  }

  private SqlNode rewriteOptional(SqlNode node) throws UntranslatableException, SQLException {
    return node == null ? null : rewrite(node);
  }

  /** The labels of a rewritten query's columns, from SQLite itself. */
  List<String> columns(SqlNode query) throws UntranslatableException, SQLException {
    return schema.labels(dialect.write(query));
  }

  /** The names of the columns that a SELECT reads from; none if SQLite cannot tell. */
  Set<String> sourceColumns(SqlSelect select) throws SQLException {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    if (select.getFrom() == null) {
      return names;
    }
    try {
      names.addAll(columns(Nodes.select(Nodes.list(Nodes.star()), select.getFrom(), null)));
    } catch (UntranslatableException e) {
      // A source that only the queries around it explain.
      return names;
    }
    return names;
  }

  String write(SqlNode node) {
    return dialect.write(node);
  }

  SchemaReader schema() {
    return schema;
  }

  /** The expression of a select item. */
  static SqlNode expression(SqlNode item) {
    return item.getKind() == SqlKind.AS ? ((SqlBasicCall) item).operand(0) : item;
  }

  /** The name of a select item, or null. */
  static String alias(SqlNode item) {
    if (item.getKind() == SqlKind.AS) {
      return ((SqlIdentifier) ((SqlBasicCall) item).operand(1)).getSimple();
    }
    if (item instanceof SqlIdentifier identifier && !identifier.isStar()) {
      return identifier.names.get(identifier.names.size() - 1);
    }
    return null;
  }

  static boolean isStar(SqlNode item) {
    return item instanceof SqlIdentifier identifier && identifier.isStar();
  }
}
