package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Fetch;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.database.SessionState;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import dev.lockstep.sql.SqliteReader;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of one connection: as fresh as asked for, on a reader, in batches. */
final class Reads {
  private static final Logger LOG = LoggerFactory.getLogger(Reads.class);
  private static final String APPLIED_INDEX = "SELECT applied_index FROM sqlite_lockstep_state";

  private final Backend backend;
  private final Cursors cursors;

  Reads(Backend backend, Cursors cursors) {
    this.backend = backend;
    this.cursors = cursors;
  }

  /** Runs the reads when the state is fresh enough. Does not block. */
  void start(RunningRequest running, Execute execute, Plan plan) {
    Runnable whenFresh = () -> acquireReader(running, execute, plan);
    switch (execute.consistency()) {
      case LINEARIZABLE -> backend.afterBarrier(running, whenFresh, () -> {});
      case BOUNDED -> {
        if (backend.freshWithin(execute.maxStalenessMillis())) {
          whenFresh.run();
        } else {
          backend.afterBarrier(running, whenFresh, () -> {});
        }
      }
      case SESSION ->
          backend
              .replica()
              .whenApplied(
                  execute.appliedIndexMin(),
                  failure -> {
                    if (failure == null) {
                      whenFresh.run();
                    } else {
                      running.request().answer(Failures.of(failure, backend.topology()));
                    }
                  });
      case LOCAL -> whenFresh.run();
    }
  }

  private void acquireReader(RunningRequest running, Execute execute, Plan plan) {
    backend
        .readers()
        .acquire(
            new ReaderPool.Acquisition() {
              @Override
              public void ready(ReaderPool.Lease lease) {
                backend
                    .workers()
                    .execute(
                        running.request(),
                        () -> read(running, execute, plan, lease),
                        lease::release);
              }

              @Override
              public void refused() {
                running.request().answer(Failures.busy("all readers of this node are in use"));
              }
            });
  }

  /** On a worker. Releases the lease, which cursors that stay open have retained. */
  private void read(RunningRequest running, Execute execute, Plan plan, ReaderPool.Lease lease) {
    List<Cursor> opened = new ArrayList<>(1);
    List<StatementResult> results = new ArrayList<>(plan.statements().size());
    ServerMessage answer = null;
    try {
      SqliteReader reader = lease.reader();
      if (!running.enter(() -> interrupt(reader))) {
        return;
      }
      try {
        answer = readAll(execute, plan, lease, opened, results);
      } finally {
        Failure ended = running.leave();
        if (ended != null) {
          answer = ended;
        }
      }
    } catch (SQLException e) {
      answer = failure(e, results.size(), lease, answer);
    } catch (ProtocolException e) {
      answer = Failures.statement("54000", "a row is too large: " + e.getMessage());
    } finally {
      if (answer instanceof ServerMessage.Executed executed) {
        answer = keep(executed, opened);
      }
      opened.forEach(Cursor::close);
      lease.release();
      if (answer != null) {
        running.request().answer(answer);
      }
    }
  }

  private ServerMessage.Executed readAll(
      Execute execute,
      Plan plan,
      ReaderPool.Lease lease,
      List<Cursor> opened,
      List<StatementResult> results)
      throws SQLException {
    SqliteReader reader = lease.reader();
    reader.begin();
    if (plan.usesSession()) {
      setSession(reader, execute);
    }
    long index = appliedIndex(reader);
    boolean alone = plan.statements().size() == 1;
    for (Plan.Statement statement : plan.statements()) {
      Cursor cursor =
          Cursor.open(lease, statement.call(), statement.analyzed(), alone, execute.maxRows());
      opened.add(cursor);
      if (cursor.hasRows()) {
        RowBatch batch = cursor.next(execute.fetchSize());
        results.add(
            StatementResult.ofRows(new StatementResult.RowSet(false, cursor.columns(), batch, 0)));
      } else {
        results.add(StatementResult.ofCounts(0));
      }
    }
    if (results.isEmpty()) {
      results.add(StatementResult.ofCounts(0));
    }
    return new ServerMessage.Executed(index, false, results);
  }

  /** Gives numbers to the cursors that have more rows; what remains in the list is to be closed. */
  private ServerMessage keep(ServerMessage.Executed executed, List<Cursor> opened) {
    List<StatementResult> results = new ArrayList<>(executed.results());
    List<Long> kept = new ArrayList<>(1);
    List<Cursor> unwanted = new ArrayList<>(1);
    boolean tooMany = false;
    for (int i = 0; i < opened.size(); i++) {
      Cursor cursor = opened.get(i);
      long id = tooMany || cursor.exhausted() ? 0 : cursors.add(cursor);
      if (id == 0) {
        tooMany |= !cursor.exhausted();
        unwanted.add(cursor);
      } else {
        kept.add(id);
        StatementResult.RowSet rows = results.get(i).rows();
        results.set(
            i,
            StatementResult.ofRows(
                new StatementResult.RowSet(false, rows.columns(), rows.batch(), id)));
      }
    }
    opened.clear();
    opened.addAll(unwanted);
    if (tooMany) {
      kept.forEach(this::closeKept);
      return Failures.statement("54000", "too many open results on this connection");
    }
    return kept.isEmpty()
        ? executed
        : new ServerMessage.Executed(executed.appliedIndex(), false, results);
  }

  private void closeKept(long id) {
    Cursor cursor = cursors.remove(id);
    if (cursor != null) {
      cursor.close();
    }
  }

  /** Fetches more rows. Does not block. */
  void fetch(RunningRequest running, Fetch fetch) {
    Cursor cursor = cursors.take(fetch.cursor());
    if (cursor == null) {
      running
          .request()
          .answer(
              Failures.statement(
                  "24000",
                  cursors.expired(fetch.cursor())
                      ? "the result was closed because nothing was fetched from it for "
                          + backend.options().limits().cursorIdleMillis() / 1_000
                          + " s"
                      : "the result is closed"));
      return;
    }
    backend
        .workers()
        .execute(
            running.request(),
            () -> fetch(running, fetch, cursor),
            () -> cursors.giveBack(fetch.cursor(), true));
  }

  private void fetch(RunningRequest running, Fetch fetch, Cursor cursor) {
    ServerMessage answer = null;
    boolean keep = false;
    try {
      if (!running.enter(() -> interrupt(cursor.reader()))) {
        return;
      }
      try {
        RowBatch batch = cursor.next(fetch.fetchSize());
        keep = !cursor.exhausted();
        answer = new ServerMessage.Rows(batch, !keep);
      } finally {
        Failure ended = running.leave();
        if (ended != null) {
          answer = ended;
          keep = false;
        }
      }
    } catch (SQLException e) {
      answer = failure(e, 0, cursor.lease(), answer);
    } catch (ProtocolException e) {
      answer = Failures.statement("54000", "a row is too large: " + e.getMessage());
    } finally {
      cursors.giveBack(fetch.cursor(), keep);
      if (answer != null) {
        running.request().answer(answer);
      }
    }
  }

  private void setSession(SqliteReader reader, Execute execute) {
    SessionState state = backend.replica().session(execute.session()).orElse(null);
    if (state == null) {
      reader.setSession(0, 0, 0);
    } else {
      reader.setSession(state.lastInsertRowid(), state.changes(), state.totalChanges());
    }
  }

  /** The index of exactly the state that is read, so that a session never goes back behind it. */
  private static long appliedIndex(SqliteReader reader) throws SQLException {
    PreparedStatement statement = reader.prepare(APPLIED_INDEX);
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * @param ended why the request was ended, if it was: then that is the answer to an interruption
   */
  private ServerMessage failure(
      SQLException e, int statement, ReaderPool.Lease lease, ServerMessage ended) {
    SqlFailure failure = SqlErrors.classify(e);
    return switch (failure.kind()) {
      case STATEMENT -> Failures.statement(failure.error(), statement);
      case INTERRUPTED -> ended != null ? ended : Failures.statement(failure.error(), statement);
      case FAULT, DISK_FULL -> {
        LOG.error("a read failed", e);
        lease.spoil();
        if (SqlErrors.isDamage(e)) {
          backend.replica().condemn("the database file is damaged: " + failure.error().message());
        }
        yield Failures.unavailable("the read failed on this node: " + failure.error().message());
      }
    };
  }

  private static void interrupt(SqliteReader reader) {
    try {
      reader.interrupt();
    } catch (SQLException e) {
      LOG.warn("a read was not interrupted", e);
    }
  }
}
