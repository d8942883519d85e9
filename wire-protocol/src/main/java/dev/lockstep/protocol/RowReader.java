package dev.lockstep.protocol;

/**
 * Walks over the rows of a {@link RowBatch} and decodes single columns on demand. A row that was
 * stepped on has been checked as a whole, so reading its columns cannot fail. Not safe for use by
 * several threads.
 */
public final class RowReader {
  private final WireReader in;
  private final byte[] buffer;
  private final int[] offsets;
  private int rowsLeft;

  /** Where the next row begins. */
  private int nextRow;

  public RowReader(RowBatch batch, int columnCount) {
    this.in = batch.reader();
    this.buffer = in.buffer();
    this.offsets = new int[columnCount];
    this.rowsLeft = batch.rowCount();
    this.nextRow = in.position();
  }

  public int rowsLeft() {
    return rowsLeft;
  }

  /**
   * Steps to the next row; false after the last.
   *
   * @throws ProtocolException if the bytes are not rows of so many columns
   */
  public boolean next() {
    in.moveTo(nextRow);
    if (rowsLeft == 0) {
      in.expectEnd();
      return false;
    }
    rowsLeft--;
    readOffsets();
    return true;
  }

  private void readOffsets() {
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = in.position();
      Values.skip(in);
    }
    nextRow = in.position();
  }

  /** Where the current row is in its batch. */
  public int position() {
    return offsets[0];
  }

  /**
   * Goes to a row that was stepped on before; {@link #rowsLeft} does not follow.
   *
   * @param position the row's {@link #position()}, of this reader or another one of the batch
   */
  public void moveTo(int position) {
    in.moveTo(position);
    readOffsets();
  }

  /** Storage class of a column of the current row, counted from 0: a constant of Values. */
  public int storageClass(int column) {
    return buffer[offsets[column]];
  }

  /** The value of a column of the current row, counted from 0. */
  public Object value(int column) {
    in.moveTo(offsets[column]);
    return Values.read(in);
  }

  /** The value of a column that is {@link Values#INTEGER}, without an object for it. */
  public long integer(int column) {
    in.moveTo(offsets[column] + 1);
    return in.readSignedVarLong();
  }

  /** The value of a column that is {@link Values#REAL}, without an object for it. */
  public double real(int column) {
    in.moveTo(offsets[column] + 1);
    return in.readDouble();
  }
}
