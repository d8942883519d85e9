package dev.lockstep.sql.standard;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;

/** Queries made of other queries. */
final class Queries {
  /** The common table expression that a translation puts around a query. */
  static final String INNER = "lockstep_rows";

  private Queries() {}

  /** The same rows with other items, without DISTINCT and QUALIFY. */
  static SqlSelect copy(SqlSelect select, SqlNodeList items) {
    return copy(select, items, select.getGroup(), select.getHaving());
  }

  static SqlSelect copy(SqlSelect select, SqlNodeList items, SqlNodeList group, SqlNode having) {
    return new SqlSelect(
        Nodes.POS,
        SqlNodeList.EMPTY,
        items,
        select.getFrom(),
        select.getWhere(),
        group,
        having,
        select.getWindowList(),
        null,
        null,
        null,
        null,
        SqlNodeList.EMPTY);
  }

  /** c1, c2 … as many as there are. */
  static List<String> names(String letter, int count) {
    List<String> names = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      names.add("lockstep_" + letter + i);
    }
    return names;
  }

  /** {@code column AS label} for each of them. */
  static SqlNodeList labelled(List<String> columns, List<String> labels) {
    List<SqlNode> items = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      items.add(Nodes.as(Nodes.name(columns.get(i)), labels.get(i)));
    }
    return Nodes.list(items);
  }

  /** SQLite takes only SELECTs for the members of a UNION. */
  static SqlNode member(SqlNode query) {
    return query instanceof SqlSelect ? query : Nodes.all(query);
  }
}
