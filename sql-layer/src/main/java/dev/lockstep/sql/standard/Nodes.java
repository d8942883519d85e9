package dev.lockstep.sql.standard;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

/** Makes the nodes that translations are made of. */
final class Nodes {
  static final SqlParserPos POS = SqlParserPos.ZERO;

  private Nodes() {}

  static SqlLiteral text(String value) {
    return SqlLiteral.createCharString(value, POS);
  }

  static SqlLiteral number(long value) {
    return SqlLiteral.createExactNumeric(Long.toString(value), POS);
  }

  static SqlLiteral nothing() {
    return SqlLiteral.createNull(POS);
  }

  static SqlIdentifier name(String... parts) {
    return new SqlIdentifier(List.of(parts), POS);
  }

  static SqlNodeList list(SqlNode... nodes) {
    return new SqlNodeList(List.of(nodes), POS);
  }

  static SqlNodeList list(List<? extends SqlNode> nodes) {
    return new SqlNodeList(nodes, POS);
  }

  /** A function that is written by this name, whatever Calcite knows of it. */
  static SqlCall call(String function, SqlNode... operands) {
    return call(function, List.of(operands));
  }

  static SqlCall call(String function, List<SqlNode> operands) {
    return new SqlBasicCall(
        new SqlFunction(
            function,
            SqlKind.OTHER_FUNCTION,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION),
        operands,
        POS);
  }

  static SqlNode and(SqlNode left, SqlNode right) {
    if (left == null) {
      return right;
    }
    return right == null ? left : SqlStdOperatorTable.AND.createCall(POS, left, right);
  }

  static SqlNode isNull(SqlNode node) {
    return SqlStdOperatorTable.IS_NULL.createCall(POS, node);
  }

  static SqlNode plus(SqlNode left, SqlNode right) {
    return SqlStdOperatorTable.PLUS.createCall(POS, left, right);
  }

  static SqlNode minus(SqlNode left, SqlNode right) {
    return SqlStdOperatorTable.MINUS.createCall(POS, left, right);
  }

  static SqlNode concat(SqlNode left, SqlNode right) {
    return SqlStdOperatorTable.CONCAT.createCall(POS, left, right);
  }

  static SqlNode as(SqlNode node, String label) {
    return SqlStdOperatorTable.AS.createCall(POS, node, name(label));
  }

  /** {@code CASE WHEN c1 THEN v1 … ELSE last END}. */
  static SqlNode cases(SqlNode... conditionsValuesAndElse) {
    List<SqlNode> when = new ArrayList<>();
    List<SqlNode> then = new ArrayList<>();
    for (int i = 0; i + 1 < conditionsValuesAndElse.length; i += 2) {
      when.add(conditionsValuesAndElse[i]);
      then.add(conditionsValuesAndElse[i + 1]);
    }
    SqlNode otherwise = conditionsValuesAndElse[conditionsValuesAndElse.length - 1];
    return new SqlCase(POS, null, list(when), list(then), otherwise);
  }

  static SqlNode integer(SqlNode node) {
    return cast(node, SqlTypeName.INTEGER);
  }

  static SqlNode cast(SqlNode node, SqlTypeName type) {
    return SqlStdOperatorTable.CAST.createCall(
        POS, node, new SqlDataTypeSpec(new SqlBasicTypeNameSpec(type, POS), POS));
  }

  static SqlNode over(SqlNode function, SqlNodeList partition, SqlNodeList order) {
    return SqlStdOperatorTable.OVER.createCall(
        POS,
        function,
        SqlWindow.create(
            null,
            null,
            partition,
            order,
            SqlLiteral.createBoolean(false, POS),
            null,
            null,
            null,
            POS));
  }

  static SqlSelect select(SqlNodeList items, SqlNode from, SqlNode where) {
    return new SqlSelect(
        POS,
        SqlNodeList.EMPTY,
        items,
        from,
        where,
        null,
        null,
        SqlNodeList.EMPTY,
        null,
        null,
        null,
        null,
        SqlNodeList.EMPTY);
  }

  static SqlNode star() {
    return SqlIdentifier.star(POS);
  }

  /** {@code SELECT * FROM (query)}. */
  static SqlSelect all(SqlNode query) {
    return select(list(star()), query, null);
  }

  /** {@code WITH name(columns) AS (query) body}. */
  static SqlWith with(String name, List<String> columns, SqlNode query, SqlNode body) {
    SqlNodeList columnList = list(columns.stream().map(Nodes::name).toList());
    SqlWithItem item = new SqlWithItem(POS, name(name), columnList, query);
    return new SqlWith(POS, list(item), body);
  }
}
