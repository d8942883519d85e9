package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Describe;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Resume;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.database.ProvisionalTransaction;
import dev.lockstep.server.database.StepResult;
import dev.lockstep.server.database.TransactionLostException;
import dev.lockstep.sql.Analysis;
import dev.lockstep.sql.StatementException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the steps of transactions that may write, on workers. Safe for use by several threads. */
final class Steps {
  private static final Logger LOG = LoggerFactory.getLogger(Steps.class);
  static final String CHANGED =
      "could not serialize access: what the transaction read before its node was lost has changed";

  private final Backend backend;

  Steps(Backend backend) {
    this.backend = backend;
  }

  /** Work in a transaction whose turn has come. */
  private interface Work {
    ServerMessage run() throws TransactionLostException, RefusedException, SQLException;
  }

  /** Runs a step and answers the request. */
  void run(RunningRequest running, Execute execute, OpenTransaction transaction) {
    SystemQuery system = new SystemQuery(backend);
    answer(
        running,
        transaction,
        () -> {
          transaction.provisional().cancel();
          system.interrupt();
        },
        () -> step(execute, transaction, system));
  }

  /** Answers what a statement is, under the schema that the transaction sees. No step. */
  void describe(RunningRequest running, Describe describe, OpenTransaction transaction) {
    answer(
        running,
        transaction,
        transaction.provisional()::cancel,
        () -> {
          try {
            return Descriptions.of(
                transaction
                    .provisional()
                    .describe(backend.analyzer(), describe.sql(), describe.statement()));
          } catch (StatementException e) {
            return Failures.statement(e.error(), 0);
          }
        });
  }

  /** Runs the steps that the transaction has taken elsewhere, and answers the request. */
  void replay(RunningRequest running, Resume resume, OpenTransaction transaction) {
    answer(
        running,
        transaction,
        transaction.provisional()::cancel,
        () -> {
          for (ScriptStep step : resume.steps()) {
            if (running.ended() || !isAsBefore(executeOf(resume, step), step, transaction)) {
              transaction.rollback();
              return Failures.transactionLost(CHANGED);
            }
          }
          return new ServerMessage.Done(backend.replica().appliedIndex());
        });
  }

  private void answer(
      RunningRequest running, OpenTransaction transaction, Runnable interrupt, Work work) {
    ServerMessage answer = null;
    try {
      if (!running.enter(interrupt)) {
        return;
      }
      Failure ended;
      try {
        answer = work.run();
      } finally {
        ended = running.leave();
      }
      if (ended != null && !(answer instanceof ServerMessage.Stepped)) {
        // It was interrupted, and took no step.
        answer = ended;
      }
    } catch (TransactionLostException e) {
      transaction.ended();
      answer = Failures.of(e, backend.topology());
    } catch (RefusedException e) {
      answer = e.failure();
    } catch (SQLException e) {
      LOG.error("the analysis of a statement failed", e);
      backend.replica().readFailed(e);
      answer = Failures.unavailable("the analysis failed on this node: " + e.getMessage());
    } finally {
      transaction.requestEnded();
      if (answer != null) {
        running.request().answer(answer);
      }
    }
  }

  private ServerMessage step(Execute execute, OpenTransaction transaction, SystemQuery system)
      throws TransactionLostException, RefusedException, SQLException {
    long index = backend.replica().appliedIndex();
    Plan plan;
    try {
      plan = plan(execute, transaction.provisional());
    } catch (RefusedException e) {
      StepResult refusal = refusal(e, transaction.provisional());
      if (refusal != null) {
        return refusal.seen() == null
            ? answer(index, refusal.result())
            : new ServerMessage.Stepped(transaction.receipt(refusal.seen()), null, e.failure());
      }
      if (e.probe() == null) {
        throw e;
      }
      // The schema is another one by now.
      plan = plan(execute, transaction.provisional());
    }
    if (plan.statements().isEmpty()) {
      return new ServerMessage.Executed(index, false, List.of(StatementResult.ofCounts(0)));
    }
    if (plan.systemRead() != null) {
      return system.run(
          plan.statements().get(0),
          execute.maxRows(),
          transaction.provisional().resultBytesMax(),
          transaction.provisional());
    }
    List<StatementCommand> commands = plan.commands(execute.maxRows());
    if (plan.isOfTheNode()) {
      return answer(index, transaction.provisional().ask(commands));
    }
    StepResult result = transaction.provisional().step(commands);
    if (result.seen() == null) {
      return answer(index, result.result());
    }
    return result.result() instanceof CommandResult.Executed executed
        ? new ServerMessage.Stepped(
            transaction.receipt(result.seen()),
            new ServerMessage.Executed(index, false, executed.results()),
            null)
        : new ServerMessage.Stepped(
            transaction.receipt(result.seen()),
            null,
            Failures.failure((CommandResult.Failed) result.result()));
  }

  /**
   * A refusal that tells what the schema is like is seen by the client like rows, and is a step
   * like a read.
   *
   * @return null if it is none: it does not tell anything, or the schema is another one by now
   */
  private static StepResult refusal(RefusedException refused, ProvisionalTransaction provisional)
      throws TransactionLostException {
    String probe = refused.probe();
    if (probe == null || probe.getBytes(StandardCharsets.UTF_8).length > Limits.SQL_BYTES_MAX) {
      return null;
    }
    StepResult result =
        provisional.stepIfFailing(
            List.of(new StatementCommand(new StatementCall(probe), Kind.QUERY)));
    return result.result() instanceof CommandResult.Executed ? null : result;
  }

  /** The answer to what is no step. */
  private static ServerMessage answer(long index, CommandResult result) {
    return result instanceof CommandResult.Executed executed
        ? new ServerMessage.Executed(index, false, executed.results())
        : Failures.answer(index, result);
  }

  private boolean isAsBefore(Execute execute, ScriptStep step, OpenTransaction transaction)
      throws TransactionLostException, SQLException {
    ProvisionalTransaction provisional = transaction.provisional();
    StepResult result;
    try {
      Plan plan = plan(execute, provisional);
      if (plan.statements().isEmpty() || plan.isOfTheNode()) {
        return false;
      }
      result = provisional.step(plan.commands(step.maxRows()));
    } catch (RefusedException e) {
      // Was it refused then, and for the same reason? Or is a table gone, or another one now?
      result = refusal(e, provisional);
    }
    return result != null
        && result.seen() != null
        && transaction.receipt(result.seen()).seen().equals(step.seen());
  }

  private Plan plan(Execute execute, ProvisionalTransaction provisional)
      throws TransactionLostException, RefusedException, SQLException {
    List<Analysis> analyses = new ArrayList<>(execute.calls().size());
    for (StatementCall call : execute.calls()) {
      try {
        analyses.add(provisional.analyze(backend.analyzer(), call.sql()));
      } catch (StatementException e) {
        throw new RefusedException(Failures.statement(e.error(), analyses.size()), e.probe());
      }
    }
    return Plan.of(execute, analyses, Plan.Purpose.TRANSACTION);
  }

  /** The request by which a step was taken, as far as it matters for what the step shows. */
  static Execute executeOf(Resume resume, ScriptStep step) {
    return new Execute(
        resume.session(),
        0,
        resume.transaction(),
        null,
        resume.readOnly(),
        Expectation.ANY,
        step.keys(),
        step.fetchSize(),
        step.maxRows(),
        0,
        resume.consistency(),
        resume.appliedIndexMin(),
        resume.maxStalenessMillis(),
        RowsSeen.NONE,
        step.calls());
  }
}
