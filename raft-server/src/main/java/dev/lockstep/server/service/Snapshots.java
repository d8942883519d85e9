package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Resume;
import dev.lockstep.protocol.Fingerprint;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.TransactionOptions;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.database.TransactionLimits;
import dev.lockstep.server.database.TransactionView;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * The read-only transactions of one connection, one at a time: on any node, without a turn, without
 * an entry of the log. Lives on the connection's event loop, but for {@link #sweep} and what it
 * gives to workers.
 */
final class Snapshots {
  private static final int BUFFER_BYTES = 1 << 10;

  private final Backend backend;
  private final Reads reads;
  private final Statements statements;

  /** The latest one, also when it is over; null before the first. */
  private volatile SnapshotTransaction latest;

  Snapshots(Backend backend, Reads reads, Statements statements) {
    this.backend = backend;
    this.reads = reads;
    this.statements = statements;
  }

  /** Whether this is the number of the latest one. */
  boolean has(long number) {
    return latest != null && latest.number() == number;
  }

  /** Whether a transaction with this number came, or one after it. */
  boolean isPast(long number) {
    return latest != null && latest.number() >= number;
  }

  void begin(long number, TransactionOptions options) {
    begin(number, options, backend.clockMillis(), backend.nextSeed());
  }

  private void begin(long number, TransactionOptions options, long clockMillis, long seed) {
    end();
    TransactionLimits most = backend.replica().transactions().limits();
    latest =
        new SnapshotTransaction(
            number,
            clockMillis,
            seed,
            limit(options.idleMillisMax(), most.idleMillisMax()),
            limit(options.totalMillisMax(), most.totalMillisMax()));
  }

  private static long limit(int wanted, long most) {
    return wanted == 0 ? most : Math.min(wanted, most);
  }

  /** Runs a step of the latest one. Does not block. */
  void step(RunningRequest running, Execute execute, Plan plan) {
    SnapshotTransaction snapshot = latest;
    withReader(
        running,
        snapshot,
        execute,
        (lease, opening) -> step(execute, plan, snapshot, lease, opening));
  }

  /** Begins one with the steps that it has taken elsewhere. Does not block. */
  void resume(RunningRequest running, Resume resume) {
    begin(resume.transaction(), resume.options(), resume.clockMillis(), resume.seed());
    SnapshotTransaction snapshot = latest;
    withReader(
        running,
        snapshot,
        Steps.executeOf(resume, resume.steps().get(0)),
        (lease, opening) -> replay(running, resume, snapshot, lease));
  }

  /** Work in a snapshot. */
  private interface Work {
    ServerMessage run(ReaderPool.Lease lease, Reads.Opening opening)
        throws SQLException, RefusedException;
  }

  private void withReader(
      RunningRequest running, SnapshotTransaction snapshot, Execute execute, Work work) {
    Consumer<ReaderPool.Lease> onWorker =
        lease -> {
          try {
            reads.answer(running, lease, opening -> work.run(lease, opening));
          } finally {
            snapshot.leave();
          }
        };
    if (snapshot.pinned()) {
      backend
          .workers()
          .execute(
              running.request(),
              () -> {
                ReaderPool.Lease lease = snapshot.enter();
                if (lease == null) {
                  running.request().answer(over(snapshot));
                } else {
                  onWorker.accept(lease);
                }
              },
              () -> {});
    } else if (snapshot.over()) {
      running.request().answer(over(snapshot));
    } else {
      reads.whenFresh(
          running,
          execute,
          () ->
              reads.withReader(
                  running,
                  lease -> {
                    if (snapshot.enter(lease)) {
                      onWorker.accept(lease);
                    } else {
                      lease.release();
                      running.request().answer(over(snapshot));
                    }
                  }));
    }
  }

  private static Failure over(SnapshotTransaction snapshot) {
    Failure expired = snapshot.expired();
    return expired == null ? Failures.transactionLost(Transactions.OVER) : expired;
  }

  /** On a worker. */
  private ServerMessage step(
      Execute execute,
      Plan plan,
      SnapshotTransaction snapshot,
      ReaderPool.Lease lease,
      Reads.Opening opening)
      throws SQLException, RefusedException {
    try {
      ServerMessage.Executed executed =
          reads.readAll(execute, plan, lease, opening, snapshot::fixClock);
      check(snapshot, executed.appliedIndex());
      if (plan.isOfTheNode()) {
        // Another node would answer something else: no step.
        return executed;
      }
      return new ServerMessage.Stepped(snapshot.receipt(fingerprint(executed)), executed, null);
    } catch (SQLException e) {
      if (SqlErrors.classify(e).kind() != SqlFailure.Kind.STATEMENT || plan.isOfTheNode()) {
        throw e;
      }
      check(snapshot, Reads.appliedIndex(lease.reader()));
      Failure failure = reads.failure(e, opening.statement(), lease);
      return new ServerMessage.Stepped(snapshot.receipt(fingerprint(failure)), null, failure);
    }
  }

  /** On a worker. */
  private ServerMessage replay(
      RunningRequest running, Resume resume, SnapshotTransaction snapshot, ReaderPool.Lease lease)
      throws SQLException {
    for (ScriptStep step : resume.steps()) {
      if (running.ended() || !isAsBefore(Steps.executeOf(resume, step), step, snapshot, lease)) {
        snapshot.end();
        return Failures.transactionLost(Steps.CHANGED);
      }
    }
    return new ServerMessage.Done(backend.replica().appliedIndex());
  }

  private boolean isAsBefore(
      Execute execute, ScriptStep step, SnapshotTransaction snapshot, ReaderPool.Lease lease)
      throws SQLException {
    Reads.Opening opening = new Reads.Opening();
    try {
      Plan plan = statements.analyze(execute, Plan.Purpose.TRANSACTION);
      ServerMessage answer = step(execute, plan, snapshot, lease, opening);
      if (!(answer instanceof ServerMessage.Stepped stepped)
          || !stepped.receipt().seen().equals(step.seen())) {
        return false;
      }
      for (ScriptStep.Fetched fetched : step.fetched()) {
        if (!opening.hasRows(fetched)) {
          return false;
        }
      }
      return true;
    } catch (RefusedException e) {
      // It was not refused then: a table is gone, or is another one now.
      return false;
    } finally {
      opening.close();
    }
  }

  private static void check(SnapshotTransaction snapshot, long appliedIndex)
      throws RefusedException {
    if (!snapshot.isAt(appliedIndex)) {
      throw new RefusedException(
          Failures.transactionLost("the snapshot of the read-only transaction was lost"));
    }
  }

  private static Fingerprint fingerprint(ServerMessage.Executed executed) {
    WireWriter out = new WireWriter(BUFFER_BYTES, Integer.MAX_VALUE - 64);
    ServerMessage.Executed.encodeResults(out, executed.results());
    return fingerprint(out);
  }

  private static Fingerprint fingerprint(Failure failure) {
    WireWriter out = new WireWriter(BUFFER_BYTES, Integer.MAX_VALUE - 64);
    failure.encode(out);
    return fingerprint(out);
  }

  private static Fingerprint fingerprint(WireWriter out) {
    Digest digest = Digest.of(out.buffer(), 0, out.size());
    return new Fingerprint(digest.high(), digest.low());
  }

  /** The application reads on in a result of the transaction. */
  void used() {
    SnapshotTransaction snapshot = latest;
    if (snapshot != null) {
      snapshot.used();
    }
  }

  /** What others see of the open one, or null. From any thread. */
  TransactionView view(long nanoTime) {
    SnapshotTransaction snapshot = latest;
    return snapshot == null ? null : snapshot.view(nanoTime);
  }

  /** Ends what was idle or took too long. From any thread. */
  void sweep(long nanoTime) {
    SnapshotTransaction snapshot = latest;
    if (snapshot != null && snapshot.expires(nanoTime)) {
      endLater(snapshot);
    }
  }

  /** Ends what is open; its reader is given back by a worker. */
  void end() {
    SnapshotTransaction snapshot = latest;
    if (snapshot != null && !snapshot.over()) {
      endLater(snapshot);
    }
  }

  private void endLater(SnapshotTransaction snapshot) {
    if (!backend.workers().execute(snapshot::end)) {
      snapshot.end();
    }
  }
}
