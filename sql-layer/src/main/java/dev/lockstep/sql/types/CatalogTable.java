package dev.lockstep.sql.types;

import java.util.List;

/**
 * A table, virtual table, table-valued function or view.
 *
 * @param name as declared
 * @param columns all of them in their order
 * @param view the text of the view's definition; null if it is none
 */
public record CatalogTable(String name, List<Column> columns, String view) {
  /**
   * A column.
   *
   * @param declaration the declared type, empty if there is none
   * @param notNull whether it never holds NULL
   * @param rowid whether it is the table's rowid, an INTEGER PRIMARY KEY
   * @param hidden whether {@code *} leaves it out
   * @param generated whether no value can be given to it
   */
  public record Column(
      String name,
      String declaration,
      boolean notNull,
      boolean rowid,
      boolean hidden,
      boolean generated) {
    ValueType type() {
      return rowid ? ValueType.BIGINT : ValueType.declared(declaration);
    }
  }

  public CatalogTable {
    columns = List.copyOf(columns);
  }

  /** Null if there is none. */
  Column column(String wanted) {
    for (Column column : columns) {
      if (column.name().equalsIgnoreCase(wanted)) {
        return column;
      }
    }
    return null;
  }

  /** Those that an INSERT without a list of columns gives values to. */
  List<Column> insertable() {
    return columns.stream().filter(column -> !column.hidden() && !column.generated()).toList();
  }
}
