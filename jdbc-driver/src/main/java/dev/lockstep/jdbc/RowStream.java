package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.ClusterClient;
import dev.lockstep.jdbc.client.Cursor;
import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.ServerMessage.Rows;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The rows of one result, fetched batch by batch; holds one batch, or two while it looks ahead.
 * Used by one thread at a time.
 */
final class RowStream {
  private final List<Column> columns;
  private final RowBatch first;
  private RowBatch batch;
  private int batchNumber;
  private final ClusterClient client;
  private RowReader current;
  private RowBatch ahead;
  private Cursor cursor;

  /**
   * @param cursor where the rest is, or null if the set has all rows
   * @param client fetches the rest; null if there is none
   */
  RowStream(RowSet rows, Cursor cursor, ClusterClient client) {
    this.columns = rows.columns();
    this.first = rows.batch();
    this.batch = first;
    this.current = new RowReader(rows.batch(), columns.size());
    this.cursor = cursor;
    this.client = client;
  }

  List<Column> columns() {
    return columns;
  }

  /** The batch that came with the result; to look at its first row. */
  RowBatch firstBatch() {
    return first;
  }

  /** Steps to the next row; false after the last. */
  boolean next(int fetchSize) throws SQLException {
    try {
      while (!current.next()) {
        if (!hasNext(fetchSize)) {
          return false;
        }
        batch = ahead;
        batchNumber++;
        current = new RowReader(ahead, columns.size());
        ahead = null;
      }
      return true;
    } catch (ProtocolException e) {
      throw SqlState.PROTOCOL_VIOLATION.exception("a row is malformed: " + e.getMessage(), e);
    }
  }

  /** Whether there is a row after the present one; that one stays readable. */
  boolean hasNext(int fetchSize) throws SQLException {
    while (current.rowsLeft() == 0 && (ahead == null || ahead.rowCount() == 0)) {
      if (cursor == null) {
        return false;
      }
      Rows rows = client.fetch(cursor, fetchSize);
      ahead = rows.batch();
      if (rows.last()) {
        cursor = null;
      }
    }
    return true;
  }

  /** The row that was stepped on last. */
  RowReader row() {
    return current;
  }

  /** The batch of that row. */
  RowBatch batch() {
    return batch;
  }

  /** Another one for each batch. */
  int batchNumber() {
    return batchNumber;
  }

  /** Gives the rest back. Idempotent. */
  void close() {
    Cursor rest = cursor;
    cursor = null;
    if (rest != null) {
      client.closeCursor(rest);
    }
  }
}
