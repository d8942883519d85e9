package dev.lockstep.sql;

import java.util.List;

/**
 * Where an INSERT without RETURNING puts its rows: what is needed to ask for generated keys.
 *
 * @param table the table or view as declared
 * @param columns all its columns as declared, generated ones included
 * @param keyColumns the columns that identify a new row: the INTEGER PRIMARY KEY by its real name,
 *     else the primary key of a WITHOUT ROWID table, else {@code rowid}; empty for a view
 * @param body the statement without trailing comments and semicolon
 */
public record InsertTarget(
    String table, List<String> columns, List<String> keyColumns, String body) {
  public InsertTarget {
    columns = List.copyOf(columns);
    keyColumns = List.copyOf(keyColumns);
  }
}
