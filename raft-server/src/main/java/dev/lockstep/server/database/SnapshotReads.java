package dev.lockstep.server.database;

import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand.Step;
import java.sql.SQLException;
import java.util.List;

/**
 * A transaction's script on a pinned state, as long as it only reads. {@link #interrupt} and {@link
 * #close} are for any thread.
 */
final class SnapshotReads implements AutoCloseable {
  private final PinnedSnapshot snapshot;
  private final Script script;
  private int shown;

  /**
   * Pins the last committed state.
   *
   * @throws ReplicaFault if that cannot be done
   */
  SnapshotReads(TransactionStart start, WriterAccess access) {
    try {
      this.snapshot = PinnedSnapshot.open(access.file());
    } catch (SQLException e) {
      throw ScriptRunner.fault(e);
    }
    this.script =
        new Script(start.clockMillis(), start.seed(), access.sessionValues(start.session()));
  }

  /** Whether the steps show here what they have shown; each is run once. */
  boolean showSame(List<Step> steps) throws Interrupted {
    while (shown < steps.size()) {
      Step step = steps.get(shown);
      int statements = script.statementsRun();
      try {
        StepResult now =
            snapshot.runStep(step.statements(), script, TransactionLimits.RESULT_BYTES_MAX);
        if (!now.seen().equals(step.seen())) {
          return false;
        }
      } catch (Interrupted e) {
        script.setStatementsRun(statements);
        throw e;
      }
      shown++;
    }
    return true;
  }

  /**
   * Runs another step.
   *
   * @param limits if its rows take more, it is no step of the script, and nothing was seen
   */
  StepResult run(List<StatementCommand> step, TransactionLimits limits) throws Interrupted {
    int statements = script.statementsRun();
    try {
      StepResult result = snapshot.runStep(step, script, limits.resultBytesMax());
      if (limits.refuse(result.result())) {
        script.setStatementsRun(statements);
        return new StepResult(result.result(), null);
      }
      shown++;
      return result;
    } catch (Interrupted e) {
      // It is no step of the script.
      script.setStatementsRun(statements);
      throw e;
    }
  }

  void interrupt() {
    snapshot.interrupt();
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
