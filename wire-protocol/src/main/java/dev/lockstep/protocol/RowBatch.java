package dev.lockstep.protocol;

import java.util.Arrays;

/**
 * Rows of a result as they came off the wire: a slice of the frame, decoded by {@link RowReader}
 * only where the application looks. Holds on to the frame's array.
 */
public final class RowBatch {
  public static final RowBatch EMPTY = new RowBatch(0, new byte[0], 0, 0);

  private final int rowCount;
  private final byte[] buffer;
  private final int offset;
  private final int length;

  /** Takes over the array: the caller does not change it any more. */
  public RowBatch(int rowCount, byte[] buffer, int offset, int length) {
    if (rowCount < 0 || offset < 0 || length < 0 || length > buffer.length - offset) {
      throw new IllegalArgumentException(
          rowCount + " rows at " + offset + ", " + length + " bytes of " + buffer.length);
    }
    this.rowCount = rowCount;
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
  }

  /** Encodes rows of values; for tests and small results. */
  public static RowBatch of(Iterable<Object[]> rows) {
    WireWriter out = new WireWriter();
    int count = 0;
    for (Object[] row : rows) {
      Values.writeRow(out, row);
      count++;
    }
    return new RowBatch(count, out.toByteArray(), 0, out.size());
  }

  public int rowCount() {
    return rowCount;
  }

  /** Size of the encoded rows in bytes. */
  public int byteCount() {
    return length;
  }

  public WireReader reader() {
    return new WireReader(buffer, offset, length);
  }

  void encode(WireWriter out) {
    out.writeVarInt(rowCount);
    out.writeBytes(buffer, offset, length);
  }

  static RowBatch decode(WireReader in) {
    long rowCount = in.readVarLong();
    if (rowCount < 0 || rowCount > Limits.ROWS_MAX) {
      throw new ProtocolException(
          Long.toUnsignedString(rowCount) + " rows, the limit is " + Limits.ROWS_MAX);
    }
    int length = in.readCount(Limits.FRAME_BYTES_MAX, "bytes of rows");
    // A row has a column at least, and a value takes a byte at least.
    if (rowCount > length) {
      throw new ProtocolException(rowCount + " rows in " + length + " bytes");
    }
    int offset = in.position();
    in.skip(length);
    return new RowBatch((int) rowCount, in.buffer(), offset, length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowBatch that
        && rowCount == that.rowCount
        && Arrays.equals(
            buffer, offset, offset + length, that.buffer, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = rowCount;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + buffer[offset + i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return "RowBatch[" + rowCount + " rows, " + length + " bytes]";
  }
}
