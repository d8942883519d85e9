package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.command.TransactionCommand.Step;
import dev.lockstep.sql.Analysis;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import dev.lockstep.sql.StatementAnalyzer;
import dev.lockstep.sql.StatementException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A transaction before its commit. Its steps run on the writer, in a SQLite transaction that is
 * rolled back whenever a command must be applied, and re-created by running the script again.
 * {@link #cancel} and {@link #rollback} may be called by any thread; the other methods by one
 * thread at a time.
 */
public final class ProvisionalTransaction {
  /** Times that a step is begun again because the applying thread came between. */
  private static final int PREEMPTIONS_MAX = 6;

  /** How long the applying thread waits for a step; doubled by each preemption. */
  private static final long PATIENCE_MILLIS = 50;

  private static final long PATIENCE_MILLIS_MAX = 1_000;

  /** Where a transaction stands; moved by the registry. */
  enum State {
    WAITING,
    ACTIVE,
    COMMITTING,
    ENDED
  }

  private final TransactionRegistry registry;
  private final SessionId session;
  private final long clockMillis;
  private final long seed;
  private final TransactionRegistry.TurnCompletion onTurn;
  private final WriterLock.Interruptible interruptible = new RunningStep();

  // Guarded by the registry.
  State state = State.WAITING;
  TransactionLostException lost;
  long beganNanos;
  long turnNanos;
  long activeNanos;
  boolean stepping;

  // Guarded by the writer's lock.
  private final List<Step> steps = new ArrayList<>();
  private Script script;
  private int scriptBytes;

  private volatile boolean wrote;
  private volatile boolean definesSchema;
  private volatile boolean cancelled;

  /** Written by the thread that runs the step, read by the applying one. */
  private volatile int preemptions;

  ProvisionalTransaction(
      TransactionRegistry registry,
      SessionId session,
      long clockMillis,
      long seed,
      TransactionRegistry.TurnCompletion onTurn) {
    this.registry = registry;
    this.session = session;
    this.clockMillis = clockMillis;
    this.seed = seed;
    this.onTurn = onTurn;
  }

  TransactionRegistry.TurnCompletion onTurn() {
    return onTurn;
  }

  WriterLock.Interruptible interruptible() {
    return interruptible;
  }

  /** Work on the writer, in the transaction's open SQLite transaction. */
  private interface Work<T> {
    T run(ScriptRunner runner) throws SQLException, Dissolved, Interrupted;
  }

  /**
   * Runs the statements of one request: all take effect, or none and the result says why; then the
   * transaction goes on without them. Blocks on the writer's lock and on SQLite.
   *
   * @return {@link CommandResult.Executed} or {@link CommandResult.Failed} with cause STATEMENT
   * @throws TransactionLostException if what the transaction has read has changed, its time is
   *     over, or this node does not lead any more
   */
  public CommandResult step(List<StatementCommand> statements) throws TransactionLostException {
    registry.beginStep(this);
    try {
      cancelled = false;
      int bytes = bytesOf(statements);
      Failed refusal = refuse(bytes);
      if (refusal != null) {
        return refusal;
      }
      CommandResult result = onWriter(runner -> runStep(runner, statements, bytes), true);
      return result != null
          ? result
          : new Failed(Cause.STATEMENT, "57014", "the statement was cancelled");
    } finally {
      registry.endStep(this);
    }
  }

  private static int bytesOf(List<StatementCommand> statements) {
    WireWriter out = new WireWriter(256, Command.BYTES_MAX);
    new Step(statements, Digest.ZERO).encode(out);
    return out.size();
  }

  private Failed refuse(int bytes) {
    TransactionLimits limits = registry.limits();
    if (steps.size() >= limits.stepsMax()) {
      return new Failed(
          Cause.STATEMENT,
          "54000",
          "a transaction has at most " + limits.stepsMax() + " requests: commit, or use batches");
    }
    if (bytes > limits.scriptBytesMax() - scriptBytes) {
      return new Failed(
          Cause.STATEMENT,
          "54000",
          "the statements of a transaction take at most " + limits.scriptBytesMax() + " bytes");
    }
    return null;
  }

  private CommandResult runStep(ScriptRunner runner, List<StatementCommand> statements, int bytes)
      throws Dissolved, Interrupted {
    CommandResult result = runner.runStep(statements, script);
    steps.add(new Step(statements, runner.digestOf(result)));
    scriptBytes += bytes;
    if (result instanceof CommandResult.Executed) {
      definesSchema |= Script.containsDefinition(statements);
      for (StatementCommand statement : statements) {
        wrote |=
            statement.kind() == StatementCommand.Kind.CHANGE
                || statement.kind() == StatementCommand.Kind.DEFINITION;
      }
    }
    return result;
  }

  /**
   * What a text's statements do, seen with the transaction's own DDL. Blocks like {@link #step}.
   *
   * @throws StatementException if a statement is wrong or refused; the transaction goes on
   * @throws SQLException a fault of this node
   */
  public Analysis analyze(StatementAnalyzer analyzer, String sql)
      throws TransactionLostException, StatementException, SQLException {
    registry.beginStep(this);
    try {
      if (!definesSchema) {
        return analyzer.analyze(sql);
      }
      StatementException[] refused = new StatementException[1];
      Analysis analysis =
          onWriter(
              runner -> {
                try {
                  return analyzer.analyzeWith(registry.access().connection().writer(), sql);
                } catch (StatementException e) {
                  refused[0] = e;
                  return null;
                }
              },
              false);
      if (refused[0] != null) {
        throw refused[0];
      }
      return analysis;
    } finally {
      registry.endStep(this);
    }
  }

  /** Interrupts a running step, which then fails with SQLSTATE 57014; else does nothing. */
  public void cancel() {
    cancelled = true;
    registry.access().lock().interrupt(interruptible);
  }

  /**
   * Whether a step may have changed something, so that the commit needs an entry of the log. While
   * false, the caller of {@link #commandForCommit} first waits until a read index, asked for after
   * the client's request came, is applied: the certification is only as fresh as the state.
   */
  public boolean hasWritten() {
    return wrote;
  }

  /**
   * The command that commits the transaction, or empty if it has changed nothing: then it is
   * certified and over by this call. Otherwise the turn stays taken until {@link #committed}. May
   * block like {@link #step}.
   *
   * @param committing the session that commits; the one the transaction began with, unless that was
   *     {@link SessionId#NONE}
   */
  public Optional<TransactionCommand> commandForCommit(SessionId committing, long sequence)
      throws TransactionLostException {
    registry.beginStep(this);
    try {
      if (wrote) {
        registry.beginCommit(this);
        return Optional.of(
            new TransactionCommand(
                registry.database(), committing, sequence, clockMillis, seed, steps));
      }
      if (!steps.isEmpty()) {
        // Still open means that nothing was applied since; else the script runs again.
        onWriter(runner -> true, false);
      }
      registry.end(this, null);
      return Optional.empty();
    } finally {
      registry.endStep(this);
    }
  }

  /** The command for the commit was applied, or failed: the turn is over. Idempotent. */
  public void committed() {
    registry.end(this, null);
  }

  /** Gives the transaction up, whatever its state. Idempotent; never blocks. */
  public void rollback() {
    registry.end(this, null);
  }

  /**
   * Runs work after the steps so far, as often as the applying thread comes between.
   *
   * @return null if it was cancelled
   */
  private <T> T onWriter(Work<T> work, boolean cancellable) throws TransactionLostException {
    while (true) {
      WriterAccess access = registry.access();
      access.lock().lock();
      try {
        registry.check(this);
        if (access.connection() == null) {
          throw lose("57P01", "this node stops");
        }
        try {
          return started(access, work);
        } catch (Interrupted e) {
          script = null;
          access.rollbackOpen();
        }
        registry.check(this);
        if (cancelled && cancellable) {
          return null;
        }
        preempted();
      } catch (Dissolved e) {
        throw lose(
            "40002", e.result().message() + "; this statement has rolled back the transaction");
      } catch (SQLException e) {
        throw failed(access, ScriptRunner.fault(e));
      } catch (ReplicaFault e) {
        throw failed(access, e);
      } finally {
        if (registry.isOver(this)) {
          // It ended while nobody else could roll it back.
          access.abandon(this);
        }
        access.lock().unlock();
      }
    }
  }

  private <T> T started(WriterAccess access, Work<T> work)
      throws SQLException, Dissolved, Interrupted, TransactionLostException {
    access.start(interruptible);
    try {
      replay(access);
      return work.run(access.runner());
    } catch (SQLException e) {
      if (SqlErrors.classify(e).kind() == SqlFailure.Kind.INTERRUPTED) {
        throw new Interrupted();
      }
      throw e;
    } finally {
      access.finish();
    }
  }

  /** Re-creates the open SQLite transaction, if something was applied since. */
  private void replay(WriterAccess access)
      throws SQLException, Interrupted, TransactionLostException {
    if (access.isOpen(this)) {
      return;
    }
    access.rollbackOpen();
    access.opened(this);
    access.connection().begin();
    access.connection().savepoint();
    script = new Script(clockMillis, seed, registry.sessionValues(session));
    for (Step step : steps) {
      if (access.runner().stopRequested()) {
        throw new Interrupted();
      }
      boolean same;
      try {
        CommandResult result = access.runner().runStep(step.statements(), script);
        same = access.runner().digestOf(result).equals(step.seen());
      } catch (Dissolved e) {
        same = false;
      }
      if (!same) {
        throw lose("40001", "could not serialize access: what the transaction read has changed");
      }
    }
  }

  private void preempted() throws TransactionLostException {
    int times = preemptions + 1;
    preemptions = times;
    if (times > PREEMPTIONS_MAX) {
      throw lose(
          "40001",
          "could not serialize access: the statement was interrupted "
              + times
              + " times by other writes");
    }
  }

  private TransactionLostException failed(WriterAccess access, ReplicaFault fault) {
    try {
      access.rollbackOpen();
    } catch (SQLException e) {
      fault.addSuppressed(e);
    }
    if (fault.isDiskFull()) {
      return lose("53100", fault.getMessage());
    }
    registry.nodeFailed(fault);
    return lose("58030", fault.getMessage());
  }

  private TransactionLostException lose(String sqlState, String message) {
    registry.end(this, new TransactionLostException(sqlState, message));
    return new TransactionLostException(sqlState, message);
  }

  /** What the applying thread interrupts. */
  private final class RunningStep implements WriterLock.Interruptible {
    @Override
    public long patienceMillis() {
      return Math.min(PATIENCE_MILLIS_MAX, PATIENCE_MILLIS << preemptions);
    }

    @Override
    public void interrupt() {
      registry.access().interruptRunning();
    }
  }
}
