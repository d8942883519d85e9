package dev.lockstep.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A statement and the parameters it is run with: once for each row. A statement without parameters
 * has one empty row. The text may hold several statements, if there are no parameters.
 *
 * @param sql the text as the application gave it
 * @param parameterRows values in the order of the parameters; all rows have the same length. Null,
 *     {@link Long}, {@link Double}, {@link String} or {@code byte[]}; owned by this record
 */
public record StatementCall(String sql, List<Object[]> parameterRows) {
  private static final List<Object[]> NO_PARAMETERS = List.<Object[]>of(new Object[0]);

  public StatementCall {
    if (parameterRows.isEmpty()) {
      throw new IllegalArgumentException("a statement runs at least once");
    }
    int length = parameterRows.get(0).length;
    for (Object[] row : parameterRows) {
      if (row.length != length) {
        throw new IllegalArgumentException(
            "rows of " + length + " and of " + row.length + " parameters");
      }
    }
  }

  public StatementCall(String sql) {
    this(sql, NO_PARAMETERS);
  }

  public int parameterCount() {
    return parameterRows.get(0).length;
  }

  public void encode(WireWriter out) {
    out.writeString(sql);
    out.writeVarInt(parameterCount());
    out.writeVarInt(parameterRows.size());
    for (Object[] row : parameterRows) {
      Values.writeRow(out, row);
    }
  }

  public static StatementCall decode(WireReader in) {
    String sql = in.readString(Limits.SQL_BYTES_MAX, "bytes of a statement");
    long parameters = in.readVarLong();
    long rowCount = in.readVarLong();
    if (parameters < 0 || parameters > Limits.PARAMETERS_MAX) {
      throw new ProtocolException(
          Long.toUnsignedString(parameters) + " parameters, the limit is " + Limits.PARAMETERS_MAX);
    }
    if (rowCount < 1 || rowCount > Limits.BATCH_ROWS_MAX) {
      throw new ProtocolException(
          Long.toUnsignedString(rowCount) + " rows, the limit is " + Limits.BATCH_ROWS_MAX);
    }
    if (parameters == 0) {
      if (rowCount != 1) {
        throw new ProtocolException(rowCount + " rows of a statement without parameters");
      }
      return new StatementCall(sql);
    }
    if (parameters * rowCount > in.remaining()) {
      throw new ProtocolException(
          parameters * rowCount + " parameters in " + in.remaining() + " bytes");
    }
    List<Object[]> rows = new ArrayList<>((int) Math.min(rowCount, 1024));
    for (long i = 0; i < rowCount; i++) {
      rows.add(Values.readRow(in, (int) parameters));
    }
    return new StatementCall(sql, rows);
  }

  /** The text as it stands in the log and in errors, cut to a readable length. */
  public String abbreviated() {
    return sql.length() <= 200 ? sql : sql.substring(0, 200) + "…";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StatementCall that
        && sql.equals(that.sql)
        && Arrays.deepEquals(parameterRows.toArray(), that.parameterRows.toArray());
  }

  @Override
  public int hashCode() {
    return 31 * sql.hashCode() + Arrays.deepHashCode(parameterRows.toArray());
  }
}
