package dev.lockstep.server.database;

import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import dev.lockstep.sql.SqliteReader;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A committed state that a transaction reads from, on a connection of its own: its reads hold up
 * nobody, and nobody interrupts them. For one thread at a time, except {@link #interrupt} and
 * {@link #close}.
 */
final class PinnedSnapshot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PinnedSnapshot.class);

  private final SqliteReader reader;
  private final StatementRunner statements;
  private final StepDigest digest = new StepDigest();

  // Guarded by this.
  private boolean running;
  private boolean closed;

  private PinnedSnapshot(SqliteReader reader) {
    this.reader = reader;
    this.statements = new StatementRunner(reader, new Unchanging());
  }

  /** A schema that nobody changes here; whether it uses the session is not worth a question. */
  private static final class Unchanging implements StatementRunner.Schema {
    @Override
    public boolean schemaUsesSession() {
      return true;
    }

    @Override
    public String referringToShadowTable() {
      return null;
    }

    @Override
    public void defining() {
      throw new IllegalStateException("a definition on a reader");
    }

    @Override
    public boolean isBeingDefined() {
      return false;
    }
  }

  /** Pins the last committed state. */
  static PinnedSnapshot open(Path file) throws SQLException {
    SqliteReader reader = SqliteReader.open(file);
    try {
      reader.begin();
      return new PinnedSnapshot(reader);
    } catch (SQLException | RuntimeException e) {
      try (reader) {
        throw e;
      }
    }
  }

  /**
   * Whether a step can run here with the result that it has on the writer: nothing but queries.
   * PRAGMAs are not: some tell about the connection.
   */
  static boolean canRun(List<StatementCommand> step) {
    for (StatementCommand statement : step) {
      String sql = statement.call().sql();
      boolean plain =
          sql.regionMatches(true, 0, "SELECT", 0, 6)
              || sql.regionMatches(true, 0, "WITH", 0, 4)
              || sql.regionMatches(true, 0, "VALUES", 0, 6);
      if (statement.kind() != StatementCommand.Kind.QUERY || !plain) {
        return false;
      }
    }
    return true;
  }

  /**
   * Runs a step.
   *
   * @param resultBytesMax bytes of the rows that it may show
   * @throws Interrupted if {@link #interrupt} or {@link #close} came between
   * @throws ReplicaFault if it failed for a reason that is this node's own
   */
  StepResult runStep(List<StatementCommand> step, Script script, int resultBytesMax)
      throws Interrupted {
    synchronized (this) {
      if (closed) {
        throw new Interrupted();
      }
      running = true;
    }
    try {
      CommandResult result = run(step, script, resultBytesMax);
      return new StepResult(result, digest.of(result));
    } catch (SQLException e) {
      throw ScriptRunner.fault(e);
    } finally {
      boolean close;
      synchronized (this) {
        running = false;
        close = closed;
      }
      if (close) {
        closeReader();
      }
    }
  }

  private CommandResult run(List<StatementCommand> step, Script script, int resultBytesMax)
      throws SQLException, Interrupted {
    StatementRunner.Run run = statements.begin(script, true, resultBytesMax, 0);
    try {
      List<StatementResult> results = new ArrayList<>(step.size());
      for (StatementCommand statement : step) {
        results.add(statements.run(statement, run));
      }
      return new CommandResult.Executed(results);
    } catch (SQLException e) {
      SqlFailure failure = SqlErrors.classify(e);
      switch (failure.kind()) {
        case STATEMENT:
          return ScriptRunner.failed(failure.error(), run);
        case INTERRUPTED:
          throw new Interrupted();
        default:
          throw e;
      }
    } catch (StatementRefused e) {
      return ScriptRunner.failed(e, run);
    } catch (RowidDoubt e) {
      throw new IllegalStateException("a statement that changes rows on a reader", e);
    }
  }

  /** Ends the step that runs at present, if one does. For any thread. */
  synchronized void interrupt() {
    if (running) {
      try {
        reader.interrupt();
      } catch (SQLException e) {
        LOG.warn("a read was not interrupted", e);
      }
    }
  }

  /** Lets the state go; a step that runs is interrupted, and does it then. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (running) {
        interrupt();
        return;
      }
    }
    closeReader();
  }

  private void closeReader() {
    try {
      reader.close();
    } catch (SQLException e) {
      LOG.warn("a reader did not close", e);
    }
  }
}
