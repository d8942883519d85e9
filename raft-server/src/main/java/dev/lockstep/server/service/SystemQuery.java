package dev.lockstep.server.service;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.database.ProvisionalTransaction;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import dev.lockstep.sql.SqliteReader;
import dev.lockstep.sql.SystemRead;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A query of system tables from inside a transaction that may write: beside it, on a reader of its
 * own and the last committed state. {@link #interrupt} may be called by any thread.
 */
final class SystemQuery {
  private static final Logger LOG = LoggerFactory.getLogger(SystemQuery.class);

  private final Backend backend;
  private SqliteReader running;
  private boolean interrupted;

  SystemQuery(Backend backend) {
    this.backend = backend;
  }

  /**
   * Runs it and takes all rows. Blocks.
   *
   * @throws RefusedException if the query would have to see what the transaction has changed, or
   *     fails
   */
  ServerMessage.Executed run(
      Plan.Statement statement, long maxRows, int bytesMax, ProvisionalTransaction transaction)
      throws RefusedException, SQLException {
    SystemRead read = statement.analyzed().systemRead();
    if (!read.content().isEmpty() && transaction.hasWritten()) {
      throw new RefusedException(
          Failures.statement(
              "0AL01",
              "a query that joins system tables with "
                  + String.join(", ", read.content())
                  + " does not see what the transaction has changed: commit first, or read them one"
                  + " after the other"));
    }
    try (SqliteReader reader = SqliteReader.open(backend.replica().currentFile())) {
      start(reader);
      try {
        reader.begin();
        reader.showSystem(read.tables(), backend.system());
        long index = Reads.appliedIndex(reader);
        StatementResult result = read(reader, statement, maxRows, bytesMax);
        return new ServerMessage.Executed(index, false, List.of(result));
      } finally {
        finish();
      }
    } catch (SQLException e) {
      SqlFailure failure = SqlErrors.classify(e);
      switch (failure.kind()) {
        case STATEMENT, INTERRUPTED ->
            throw new RefusedException(Failures.statement(failure.error(), 0));
        default -> throw e;
      }
    }
  }

  private static StatementResult read(
      SqliteReader reader, Plan.Statement statement, long maxRows, int bytesMax)
      throws SQLException, RefusedException {
    PreparedStatement query = reader.prepare(statement.call().sql());
    RowEncoder.bind(query, statement.call(), 0);
    try (ResultSet rows = query.executeQuery()) {
      List<Column> columns =
          statement.analyzed().columns().stream()
              .map(column -> new Column(column.label(), column.table(), column.declaredType()))
              .toList();
      WireWriter out = new WireWriter(1 << 10, bytesMax);
      int count = 0;
      while ((maxRows == 0 || count < maxRows) && count < Limits.ROWS_MAX && rows.next()) {
        RowEncoder.encodeRow(query, columns.size(), out);
        count++;
      }
      RowBatch batch = new RowBatch(count, out.buffer(), 0, out.size());
      return StatementResult.ofRows(new StatementResult.RowSet(false, columns, batch, 0));
    } catch (ProtocolException e) {
      throw new RefusedException(
          Failures.statement("54000", "the result is too large for a transaction"));
    }
  }

  private synchronized void start(SqliteReader reader) throws SQLException {
    running = reader;
    if (interrupted) {
      reader.interrupt();
    }
  }

  private synchronized void finish() {
    running = null;
  }

  /** Ends the query in progress, if there is one. */
  synchronized void interrupt() {
    interrupted = true;
    if (running != null) {
      try {
        running.interrupt();
      } catch (SQLException e) {
        LOG.warn("a query of system tables was not interrupted", e);
      }
    }
  }
}
