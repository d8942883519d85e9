package dev.lockstep.jdbc;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.sql.ResultSet;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A result of {@link java.sql.DatabaseMetaData}, made row by row in memory. */
final class MetaRows {
  private final List<Column> columns = new ArrayList<>();
  private final List<Object[]> rows = new ArrayList<>();

  /**
   * @param names the columns in their order; one that begins with {@code #} holds integers, one
   *     that begins with {@code ?} booleans, the others text
   */
  MetaRows(String... names) {
    for (String name : names) {
      columns.add(
          switch (name.charAt(0)) {
            case '#' -> new Column(name.substring(1), "", "INTEGER");
            case '?' -> new Column(name.substring(1), "", "BOOLEAN");
            default -> new Column(name, "", "TEXT");
          });
    }
  }

  /** Adds a row; integers of any size and booleans are allowed besides the values of SQLite. */
  MetaRows add(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(values.length + " values for " + columns.size());
    }
    Object[] row = new Object[values.length];
    for (int i = 0; i < row.length; i++) {
      row[i] =
          values[i] instanceof Boolean flag
              ? (Object) (flag ? 1L : 0L)
              : values[i] instanceof Number number ? (Object) number.longValue() : values[i];
    }
    rows.add(row);
    return this;
  }

  /** Sorts by columns, counted from 0, which hold texts or integers and no nulls. */
  MetaRows sort(int... by) {
    rows.sort(
        (a, b) -> {
          for (int column : by) {
            int order = compare(a[column], b[column]);
            if (order != 0) {
              return order;
            }
          }
          return 0;
        });
    return this;
  }

  private static int compare(Object a, Object b) {
    return a instanceof Long number
        ? number.compareTo((Long) b)
        : String.valueOf(a).compareTo(String.valueOf(b));
  }

  ResultSet toResultSet(LockstepStatement owner) {
    RowSet set = new RowSet(false, columns, RowBatch.of(rows), 0);
    return new LockstepResultSet(owner, new RowStream(set, null, null), 0, ZoneOffset.UTC);
  }
}
