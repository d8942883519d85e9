package dev.lockstep.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.core.CoreStatement;

/** The columns of a prepared statement, as SQLite names them. */
public final class ResultColumns {
  private ResultColumns() {}

  /** Empty if the statement returns no rows. */
  public static List<ColumnInfo> of(PreparedStatement statement) throws SQLException {
    return ((CoreStatement) statement)
        .pointer.safeRun(
            (database, pointer) -> {
              int count = database.column_count(pointer);
              List<ColumnInfo> columns = new ArrayList<>(count);
              for (int i = 0; i < count; i++) {
                columns.add(
                    new ColumnInfo(
                        text(database.column_name(pointer, i)),
                        text(database.column_table_name(pointer, i)),
                        text(database.column_decltype(pointer, i))));
              }
              return columns;
            });
  }

  private static String text(String nullable) {
    return nullable == null ? "" : nullable;
  }
}
