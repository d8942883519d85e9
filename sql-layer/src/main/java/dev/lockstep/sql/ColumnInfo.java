package dev.lockstep.sql;

import java.util.Objects;

/**
 * A result column of a statement, known without executing it.
 *
 * @param label the name after AS, or the one that SQLite gives
 * @param table the table that the column comes from, or the empty text for an expression
 * @param declaredType the type in the table's declaration, or the empty text where there is none
 */
public record ColumnInfo(String label, String table, String declaredType) {
  public ColumnInfo {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(declaredType, "declaredType");
  }
}
