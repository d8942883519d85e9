package dev.lockstep.jdbc;

import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a result that can be scrolled: those that were come to are kept, as they came over
 * the wire. Used by one thread at a time.
 */
final class KeptRows {
  /** The batch of a row that was removed. */
  private static final int REMOVED = -2;

  private final RowStream rows;
  private final List<RowBatch> batches = new ArrayList<>();

  /** For each row that was come to, its batch and its place in there. */
  private int[] batchOf = new int[16];

  private int[] positionOf = new int[16];
  private int count;
  private int lastNumber;

  /** The index of the batch that came last, behind which single rows may stand. */
  private int lastBatch;

  /** The batch of the row that was gone to last. */
  private int current = -1;

  private RowReader reader;

  KeptRows(RowStream rows) {
    this.rows = rows;
  }

  /**
   * Goes to a row, counted from 1.
   *
   * @return false if there is no such row
   */
  boolean moveTo(int number, int fetchSize) throws SQLException {
    if (number < 1 || !readTo(number, fetchSize)) {
      return false;
    }
    int batch = batchOf[number - 1];
    if (batch == REMOVED) {
      current = REMOVED;
      reader = null;
      return true;
    }
    if (batch != current) {
      current = batch;
      reader = new RowReader(batches.get(batch), rows.columns().size());
    }
    reader.moveTo(positionOf[number - 1]);
    return true;
  }

  /** The number of rows, all of which are read for that. */
  int count(int fetchSize) throws SQLException {
    readTo(Integer.MAX_VALUE, fetchSize);
    return count;
  }

  boolean isLast(int number, int fetchSize) throws SQLException {
    return number == count && !readTo(number + 1, fetchSize);
  }

  private boolean readTo(int number, int fetchSize) throws SQLException {
    while (count < number && rows.next(fetchSize)) {
      if (batches.isEmpty() || rows.batchNumber() != lastNumber) {
        lastBatch = batches.size();
        batches.add(rows.batch());
        lastNumber = rows.batchNumber();
      }
      if (count == batchOf.length) {
        batchOf = Arrays.copyOf(batchOf, 2 * count);
        positionOf = Arrays.copyOf(positionOf, 2 * count);
      }
      batchOf[count] = lastBatch;
      positionOf[count] = rows.row().position();
      count++;
    }
    return count >= number;
  }

  /** From now on the row is another one, which is gone to. */
  void replace(int number, RowBatch row) {
    current = batches.size();
    batches.add(row);
    reader = new RowReader(row, rows.columns().size());
    reader.next();
    batchOf[number - 1] = current;
    positionOf[number - 1] = reader.position();
  }

  /** From now on there is nothing in the row's place. */
  void remove(int number) {
    batchOf[number - 1] = REMOVED;
    current = REMOVED;
    reader = null;
  }

  /** The row that was gone to last; null if it was removed. */
  RowReader row() {
    return reader;
  }
}
