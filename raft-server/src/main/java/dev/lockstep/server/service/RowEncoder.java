package dev.lockstep.server.service;

import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.Values;
import dev.lockstep.protocol.WireWriter;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.core.Codes;
import org.sqlite.core.CoreStatement;

/**
 * Between SQLite's values and the protocol's. Rows are read below JDBC: a {@code ResultSet} asks
 * several times for what one call of SQLite tells.
 */
final class RowEncoder {
  private RowEncoder() {}

  /** Appends the values of the row that the statement stands on. */
  static void encodeRow(PreparedStatement statement, int columns, WireWriter out)
      throws SQLException {
    ((CoreStatement) statement)
        .pointer.safeRunConsume(
            (database, pointer) -> {
              for (int i = 0; i < columns; i++) {
                switch (database.column_type(pointer, i)) {
                  case Codes.SQLITE_INTEGER ->
                      Values.writeInteger(out, database.column_long(pointer, i));
                  case Codes.SQLITE_FLOAT ->
                      Values.writeReal(out, database.column_double(pointer, i));
                  case Codes.SQLITE_TEXT -> Values.writeText(out, database.column_text(pointer, i));
                  case Codes.SQLITE_BLOB -> writeBlob(out, database.column_blob(pointer, i));
                  default -> Values.writeNull(out);
                }
              }
            });
  }

  private static void writeBlob(WireWriter out, byte[] nullIfEmpty) {
    Values.writeBlob(out, nullIfEmpty == null ? new byte[0] : nullIfEmpty);
  }

  /** Binds one row of parameters. */
  static void bind(PreparedStatement statement, StatementCall call, int row) throws SQLException {
    Object[] values = call.parameterRows().get(row);
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value == null) {
        statement.setNull(i + 1, java.sql.Types.NULL);
      } else if (value instanceof Long integer) {
        statement.setLong(i + 1, integer);
      } else if (value instanceof Double real) {
        statement.setDouble(i + 1, real);
      } else if (value instanceof String text) {
        statement.setString(i + 1, text);
      } else {
        statement.setBytes(i + 1, (byte[]) value);
      }
    }
  }
}
