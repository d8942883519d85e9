package dev.lockstep.server.service;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.sql.AnalyzedStatement;
import dev.lockstep.sql.ColumnInfo;
import dev.lockstep.sql.ResultColumns;
import dev.lockstep.sql.SqliteReader;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a query, as far as they were not sent yet. Holds its reader until it is closed. For
 * one thread at a time.
 */
final class Cursor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cursor.class);

  /** A batch ends with the row that makes it as large as this. */
  static final int BATCH_BYTES = 256 << 10;

  /** The largest batch, one huge row: leaves room for the rest of the answer in its frame. */
  private static final int BATCH_BYTES_MAX = Limits.FRAME_BYTES_MAX - (256 << 10);

  private final ReaderPool.Lease lease;
  private final SqliteReader reader;
  private final PreparedStatement statement;
  private final boolean ownsStatement;
  private final List<Column> columns;
  private final ResultSet rows;
  private final String counted;
  private long rowsLeft;
  private boolean onRow;
  private boolean closed;

  private Cursor(
      ReaderPool.Lease lease,
      PreparedStatement statement,
      boolean ownsStatement,
      List<Column> columns,
      ResultSet rows,
      String counted,
      long maxRows)
      throws SQLException {
    this.lease = lease;
    this.counted = counted;
    this.reader = lease.reader();
    this.statement = statement;
    this.ownsStatement = ownsStatement;
    this.columns = columns;
    this.rows = rows;
    this.rowsLeft = maxRows == 0 ? Long.MAX_VALUE : maxRows;
    this.onRow = rows != null && rows.next();
    lease.retain();
  }

  /**
   * Executes the query inside the reader's snapshot.
   *
   * @param counted the text under which its rows are counted
   * @param alone whether no other statement is prepared on the reader while the cursor lives, so
   *     that one of the reader's kept statements serves
   */
  static Cursor open(
      ReaderPool.Lease lease,
      StatementCall call,
      AnalyzedStatement analyzed,
      String counted,
      boolean alone,
      long maxRows)
      throws SQLException {
    SqliteReader reader = lease.reader();
    PreparedStatement statement =
        alone ? reader.prepare(call.sql()) : reader.connection().prepareStatement(call.sql());
    try {
      RowEncoder.bind(statement, call, 0);
      ResultSet rows = statement.execute() ? statement.getResultSet() : null;
      List<Column> columns = rows == null ? List.of() : columns(statement, rows, analyzed);
      return new Cursor(lease, statement, !alone, columns, rows, counted, maxRows);
    } catch (SQLException | RuntimeException e) {
      if (!alone) {
        statement.close();
      }
      throw e;
    }
  }

  /** PRAGMAs show their columns only now; those of others may have changed since the analysis. */
  private static List<Column> columns(
      PreparedStatement statement, ResultSet rows, AnalyzedStatement analyzed) throws SQLException {
    List<ColumnInfo> infos = analyzed.columns();
    if (infos.size() != rows.getMetaData().getColumnCount()) {
      infos = ResultColumns.of(statement);
    }
    List<Column> columns = new ArrayList<>(infos.size());
    for (ColumnInfo info : infos) {
      columns.add(new Column(info.label(), info.table(), info.declaredType()));
    }
    return columns;
  }

  /** Whether the statement returns rows at all. */
  boolean hasRows() {
    return rows != null;
  }

  /** The text under which its rows are counted. */
  String counted() {
    return counted;
  }

  List<Column> columns() {
    return columns;
  }

  /**
   * The next rows.
   *
   * @param count rows at most, 0 for as many as fit a batch
   * @throws dev.lockstep.protocol.ProtocolException if a row is larger than a frame
   */
  RowBatch next(int count) throws SQLException {
    WireWriter out = new WireWriter(1 << 10, BATCH_BYTES_MAX);
    int max = count == 0 ? Limits.ROWS_MAX : Math.min(count, Limits.ROWS_MAX);
    int taken = 0;
    while (onRow && taken < max && out.size() < BATCH_BYTES) {
      RowEncoder.encodeRow(statement, columns.size(), out);
      taken++;
      rowsLeft--;
      onRow = rowsLeft > 0 && rows.next();
    }
    return new RowBatch(taken, out.buffer(), 0, out.size());
  }

  /** Whether all rows were taken. */
  boolean exhausted() {
    return !onRow;
  }

  ReaderPool.Lease lease() {
    return lease;
  }

  SqliteReader reader() {
    return reader;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (rows != null) {
        rows.close();
      }
      if (ownsStatement) {
        statement.close();
      }
    } catch (SQLException e) {
      LOG.warn("a cursor did not close", e);
      lease.spoil();
    } finally {
      lease.release();
    }
  }
}
