package dev.lockstep.protocol;

/**
 * Walks over the rows of a {@link RowBatch} and decodes single columns on demand. A row that was
 * stepped on has been checked as a whole, so reading its columns cannot fail. Not safe for use by
 * several threads.
 */
public final class RowReader {
  private final WireReader in;
  private final byte[] buffer;
  private final int end;
  private final int[] offsets;
  private int rowsLeft;

  public RowReader(RowBatch batch, int columnCount) {
    this.in = batch.reader();
    this.buffer = in.buffer();
    this.end = in.position() + in.remaining();
    this.offsets = new int[columnCount];
    this.rowsLeft = batch.rowCount();
  }

  public int rowsLeft() {
    return rowsLeft;
  }

  /** Steps to the next row; false after the last. */
  public boolean next() {
    if (rowsLeft == 0) {
      return false;
    }
    rowsLeft--;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = in.position();
      Values.skip(in);
    }
    return true;
  }

  /** Storage class of a column of the current row, counted from 0: a constant of Values. */
  public int storageClass(int column) {
    return buffer[offsets[column]];
  }

  /** The value of a column of the current row, counted from 0. */
  public Object value(int column) {
    return Values.read(at(column, 0));
  }

  /** The value of a column that is {@link Values#INTEGER}, without an object for it. */
  public long integer(int column) {
    return at(column, 1).readSignedVarLong();
  }

  /** The value of a column that is {@link Values#REAL}, without an object for it. */
  public double real(int column) {
    return at(column, 1).readDouble();
  }

  private WireReader at(int column, int skipped) {
    int offset = offsets[column] + skipped;
    return new WireReader(buffer, offset, end - offset);
  }
}
