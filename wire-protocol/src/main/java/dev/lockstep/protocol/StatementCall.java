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

  /** Bytes that the length of a text takes, where it is no more than allowed. */
  private static final int LENGTH_BYTES_MAX = 3;

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

  /**
   * Writes what {@link #decode} reads.
   *
   * @throws ProtocolException if the text is longer than that takes: it may have been made longer
   *     than what a client sent
   */
  public void encode(WireWriter out) {
    int start = out.size();
    out.writeString(sql);
    if (out.size() - start - LENGTH_BYTES_MAX > Limits.SQL_BYTES_MAX) {
      throw new ProtocolException(
          "statement of more than "
              + Limits.SQL_BYTES_MAX
              + " bytes with what is added to it: "
              + abbreviated());
    }
    out.writeVarInt(parameterCount());
    out.writeVarInt(parameterRows.size());
    for (Object[] row : parameterRows) {
      Values.writeRow(out, row);
    }
  }

  public static StatementCall decode(WireReader in) {
    String sql = in.readString(Limits.SQL_BYTES_MAX, "bytes of a statement");
    int parameters = in.readNonNegativeInt(Limits.PARAMETERS_MAX, "number of parameters");
    int rowCount = in.readNonNegativeInt(Limits.BATCH_ROWS_MAX, "number of rows");
    if (rowCount == 0) {
      throw new ProtocolException("a statement with no row of parameters");
    }
    if (parameters == 0) {
      if (rowCount != 1) {
        throw new ProtocolException(rowCount + " rows of a statement without parameters");
      }
      return new StatementCall(sql);
    }
    if ((long) parameters * rowCount > in.remaining()) {
      throw new ProtocolException(
          (long) parameters * rowCount + " parameters in " + in.remaining() + " bytes");
    }
    List<Object[]> rows = new ArrayList<>(Math.min(rowCount, 1024));
    for (int i = 0; i < rowCount; i++) {
      rows.add(Values.readRow(in, parameters));
    }
    return new StatementCall(sql, rows);
  }

  static void encodeAll(WireWriter out, List<StatementCall> calls) {
    out.writeVarInt(calls.size());
    for (StatementCall call : calls) {
      call.encode(out);
    }
  }

  static List<StatementCall> decodeAll(WireReader in) {
    int count = in.readCount(Limits.STATEMENTS_MAX, "statements");
    if (count == 0) {
      throw new ProtocolException("no statement to execute");
    }
    List<StatementCall> calls = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      calls.add(decode(in));
    }
    return calls;
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
