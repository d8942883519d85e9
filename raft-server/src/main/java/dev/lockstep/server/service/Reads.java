package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Fetch;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowsDigest;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.database.SessionState;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import dev.lockstep.sql.SqliteReader;
import dev.lockstep.sql.SystemRead;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of one connection: as fresh as asked for, on a reader, in batches. */
final class Reads {
  private static final Logger LOG = LoggerFactory.getLogger(Reads.class);
  private static final String APPLIED_INDEX = "SELECT applied_index FROM sqlite_lockstep_state";

  /** Time that a read waits for what its session has seen. */
  private static final long SESSION_WAIT_MILLIS = 2_000;

  private final Backend backend;
  private final Cursors cursors;

  Reads(Backend backend, Cursors cursors) {
    this.backend = backend;
    this.cursors = cursors;
  }

  /** Runs the reads when the state is fresh enough. Does not block. */
  void start(RunningRequest running, Execute execute, Plan plan) {
    whenFresh(
        running,
        execute,
        () ->
            withReader(
                running,
                lease -> {
                  try {
                    answer(running, lease, opening -> readAll(execute, plan, lease, opening, null));
                  } finally {
                    lease.release();
                  }
                }));
  }

  /** Goes on when the state is as fresh as asked for, or answers the request. */
  void whenFresh(RunningRequest running, Execute execute, Runnable then) {
    switch (execute.consistency()) {
      case LINEARIZABLE -> backend.afterBarrier(running, then, () -> {});
      case BOUNDED -> {
        if (backend.freshWithin(execute.maxStalenessMillis())) {
          then.run();
        } else {
          backend.afterBarrier(running, then, () -> {});
        }
      }
      case SESSION -> whenSeen(running, execute.appliedIndexMin(), then);
      case LOCAL -> then.run();
    }
  }

  /**
   * Goes on when this node has come to the index. One that lags far behind, as one that was cut off
   * does, says so: the client may find what it has seen elsewhere.
   */
  private void whenSeen(RunningRequest running, long index, Runnable then) {
    AtomicBoolean decided = new AtomicBoolean();
    CompletableFuture<Void> seen = new CompletableFuture<>();
    Replica.Waiting waiting =
        backend
            .replica()
            .whenApplied(
                index,
                failure -> {
                  if (!decided.compareAndSet(false, true)) {
                    return;
                  }
                  seen.complete(null);
                  if (failure == null) {
                    then.run();
                  } else {
                    running.request().answer(Failures.of(failure, backend.topology()));
                  }
                });
    if (decided.get()) {
      return;
    }
    Future<?> patience =
        backend
            .timer()
            .schedule(
                () -> {
                  if (decided.compareAndSet(false, true)) {
                    waiting.cancel();
                    running
                        .request()
                        .answer(
                            Failures.unavailable(
                                "node "
                                    + backend.options().nodeId()
                                    + " has not yet applied what the session has seen"));
                  }
                },
                SESSION_WAIT_MILLIS,
                TimeUnit.MILLISECONDS);
    seen.thenRun(() -> patience.cancel(false));
  }

  /**
   * @param then called on a worker; the lease is its to release
   */
  void withReader(RunningRequest running, Consumer<ReaderPool.Lease> then) {
    backend
        .readers()
        .acquire(
            new ReaderPool.Acquisition() {
              @Override
              public void ready(ReaderPool.Lease lease) {
                backend
                    .workers()
                    .execute(running.request(), () -> then.accept(lease), lease::release);
              }

              @Override
              public void refused() {
                running.request().answer(Failures.busy("all readers of this node are in use"));
              }
            });
  }

  /** What a request does with a reader. */
  interface Work {
    ServerMessage run(Opening opening) throws SQLException, RefusedException;
  }

  /** The results of a request in the making, and their cursors. */
  static final class Opening {
    private final List<Cursor> cursors = new ArrayList<>(1);
    private final List<StatementResult> results = new ArrayList<>(1);

    /** The statement that is being executed, from 0. */
    int statement() {
      return results.size();
    }

    /** Whether a result begins with these rows, of which its first batch was taken already. */
    boolean hasRows(ScriptStep.Fetched fetched) throws SQLException {
      StatementResult.RowSet first =
          fetched.result() < results.size() ? results.get(fetched.result()).rows() : null;
      if (first == null) {
        return false;
      }
      Cursor cursor = cursors.get(fetched.result());
      RowsDigest digest = new RowsDigest();
      digest.add(first.batch());
      take(cursor, fetched.rows().count() - first.batch().rowCount(), digest);
      return digest.seen().equals(fetched.rows()) && (!fetched.complete() || cursor.exhausted());
    }

    void close() {
      cursors.forEach(Cursor::close);
    }
  }

  /** Chance and time of the statements of a read-only transaction. */
  interface StatementClock {
    /** To be called before each statement. */
    void fix(SqliteReader reader);
  }

  /**
   * Does the work and answers the request; on a worker. Cursors that stay open retain the lease.
   */
  void answer(RunningRequest running, ReaderPool.Lease lease, Work work) {
    Opening opening = new Opening();
    ServerMessage answer = null;
    try {
      SqliteReader reader = lease.reader();
      if (!running.enter(() -> interrupt(reader))) {
        return;
      }
      Failure ended;
      try {
        answer = work.run(opening);
      } catch (SQLException e) {
        answer = failure(e, opening.statement(), lease);
      } catch (RefusedException e) {
        answer = e.failure();
      } catch (ProtocolException e) {
        answer = Failures.statement("54000", "a row is too large: " + e.getMessage());
      } finally {
        ended = running.leave();
      }
      if (ended != null) {
        answer = ended;
      }
    } catch (SQLException e) {
      answer = failure(e, 0, lease);
    } finally {
      if (answer instanceof ServerMessage.Executed executed) {
        answer = keep(executed, opening);
      } else if (answer instanceof ServerMessage.Stepped stepped && stepped.executed() != null) {
        ServerMessage kept = keep(stepped.executed(), opening);
        answer =
            kept instanceof ServerMessage.Executed executed
                ? new ServerMessage.Stepped(stepped.receipt(), executed, null)
                : kept;
      }
      opening.close();
      if (answer != null) {
        running.request().answer(answer);
      }
    }
  }

  /**
   * Executes all statements of the plan in the reader's snapshot.
   *
   * @param clock null for the real one
   * @throws RefusedException if the rows that the client has already are not here
   */
  ServerMessage.Executed readAll(
      Execute execute, Plan plan, ReaderPool.Lease lease, Opening opening, StatementClock clock)
      throws SQLException, RefusedException {
    SqliteReader reader = lease.reader();
    reader.begin();
    if (plan.usesSession()) {
      setSession(reader, execute);
    }
    long index = appliedIndex(reader);
    String typed = execute.calls().size() == 1 ? execute.calls().get(0).sql() : null;
    for (Plan.Statement statement : plan.statements()) {
      showSystem(statement.analyzed().systemRead(), lease);
      if (clock != null) {
        clock.fix(reader);
      }
      Cursor cursor =
          Cursor.open(
              lease,
              statement.call(),
              statement.analyzed(),
              typed == null ? statement.call().sql() : typed,
              plan.statements().size() == 1 && clock == null,
              execute.maxRows());
      opening.cursors.add(cursor);
      if (cursor.hasRows()) {
        skip(cursor, execute.seen());
        RowBatch batch = cursor.next(execute.fetchSize());
        opening.results.add(
            StatementResult.ofRows(new StatementResult.RowSet(false, cursor.columns(), batch, 0)));
      } else {
        opening.results.add(StatementResult.ofCounts(0));
      }
    }
    if (opening.results.isEmpty()) {
      opening.results.add(StatementResult.ofCounts(0));
    }
    return new ServerMessage.Executed(index, false, opening.results);
  }

  /**
   * The reader serves nobody else afterwards, who would find tables that are not the database's.
   */
  private void showSystem(SystemRead read, ReaderPool.Lease lease) throws SQLException {
    if (read != null) {
      lease.spoil();
      lease.reader().showSystem(read.tables(), backend.system());
    }
  }

  /** Passes over the rows that the client has, if they are the same. */
  static void skip(Cursor cursor, RowsSeen seen) throws SQLException, RefusedException {
    RowsDigest digest = new RowsDigest();
    take(cursor, seen.count(), digest);
    if (seen.count() > 0 && !digest.seen().equals(seen)) {
      throw new RefusedException(
          Failures.transactionLost(
              "the rows that were read before their node was lost have changed"));
    }
  }

  private static void take(Cursor cursor, long count, RowsDigest digest) throws SQLException {
    long left = count;
    while (left > 0 && !cursor.exhausted()) {
      RowBatch batch = cursor.next((int) Math.min(left, Limits.ROWS_MAX));
      digest.add(batch);
      left -= batch.rowCount();
    }
  }

  /** Gives numbers to the cursors that have more rows; what remains in the list is to be closed. */
  private ServerMessage keep(ServerMessage.Executed executed, Opening opening) {
    List<StatementResult> results = new ArrayList<>(executed.results());
    List<Cursor> opened = opening.cursors;
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
      Failure ended;
      try {
        RowBatch batch = cursor.next(fetch.fetchSize());
        keep = !cursor.exhausted();
        backend.statistics().fetched(cursor.counted(), batch.rowCount());
        answer = new ServerMessage.Rows(batch, !keep);
      } catch (SQLException e) {
        answer = failure(e, 0, cursor.lease());
      } catch (ProtocolException e) {
        answer = Failures.statement("54000", "a row is too large: " + e.getMessage());
      } finally {
        ended = running.leave();
      }
      if (ended != null) {
        answer = ended;
        keep = false;
      }
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
  static long appliedIndex(SqliteReader reader) throws SQLException {
    PreparedStatement statement = reader.prepare(APPLIED_INDEX);
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What the client is told; a reader that failed is not used any more. */
  Failure failure(SQLException e, int statement, ReaderPool.Lease lease) {
    SqlFailure failure = SqlErrors.classify(e);
    return switch (failure.kind()) {
      case STATEMENT, INTERRUPTED -> Failures.statement(failure.error(), statement);
      case FAULT, DISK_FULL -> {
        LOG.error("a read failed", e);
        lease.spoil();
        backend.replica().readFailed(e);
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
