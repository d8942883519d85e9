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
  private final RowStream rows;
  private final List<RowBatch> batches = new ArrayList<>();

  /** For each row that was come to, its batch and its place in there. */
  private int[] batchOf = new int[16];

  private int[] positionOf = new int[16];
  private int count;
  private int lastNumber;

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
        batches.add(rows.batch());
        lastNumber = rows.batchNumber();
      }
      if (count == batchOf.length) {
        batchOf = Arrays.copyOf(batchOf, 2 * count);
        positionOf = Arrays.copyOf(positionOf, 2 * count);
      }
      batchOf[count] = batches.size() - 1;
      positionOf[count] = rows.row().position();
      count++;
    }
    return count >= number;
  }

  /** The row that was gone to last. */
  RowReader row() {
    return reader;
  }
}
