package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Describe;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Resume;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.TransactionOptions;
import dev.lockstep.server.database.ProvisionalTransaction;
import dev.lockstep.server.database.TransactionLimits;
import dev.lockstep.server.database.TransactionLostException;
import dev.lockstep.server.database.TransactionMode;
import dev.lockstep.server.database.TransactionStart;
import java.util.List;

/**
 * The transactions of one connection that may write, one at a time. Its requests come one after
 * another. Lives on the connection's event loop, but for what it gives to workers.
 */
final class Transactions {
  static final String OVER = "the transaction is over: it was rolled back";

  /**
   * How far the clock of a resumed transaction may be ahead of this node's: it becomes the
   * database's with the commit.
   */
  private static final long CLOCK_AHEAD_MILLIS_MAX = 3_600_000;

  private final Backend backend;
  private final Steps steps;

  /** The latest one, also when it is over; null before the first. */
  private OpenTransaction latest;

  Transactions(Backend backend) {
    this.backend = backend;
    this.steps = new Steps(backend);
  }

  /** Runs a step when the transaction's turn has come. Does not block. */
  void execute(RunningRequest running, Execute execute) {
    ClientRequest request = running.request();
    if (latest == null || execute.transaction() > latest.number()) {
      if (execute.begin() == null) {
        request.answer(Failures.transactionLost(OVER));
        return;
      }
      if (!backend.log().status().leads()) {
        request.answer(Failures.notLeader(backend.topology()));
        return;
      }
      begin(
          execute.transaction(),
          execute.session(),
          execute.begin(),
          backend.clockMillis(),
          backend.nextSeed());
    } else if (execute.transaction() < latest.number() || latest.over()) {
      request.answer(Failures.transactionLost(OVER));
      return;
    }
    OpenTransaction transaction = latest;
    String text = execute.calls().get(0).sql();
    whenTurn(running, text, transaction, () -> steps.run(running, execute, transaction));
  }

  /**
   * Describes a statement under the schema that the transaction has made. Does not block.
   *
   * @return false if it has made none: its statements are like any others
   */
  boolean describe(RunningRequest running, Describe describe) {
    OpenTransaction transaction = latest;
    if (transaction == null || transaction.over() || !transaction.provisional().definesSchema()) {
      return false;
    }
    whenTurn(
        running, describe.sql(), transaction, () -> steps.describe(running, describe, transaction));
    return true;
  }

  /** Begins a transaction with the steps that it has taken elsewhere. Does not block. */
  void resume(RunningRequest running, Resume resume) {
    ClientRequest request = running.request();
    if (resume.clockMillis() - backend.clockMillis() > CLOCK_AHEAD_MILLIS_MAX) {
      request.answer(Failures.protocol("the transaction began in the future"));
    } else if (!backend.log().status().leads()) {
      request.answer(Failures.notLeader(backend.topology()));
    } else {
      begin(
          resume.transaction(),
          resume.session(),
          resume.options(),
          resume.clockMillis(),
          resume.seed());
      OpenTransaction transaction = latest;
      whenTurn(running, null, transaction, () -> steps.replay(running, resume, transaction));
    }
  }

  private void begin(
      long number, SessionId session, TransactionOptions options, long clockMillis, long seed) {
    rollback();
    TransactionStart start =
        new TransactionStart(
            session,
            clockMillis,
            seed,
            switch (options.mode()) {
              case QUEUED -> TransactionMode.QUEUED;
              case OPTIMISTIC -> TransactionMode.OPTIMISTIC;
            },
            limits(options),
            List.of());
    latest = new OpenTransaction(number, start, backend.replica().transactions().begin(start));
  }

  /** Those asked for; the registry cuts them to the node's own. */
  private static TransactionLimits limits(TransactionOptions options) {
    TransactionLimits most = TransactionLimits.DEFAULT;
    return new TransactionLimits(
        orElse(options.totalMillisMax(), Integer.MAX_VALUE),
        orElse(options.idleMillisMax(), Integer.MAX_VALUE),
        orElse(options.turnMillisMax(), Integer.MAX_VALUE),
        Math.min(orElse(options.stepsMax(), Integer.MAX_VALUE), most.stepsMax()),
        orElse(options.scriptBytesMax(), Integer.MAX_VALUE),
        orElse(options.resultBytesMax(), Integer.MAX_VALUE));
  }

  private static int orElse(int limit, int none) {
    return limit == 0 ? none : limit;
  }

  private void whenTurn(
      RunningRequest running, String text, OpenTransaction transaction, Runnable onWorker) {
    ClientRequest request = running.request();
    transaction.whenTurn(
        text,
        lost -> {
          if (lost != null) {
            request.answer(Failures.of(lost, backend.topology()));
          } else if (running.over()) {
            transaction.requestEnded();
          } else {
            backend.workers().execute(request, onWorker, transaction::requestEnded);
          }
        });
  }

  /** Commits. Does not block. */
  void commit(RunningRequest running, Commit commit) {
    ClientRequest request = running.request();
    OpenTransaction transaction = latest;
    if (transaction == null
        || transaction.number() != commit.transaction()
        || !transaction.beginCommit()) {
      request.answer(Failures.transactionLost(OVER));
      return;
    }
    transaction.whenTurn(
        null,
        lost -> {
          if (lost == null) {
            commit(running, commit, transaction);
          } else {
            request.answer(Failures.of(lost, backend.topology()));
          }
        });
  }

  private void commit(RunningRequest running, Commit commit, OpenTransaction transaction) {
    ClientRequest request = running.request();
    Runnable onWorker = () -> commit(request, commit, transaction);
    Runnable orElse =
        () -> {
          transaction.requestEnded();
          transaction.abandonCommit();
        };
    if (transaction.provisional().hasWritten()) {
      backend.workers().execute(request, onWorker, orElse);
    } else {
      // What it has read is compared with the state, which must be as fresh as the commit.
      backend.afterBarrier(running, onWorker, orElse);
    }
  }

  /** On a worker. */
  private void commit(ClientRequest request, Commit commit, OpenTransaction transaction) {
    ProvisionalTransaction provisional = transaction.provisional();
    SessionId session = commit.session();
    if (session.isNone() && provisional.hasWritten()) {
      transaction.requestEnded();
      transaction.abandonCommit();
      request.answer(Failures.sessionRequired());
      return;
    }
    try {
      boolean proposed =
          provisional.commit(
              session,
              commit.sequence(),
              entry -> {
                transaction.ended();
                Failure failure =
                    backend.propose(
                        request,
                        entry,
                        answer -> {
                          provisional.committed();
                          return answer;
                        });
                if (failure != null) {
                  request.answer(failure);
                }
                return failure == null;
              });
      if (!proposed) {
        transaction.ended();
        request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
      }
    } catch (TransactionLostException e) {
      transaction.ended();
      request.answer(Failures.of(e, backend.topology()));
    } finally {
      transaction.requestEnded();
    }
  }

  /** Whether this is the number of the latest one. */
  boolean has(long number) {
    return latest != null && latest.number() == number;
  }

  /** Whether a transaction with this number came, or one after it. */
  boolean isPast(long number) {
    return latest != null && latest.number() >= number;
  }

  /** Rolls back what is open; never blocks. */
  void rollback() {
    if (latest != null) {
      latest.rollback();
    }
  }
}
