package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * LATERAL. What may see the tables left of it in SQLite is the argument of a table-valued function:
 * so the query's rows go through {@code json_each}, as arrays of two elements for each column,
 * whether it is a blob and the value, blobs in hexadecimal. Where the query names a column of its
 * result, the value is taken from there.
 *
 * <p>For one SELECT.
 */
final class Laterals {
  /** What {@code json_each} has besides, and would make ambiguous. */
  private static final Set<String> JSON_COLUMNS =
      Set.of("key", "value", "type", "atom", "id", "parent", "fullkey", "path");

  private final Rewriter rewriter;
  private final Map<String, List<String>> laterals = new LinkedHashMap<>();

  /** All sources in their order, the lateral ones too, with their columns. */
  private final Map<String, List<String>> sources = new LinkedHashMap<>();

  private Laterals(Rewriter rewriter) {
    this.rewriter = rewriter;
  }

  /** Null if the SELECT has none; else its FROM and the order of its sources are rewritten. */
  static Laterals in(Rewriter rewriter, SqlSelect select)
      throws UntranslatableException, SQLException {
    if (select.getFrom() == null || !contains(select.getFrom())) {
      return null;
    }
    Laterals found = new Laterals(rewriter);
    select.setFrom(found.source(select.getFrom()));
    return found;
  }

  private static boolean contains(SqlNode from) {
    if (from instanceof SqlJoin join) {
      return contains(join.getLeft()) || contains(join.getRight());
    }
    return lateral(from) != null;
  }

  /** The query of {@code LATERAL (query) AS name}, or null. */
  private static SqlNode lateral(SqlNode source) {
    if (source.getKind() == SqlKind.AS) {
      return lateral(((SqlCall) source).operand(0));
    }
    return source.getKind() == SqlKind.LATERAL ? ((SqlCall) source).operand(0) : null;
  }

  private SqlNode source(SqlNode from) throws UntranslatableException, SQLException {
    if (from instanceof SqlJoin join) {
      join.setLeft(source(join.getLeft()));
      join.setRight(source(join.getRight()));
      if (join.getCondition() != null && join.getConditionType().name().equals("ON")) {
        join.setOperand(5, in(rewriter.rewrite(join.getCondition())));
      }
      return join;
    }
    SqlNode query = lateral(from);
    if (query == null) {
      SqlNode rewritten = rewriter.rewrite(from);
      sources.put(
          nameOf(rewritten),
          rewriter.columns(Nodes.select(Nodes.list(Nodes.star()), rewritten, null)));
      return rewritten;
    }
    if (from.getKind() != SqlKind.AS) {
      throw new UntranslatableException("LATERAL without a name");
    }
    SqlBasicCall as = (SqlBasicCall) from;
    String name = ((SqlIdentifier) as.operand(1)).getSimple();
    SqlNode rewritten = in(rewriter.rewrite(query));
    List<String> columns = columns(as, rewritten);
    laterals.put(name, columns);
    sources.put(name, columns);
    return Nodes.as(rows(rewritten, columns.size()), name);
  }

  private static String nameOf(SqlNode source) throws UntranslatableException {
    if (source.getKind() == SqlKind.AS) {
      return ((SqlIdentifier) ((SqlCall) source).operand(1)).getSimple();
    }
    if (source instanceof SqlIdentifier table) {
      return table.names.get(table.names.size() - 1);
    }
    throw new UntranslatableException("LATERAL beside a query without a name");
  }

  private List<String> columns(SqlBasicCall as, SqlNode query)
      throws UntranslatableException, SQLException {
    List<String> columns = new ArrayList<>();
    if (as.operandCount() > 2) {
      for (SqlNode name : as.getOperandList().subList(2, as.operandCount())) {
        columns.add(((SqlIdentifier) name).getSimple());
      }
      return columns;
    }
    SqlNode select = query instanceof SqlOrderBy ordered ? ordered.query : query;
    if (!(select instanceof SqlSelect plain)
        || plain.getSelectList().stream().anyMatch(Rewriter::isStar)) {
      try {
        return rewriter.columns(query);
      } catch (InvalidStatementException e) {
        throw new UntranslatableException("LATERAL of a query whose columns have no names");
      }
    }
    for (SqlNode item : plain.getSelectList()) {
      columns.add(Rewriter.alias(item));
    }
    return columns;
  }

  private static SqlNode rows(SqlNode query, int count) {
    List<String> columns = Queries.names("c", count);
    List<SqlNode> elements = new ArrayList<>();
    for (String column : columns) {
      elements.add(Template.fill("typeof(?1) = 'blob'", Nodes.name(column)));
      elements.add(
          Template.fill(
              "CASE typeof(?1) WHEN 'blob' THEN hex(?1) ELSE ?1 END", Nodes.name(column)));
    }
    SqlNode array =
        Nodes.select(
            Nodes.list(Nodes.call("json_group_array", Nodes.call("json_array", elements))),
            Nodes.with(Queries.INNER, columns, query, Nodes.all(Nodes.name(Queries.INNER))),
            null);
    return Nodes.call("json_each", array);
  }

  /** The expression with the columns of lateral queries in it. */
  SqlNode in(SqlNode expression) {
    return expression == null ? null : expression.accept(new Substitution());
  }

  SqlNodeList in(SqlNodeList list) {
    List<SqlNode> result = new ArrayList<>();
    list.forEach(node -> result.add(in(node)));
    return Nodes.list(result);
  }

  /** Select items, with a name where a column was one. */
  SqlNodeList items(SqlNodeList items) {
    List<SqlNode> result = new ArrayList<>();
    for (SqlNode item : items) {
      if (item instanceof SqlIdentifier star && star.isStar()) {
        result.addAll(all(star));
        continue;
      }
      SqlNode replaced = in(item);
      result.add(
          replaced != item && item instanceof SqlIdentifier
              ? Nodes.as(replaced, Rewriter.alias(item))
              : replaced);
    }
    return Nodes.list(result);
  }

  private List<SqlNode> all(SqlIdentifier star) {
    String only = star.names.size() > 1 ? star.names.get(star.names.size() - 2) : null;
    List<SqlNode> items = new ArrayList<>();
    sources.forEach(
        (name, columns) -> {
          if (only == null || only.equalsIgnoreCase(name)) {
            columns.forEach(column -> items.add(Nodes.as(in(Nodes.name(name, column)), column)));
          }
        });
    return items;
  }

  private final class Substitution extends SqlShuttle {
    private int depth;

    @Override
    public SqlNode visit(SqlIdentifier identifier) {
      int size = identifier.names.size();
      if (identifier.isStar() || size > 2) {
        return identifier;
      }
      String column = identifier.names.get(size - 1);
      for (Map.Entry<String, List<String>> lateral : laterals.entrySet()) {
        // In a query inside, a bare name may be one of its own.
        boolean meant =
            size == 2 ? identifier.names.get(0).equalsIgnoreCase(lateral.getKey()) : depth == 0;
        int place = indexOf(lateral.getValue(), column);
        if (meant && place >= 0) {
          return value(lateral.getKey(), place);
        }
      }
      return size == 1 && depth == 0 && JSON_COLUMNS.contains(column.toLowerCase(Locale.ROOT))
          ? qualified(identifier)
          : identifier;
    }

    private SqlNode qualified(SqlIdentifier column) {
      for (Map.Entry<String, List<String>> source : sources.entrySet()) {
        if (!laterals.containsKey(source.getKey())
            && indexOf(source.getValue(), column.getSimple()) >= 0) {
          return Nodes.name(source.getKey(), column.getSimple());
        }
      }
      return column;
    }

    @Override
    public SqlNode visit(SqlCall call) {
      if (call.getKind() == SqlKind.AS) {
        SqlNode operand = call.operand(0);
        SqlNode replaced = operand.accept(this);
        return replaced == operand
            ? call
            : SqlStdOperatorTable.AS.createCall(
                call.getParserPosition(), replaced, call.operand(1));
      }
      boolean query = call.isA(SqlKind.QUERY);
      depth += query ? 1 : 0;
      try {
        return super.visit(call);
      } finally {
        depth -= query ? 1 : 0;
      }
    }
  }

  private static int indexOf(List<String> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (name.equalsIgnoreCase(columns.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private static SqlNode value(String lateral, int place) {
    String blob = "json_extract(?1, '$[" + 2 * place + "]')";
    String value = "json_extract(?1, '$[" + (2 * place + 1) + "]')";
    return Template.fill(
        "CASE " + blob + " WHEN 1 THEN unhex(" + value + ") ELSE " + value + " END",
        Nodes.name(lateral, "value"));
  }
}
