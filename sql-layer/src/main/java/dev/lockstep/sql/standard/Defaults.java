package dev.lockstep.sql.standard;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * DEFAULT among the values of an INSERT. A column that is DEFAULT in every row is left out; else
 * the text of the default stands in its place.
 */
final class Defaults {
  private final Rewriter rewriter;

  Defaults(Rewriter rewriter) {
    this.rewriter = rewriter;
  }

  void replaceIn(SqlInsert insert) throws SQLException, UntranslatableException {
    if (insert.getSource().getKind() != SqlKind.VALUES) {
      return;
    }
    List<SqlCall> rows = new ArrayList<>();
    for (SqlNode row : ((SqlCall) insert.getSource()).getOperandList()) {
      rows.add((SqlCall) row);
    }
    if (rows.stream().noneMatch(row -> row.getOperandList().stream().anyMatch(Defaults::is))) {
      return;
    }
    List<SchemaReader.TableColumn> columns =
        columns(insert.getTargetTable(), insert.getTargetColumnList());
    List<SqlNode> names = new ArrayList<>();
    List<List<SqlNode>> kept = new ArrayList<>();
    rows.forEach(row -> kept.add(new ArrayList<>()));
    for (int i = 0; i < columns.size(); i++) {
      int place = i;
      if (rows.stream().allMatch(row -> row.operandCount() > place && is(row.operand(place)))) {
        continue;
      }
      names.add(Nodes.name(columns.get(i).name()));
      for (int r = 0; r < rows.size(); r++) {
        SqlNode value = rows.get(r).operand(i);
        kept.get(r).add(is(value) ? textOf(columns.get(i)) : value);
      }
    }
    if (names.isEmpty()) {
      throw new UntranslatableException("an INSERT of nothing but defaults; use DEFAULT VALUES");
    }
    insert.setOperand(3, Nodes.list(names));
    insert.setOperand(
        2,
        SqlStdOperatorTable.VALUES.createCall(
            Nodes.POS,
            kept.stream()
                .map(row -> (SqlNode) SqlStdOperatorTable.ROW.createCall(Nodes.POS, row))
                .toList()));
  }

  private static boolean is(SqlNode value) {
    return value.getKind() == SqlKind.DEFAULT;
  }

  private List<SchemaReader.TableColumn> columns(SqlNode table, SqlNodeList names)
      throws SQLException, UntranslatableException {
    SqlIdentifier identifier = (SqlIdentifier) table;
    String tableName = identifier.names.get(identifier.names.size() - 1);
    List<SchemaReader.TableColumn> all = rewriter.schema().columns(tableName);
    if (names == null) {
      return all.stream().filter(column -> !column.generated()).toList();
    }
    List<SchemaReader.TableColumn> chosen = new ArrayList<>();
    for (SqlNode name : names) {
      String simple = ((SqlIdentifier) name).getSimple();
      chosen.add(
          all.stream()
              .filter(column -> column.name().equalsIgnoreCase(simple))
              .findFirst()
              .orElseThrow(
                  () ->
                      new InvalidStatementException(
                          "42703", "table " + tableName + " has no column named " + simple)));
    }
    return chosen;
  }

  private static SqlNode textOf(SchemaReader.TableColumn column) {
    return column.defaultText() == null ? Nodes.nothing() : Template.fill(column.defaultText());
  }
}
