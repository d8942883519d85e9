package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Describe;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.sql.Analysis;
import dev.lockstep.sql.AnalyzedStatement;
import dev.lockstep.sql.Explanation;
import dev.lockstep.sql.StatementException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what statements are, and makes commands of them. Safe for use by several threads. */
final class Statements {
  private static final Logger LOG = LoggerFactory.getLogger(Statements.class);

  private final Backend backend;

  Statements(Backend backend) {
    this.backend = backend;
  }

  /** The plan, if it is known without asking SQLite and nothing speaks against it; else null. */
  Plan knownPlan(Execute execute) {
    List<Analysis> analyses = new ArrayList<>(execute.calls().size());
    for (StatementCall call : execute.calls()) {
      Analysis analysis = backend.analyzer().cached(call.sql());
      if (analysis == null) {
        return null;
      }
      analyses.add(analysis);
    }
    try {
      Plan plan = Plan.of(execute, analyses, Plan.Purpose.AUTOCOMMIT);
      checkExplained(plan);
      return plan;
    } catch (RefusedException e) {
      return null;
    }
  }

  /**
   * Finds the plan on a worker, or answers the request. An error may come from a state that is
   * behind (the table was created a moment ago, through another node): it counts only when it is
   * found again after everything committed so far is applied.
   *
   * @param then called on the worker
   */
  void plan(RunningRequest running, Execute execute, Plan.Purpose purpose, Consumer<Plan> then) {
    onWorker(
        running,
        fresh -> {
          Plan plan = analyze(execute, purpose);
          if (!fresh) {
            checkExplained(plan);
          }
          then.accept(plan);
        });
  }

  /** Answers what a statement is. */
  void describe(RunningRequest running, Describe describe) {
    onWorker(running, fresh -> running.request().answer(described(describe)));
  }

  /**
   * The command of an autocommit write.
   *
   * @param waits whether the request waits if a named lock is held by another session
   */
  ExecuteCommand command(Execute execute, Plan plan, boolean waits) {
    return new ExecuteCommand(
        backend.options().database(),
        execute.session(),
        execute.sequence(),
        backend.clockMillis(),
        backend.nextSeed(),
        plan.usesSession(),
        waits,
        plan.commands(execute.maxRows()));
  }

  /** Work that ends in an answer, or in the discovery that the request is refused. */
  private interface Work {
    /**
     * @param fresh whether everything that was committed when the request came is applied
     */
    void run(boolean fresh) throws RefusedException, SQLException;
  }

  /** That a statement would be refused is to be found again like the refusal itself. */
  private static void checkExplained(Plan plan) throws RefusedException {
    for (Plan.Statement statement : plan.statements()) {
      Explanation explanation = statement.analyzed().explanation();
      if (explanation != null && explanation.refusal() != null) {
        throw new RefusedException(Failures.statement(explanation.refusal(), 0));
      }
    }
  }

  private void onWorker(RunningRequest running, Work work) {
    backend.workers().execute(running.request(), () -> attempt(running, work, false), () -> {});
  }

  private void attempt(RunningRequest running, Work work, boolean stateIsFresh) {
    try {
      work.run(stateIsFresh);
    } catch (RefusedException e) {
      if (stateIsFresh) {
        running.request().answer(e.failure());
      } else {
        backend.afterBarrier(running, () -> attempt(running, work, true), () -> {});
      }
    } catch (SQLException e) {
      LOG.error("the analysis of a statement failed", e);
      backend.replica().readFailed(e);
      running
          .request()
          .answer(Failures.unavailable("the analysis failed on this node: " + e.getMessage()));
    }
  }

  /** The plan. May block on the disk. */
  Plan analyze(Execute execute, Plan.Purpose purpose) throws RefusedException, SQLException {
    List<StatementCall> calls = execute.calls();
    List<Analysis> analyses = new ArrayList<>(calls.size());
    for (StatementCall call : calls) {
      try {
        analyses.add(backend.analyzer().analyze(call.sql()));
      } catch (StatementException e) {
        Plan together = analyzeTogether(execute, purpose);
        if (together != null) {
          return together;
        }
        throw new RefusedException(Failures.statement(e.error(), analyses.size()));
      }
    }
    return Plan.of(execute, analyses, purpose);
  }

  /**
   * A batch of texts may define what its later texts need: they are analysed like one text.
   *
   * @return null if that does not help
   */
  private Plan analyzeTogether(Execute execute, Plan.Purpose purpose)
      throws RefusedException, SQLException {
    List<StatementCall> calls = execute.calls();
    if (calls.size() < 2 || calls.stream().anyMatch(call -> call.parameterCount() > 0)) {
      return null;
    }
    String text = calls.stream().map(StatementCall::sql).collect(Collectors.joining("\n;\n"));
    try {
      Analysis analysis = backend.analyzer().analyze(text);
      if (analysis.statements().size() != calls.size()) {
        return null;
      }
      List<Analysis> analyses = new ArrayList<>(calls.size());
      for (AnalyzedStatement statement : analysis.statements()) {
        analyses.add(new Analysis(List.of(statement)));
      }
      return Plan.of(execute, analyses, purpose);
    } catch (StatementException e) {
      return null;
    }
  }

  private ServerMessage.Described described(Describe describe)
      throws RefusedException, SQLException {
    try {
      return Descriptions.of(backend.analyzer().describe(describe.sql(), describe.statement()));
    } catch (StatementException e) {
      throw new RefusedException(Failures.statement(e.error(), 0));
    }
  }
}
