package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Rollback;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.database.ProvisionalTransaction;
import dev.lockstep.server.database.SessionState;
import dev.lockstep.server.database.TransactionLimits;
import dev.lockstep.server.database.TransactionLostException;
import dev.lockstep.server.database.TransactionMode;
import dev.lockstep.server.database.TransactionStart;
import dev.lockstep.sql.Analysis;
import dev.lockstep.sql.StatementException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transactions of one connection, one at a time. Its requests come one after another. */
final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
  private static final String OVER = "the transaction is over: it was rolled back";

  private final Backend backend;

  /** The latest one, also when it is over; null before the first. On the event loop. */
  private OpenTransaction latest;

  Transactions(Backend backend) {
    this.backend = backend;
  }

  // ---- on the event loop

  /** Runs a step when the transaction's turn has come. Does not block. */
  void execute(RunningRequest running, Execute execute) {
    ClientRequest request = running.request();
    if (latest == null || execute.transaction() > latest.number()) {
      if (!backend.log().status().leads()) {
        request.answer(Failures.notLeader(backend.topology()));
        return;
      }
      begin(execute);
    } else if (execute.transaction() < latest.number() || latest.over()) {
      request.answer(Failures.transactionLost(OVER));
      return;
    }
    OpenTransaction transaction = latest;
    transaction.whenTurn(
        lost -> {
          if (lost != null) {
            request.answer(Failures.of(lost));
          } else if (running.over()) {
            transaction.requestEnded();
          } else {
            backend
                .workers()
                .execute(
                    request, () -> step(running, execute, transaction), transaction::requestEnded);
          }
        });
  }

  private void begin(Execute execute) {
    if (latest != null) {
      latest.rollback();
    }
    TransactionStart start =
        new TransactionStart(
            execute.session(),
            backend.clockMillis(),
            backend.nextSeed(),
            TransactionMode.QUEUED,
            TransactionLimits.DEFAULT,
            List.of());
    latest =
        new OpenTransaction(execute.transaction(), backend.replica().transactions().begin(start));
  }

  /** Commits; repeated by a client that does not know what came of it. Does not block. */
  void commit(RunningRequest running, Commit commit) {
    ClientRequest request = running.request();
    OpenTransaction transaction = latest;
    if (transaction == null
        || transaction.number() != commit.transaction()
        || !transaction.beginCommit()) {
      settle(request, commit);
      return;
    }
    transaction.whenTurn(
        lost -> {
          if (lost == null) {
            commit(running, commit, transaction);
          } else {
            request.answer(Failures.of(lost));
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

  /**
   * Finds out about the commit of a transaction that this connection does not have (any more): it
   * was sent to another node, or on another connection. A command of the same session and sequence
   * that cannot succeed is proposed. If the commit was applied before it, the session answers with
   * the commit's result; if not, it never will be, since its number is used up then.
   */
  private void settle(ClientRequest request, Commit commit) {
    if (commit.session().isNone()) {
      request.answer(Failures.transactionLost(OVER));
      return;
    }
    SessionState state = backend.replica().session(commit.session()).orElse(null);
    if (state != null && state.lastSequence() == commit.sequence() && state.lastResult() != null) {
      request.answer(Failures.answer(state.lastIndex(), state.lastResult()));
      return;
    }
    TransactionCommand fence =
        new TransactionCommand(
            backend.options().database(),
            commit.session(),
            commit.sequence(),
            backend.clockMillis(),
            0,
            List.of(
                new TransactionCommand.Step(
                    List.of(
                        new StatementCommand(
                            new StatementCall("SELECT 1"),
                            StatementCommand.Kind.QUERY,
                            StatementCommand.Rows.RESULT,
                            0)),
                    Digest.ZERO)));
    Failure failure = backend.propose(request, fence, answer -> answer);
    if (failure != null) {
      request.answer(failure);
    }
  }

  /** Rolls back; never blocks. */
  void rollback(ClientRequest request, Rollback rollback) {
    if (latest != null && latest.number() == rollback.transaction()) {
      latest.rollback();
    }
    request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
  }

  /** The connection is gone. */
  void disconnected() {
    if (latest != null) {
      latest.rollback();
    }
  }

  /** The transaction in which a statement could be described, or null. */
  OpenTransaction current() {
    return latest == null || latest.over() ? null : latest;
  }

  // ---- on a worker

  private void step(RunningRequest running, Execute execute, OpenTransaction transaction) {
    ProvisionalTransaction provisional = transaction.provisional();
    ServerMessage answer = null;
    try {
      if (!running.enter(provisional::cancel)) {
        return;
      }
      try {
        answer = step(execute, provisional);
      } finally {
        Failure ended = running.leave();
        if (ended != null && isInterruption(answer)) {
          answer = ended;
        }
      }
    } catch (TransactionLostException e) {
      transaction.ended();
      answer = Failures.of(e);
    } catch (RefusedException e) {
      answer = e.failure();
    } catch (SQLException e) {
      LOG.error("the analysis of a statement failed", e);
      answer = Failures.unavailable("the analysis failed on this node: " + e.getMessage());
    } finally {
      transaction.requestEnded();
      if (answer != null) {
        running.request().answer(answer);
      }
    }
  }

  private static boolean isInterruption(ServerMessage answer) {
    return answer instanceof Failure failure && failure.sqlState().equals("57014");
  }

  private ServerMessage step(Execute execute, ProvisionalTransaction provisional)
      throws TransactionLostException, RefusedException, SQLException {
    List<Analysis> analyses = new ArrayList<>(execute.calls().size());
    for (StatementCall call : execute.calls()) {
      try {
        analyses.add(provisional.analyze(backend.analyzer(), call.sql()));
      } catch (StatementException e) {
        throw new RefusedException(Failures.statement(e.error(), analyses.size()));
      }
    }
    Plan plan = Plan.of(execute, analyses, Plan.Purpose.TRANSACTION);
    long index = backend.replica().appliedIndex();
    if (plan.statements().isEmpty()) {
      return new ServerMessage.Executed(index, false, List.of(StatementResult.ofCounts(0)));
    }
    List<StatementCommand> commands = plan.commands(execute.maxRows());
    CommandResult result =
        plan.isOfTheNode() ? provisional.ask(commands) : provisional.step(commands).result();
    if (result instanceof CommandResult.Executed executed) {
      return new ServerMessage.Executed(index, false, executed.results());
    }
    return Failures.answer(index, result);
  }

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
                          return lostIfNotProposed(answer);
                        });
                if (failure != null) {
                  request.answer(lostIfNotProposed(failure));
                }
                return failure == null;
              });
      if (!proposed) {
        transaction.ended();
        request.answer(new ServerMessage.Done(backend.replica().appliedIndex()));
      }
    } catch (TransactionLostException e) {
      transaction.ended();
      request.answer(Failures.of(e));
    } finally {
      transaction.requestEnded();
    }
  }

  /** The transaction lived here only: what did not enter the log is lost with it. */
  private static ServerMessage lostIfNotProposed(ServerMessage answer) {
    if (answer instanceof Failure failure
        && (failure.kind() == FailureKind.NOT_LEADER || failure.kind() == FailureKind.BUSY)) {
      return Failures.transactionLost("the transaction was not committed: " + failure.message());
    }
    return answer;
  }
}
