package dev.lockstep.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one statement did.
 *
 * @param updateCounts rows changed, for each parameter row; empty for a query
 * @param rows the rows returned (of a query, of RETURNING, or the generated keys asked for), or
 *     null where the statement returns none
 */
public record StatementResult(long[] updateCounts, RowSet rows) {
  private static final int HAS_ROWS = 1;

  /**
   * Returned rows, or their beginning.
   *
   * @param generatedKeys whether these are keys asked for by {@link GeneratedKeys} and not rows
   *     that the statement's own text returns
   * @param cursor where to {@link ClientMessage.Fetch} the rest, or 0 if this is all
   */
  public record RowSet(boolean generatedKeys, List<Column> columns, RowBatch batch, long cursor) {
    public RowSet {
      columns = List.copyOf(columns);
      if (columns.isEmpty()) {
        throw new IllegalArgumentException("rows without columns");
      }
    }

    void encode(WireWriter out) {
      out.writeBoolean(generatedKeys);
      out.writeVarInt(columns.size());
      columns.forEach(column -> column.encode(out));
      batch.encode(out);
      out.writeVarLong(cursor);
    }

    static RowSet decode(WireReader in) {
      boolean generatedKeys = in.readBoolean();
      int count = in.readCount(Limits.COLUMNS_MAX, "columns");
      if (count == 0) {
        throw new ProtocolException("rows without columns");
      }
      List<Column> columns = new ArrayList<>(Math.min(count, 64));
      for (int i = 0; i < count; i++) {
        columns.add(Column.decode(in));
      }
      return new RowSet(
          generatedKeys, columns, RowBatch.decode(in), in.readNonNegativeLong("cursor"));
    }
  }

  public static StatementResult ofCounts(long... updateCounts) {
    return new StatementResult(updateCounts, null);
  }

  public static StatementResult ofRows(RowSet rows) {
    return new StatementResult(new long[0], rows);
  }

  public void encode(WireWriter out) {
    out.writeVarInt(updateCounts.length);
    for (long count : updateCounts) {
      out.writeVarLong(count);
    }
    out.writeByte(rows == null ? 0 : HAS_ROWS);
    if (rows != null) {
      rows.encode(out);
    }
  }

  public static StatementResult decode(WireReader in) {
    int counts = in.readCount(Limits.BATCH_ROWS_MAX, "update counts");
    long[] updateCounts = new long[counts];
    for (int i = 0; i < counts; i++) {
      updateCounts[i] = in.readNonNegativeLong("update count");
    }
    int flags = in.readByte();
    if (flags > HAS_ROWS) {
      throw new ProtocolException("unknown flags of a statement result: " + flags);
    }
    return new StatementResult(updateCounts, flags == 0 ? null : RowSet.decode(in));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StatementResult that
        && Arrays.equals(updateCounts, that.updateCounts)
        && (rows == null ? that.rows == null : rows.equals(that.rows));
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(updateCounts) + (rows == null ? 0 : rows.hashCode());
  }
}
