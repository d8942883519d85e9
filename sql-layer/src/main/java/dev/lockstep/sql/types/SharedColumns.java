package dev.lockstep.sql.types;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * What {@code *} stands for where tables share columns by NATURAL or USING: SQLite leaves them at
 * their places in the first table, the standard and Calcite put them before all others.
 */
final class SharedColumns {
  /** Finds the table of a name, or null. */
  @FunctionalInterface
  interface Tables {
    CatalogTable table(String name) throws SQLException;
  }

  private final Tables tables;
  private final List<SqlNode> columns = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  private SharedColumns(Tables tables) {
    this.tables = tables;
  }

  /** Whether tables share columns. */
  static boolean in(SqlNode from) {
    return from instanceof SqlJoin join
        && (shares(join) || in(join.getLeft()) || in(join.getRight()));
  }

  private static boolean shares(SqlJoin join) {
    return join.isNatural() || join.getConditionType() == JoinConditionType.USING;
  }

  /**
   * The columns of all tables.
   *
   * @throws UntypedException if they are not those of tables, or may come from either side
   */
  static List<SqlNode> of(SqlNode from, Tables tables) throws UntypedException, SQLException {
    SharedColumns shared = new SharedColumns(tables);
    shared.add(from, new HashSet<>());
    return shared.columns;
  }

  /**
   * @param without names, in lower case, of columns that another table before has
   */
  private void add(SqlNode from, Set<String> without) throws UntypedException, SQLException {
    if (!(from instanceof SqlJoin join)) {
      addTable(from, without);
      return;
    }
    add(join.getLeft(), without);
    Set<String> shared = new HashSet<>();
    if (join.isNatural()) {
      shared.addAll(seen);
    } else if (join.getConditionType() == JoinConditionType.USING) {
      for (SqlNode name : (SqlNodeList) join.getCondition()) {
        shared.add(lower(((SqlIdentifier) name).getSimple()));
      }
    }
    if (!shared.isEmpty()
        && (join.getJoinType() == JoinType.FULL || join.getJoinType() == JoinType.RIGHT)) {
      throw new UntypedException("shared columns of an outer join");
    }
    add(join.getRight(), shared);
  }

  private void addTable(SqlNode from, Set<String> without) throws UntypedException, SQLException {
    SqlNode source = from;
    String alias = null;
    if (from.getKind() == SqlKind.AS) {
      source = ((SqlCall) from).operand(0);
      alias = ((SqlIdentifier) ((SqlCall) from).operand(1)).getSimple();
    }
    CatalogTable table =
        source instanceof SqlIdentifier identifier && identifier.isSimple()
            ? tables.table(identifier.getSimple())
            : null;
    if (table == null) {
      throw new UntypedException("shared columns of what is no table");
    }
    String name = alias == null ? ((SqlIdentifier) source).getSimple() : alias;
    for (CatalogTable.Column column : table.columns()) {
      if (!column.hidden() && !without.contains(lower(column.name()))) {
        columns.add(new SqlIdentifier(List.of(name, column.name()), SqlParserPos.ZERO));
      }
      seen.add(lower(column.name()));
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
