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

  /** Where a transaction stands; moved by the registry and its turns. */
  enum State {
    /** Has had no turn. */
    NEW,
    /** A request waits for the turn. */
    WAITING,
    /** Has the turn, or needs none. */
    ACTIVE,
    /** Has had the turn, and others have it now. */
    LENT,
    /** Is given to the log. */
    COMMITTING,
    ENDED
  }

  private final TransactionRegistry registry;
  private final TransactionStart start;
  private final TransactionLimits limits;
  private final WriterLock.Interruptible interruptible = new RunningStep();

  // Guarded by the registry.
  State state = State.NEW;
  TransactionLostException lost;
  TransactionRegistry.TurnCompletion onTurn;
  ProposedTransaction proposal;
  boolean hadTurn;
  boolean requesting;
  long beganNanos;
  long waitsNanos;
  long turnNanos;
  long activeNanos;

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
      TransactionRegistry registry, TransactionStart start, TransactionLimits limits) {
    this.registry = registry;
    this.start = start;
    this.limits = limits;
    for (Step step : start.script()) {
      add(step, bytesOf(step));
    }
  }

  TransactionStart start() {
    return start;
  }

  TransactionLimits limits() {
    return limits;
  }

  /**
   * A request of the client begins. To be called before each one that works on the transaction,
   * {@link #rollback} excepted; never blocks. A later call takes the place of one whose turn has
   * not come.
   *
   * @param onTurn called once, by this thread or the one that ends another's turn, when the request
   *     may be worked on, or the transaction is lost; must not block
   */
  public void whenTurn(TransactionRegistry.TurnCompletion onTurn) {
    registry.requestTurn(this, onTurn);
  }

  /**
   * The request that began with {@link #whenTurn} is over, also if its turn did not come.
   * Idempotent; never blocks.
   */
  public void requestEnded() {
    registry.endRequest(this);
  }

  /**
   * Runs the script that the transaction was begun with. Blocks like {@link #step}.
   *
   * @throws TransactionLostException if the client would see something else than before
   */
  public void replay() throws TransactionLostException {
    registry.checkActive(this);
    onWriter(runner -> true, false);
  }

  WriterLock.Interruptible interruptible() {
    return interruptible;
  }

  /** Work on the writer, in the transaction's open SQLite transaction. */
  private interface Work<T> {
    T run(ScriptRunner runner)
        throws SQLException, Dissolved, Interrupted, TransactionLostException;
  }

  /**
   * Runs the statements of a step, at most one in a request: all take effect, or none and the
   * result says why; then the transaction goes on without them. Blocks on the writer's lock and on
   * SQLite.
   *
   * @throws TransactionLostException if what the transaction has read has changed, its time is
   *     over, or this node does not lead any more
   */
  public StepResult step(List<StatementCommand> statements) throws TransactionLostException {
    registry.checkActive(this);
    cancelled = false;
    int bytes = bytesOf(new Step(statements, Digest.ZERO));
    Failed refusal = refuse(bytes);
    if (refusal != null) {
      return new StepResult(refusal, null);
    }
    StepResult result = onWriter(runner -> runStep(runner, statements, bytes), true);
    return result != null
        ? result
        : new StepResult(new Failed(Cause.STATEMENT, "57014", "the statement was cancelled"), null);
  }

  /**
   * Runs a query whose answer may differ from node to node, such as page numbers, after the steps
   * so far. It is not part of the script: the commit does not depend on it. Blocks like {@link
   * #step}.
   */
  public CommandResult ask(List<StatementCommand> query) throws TransactionLostException {
    registry.checkActive(this);
    cancelled = false;
    CommandResult result = onWriter(runner -> runner.runStep(query, script.aside()), true);
    return result != null
        ? result
        : new Failed(Cause.STATEMENT, "57014", "the statement was cancelled");
  }

  private static int bytesOf(Step step) {
    WireWriter out = new WireWriter(256, Command.BYTES_MAX);
    step.encode(out);
    return out.size();
  }

  private Failed refuse(int bytes) {
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

  private StepResult runStep(ScriptRunner runner, List<StatementCommand> statements, int bytes)
      throws Dissolved, Interrupted {
    CommandResult result = runner.runStep(statements, script);
    Step step = new Step(statements, runner.digestOf(result));
    if (Script.containsDefinition(statements)) {
      registry.access().speculation().noteDefinition();
    }
    add(step, bytes);
    return new StepResult(result, step.seen());
  }

  private void add(Step step, int bytes) {
    steps.add(step);
    scriptBytes += bytes;
    definesSchema |= Script.containsDefinition(step.statements());
    for (StatementCommand statement : step.statements()) {
      wrote |=
          statement.kind() == StatementCommand.Kind.CHANGE
              || statement.kind() == StatementCommand.Kind.DEFINITION;
    }
  }

  /**
   * What a text's statements do, seen with the transaction's own DDL. Blocks like {@link #step}.
   *
   * @throws StatementException if a statement is wrong or refused; the transaction goes on
   * @throws SQLException a fault of this node
   */
  public Analysis analyze(StatementAnalyzer analyzer, String sql)
      throws TransactionLostException, StatementException, SQLException {
    if (!definesSchema || !registry.isActive(this)) {
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
  }

  /** Interrupts a running step, which then fails with SQLSTATE 57014; else does nothing. */
  public void cancel() {
    cancelled = true;
    registry.access().lock().interrupt(interruptible);
  }

  /**
   * Whether a step has tried to change something, so that the commit needs an entry of the log.
   * While false, the caller of {@link #commit} first waits until a read index, asked for after the
   * client's request came, is applied: the certification is only as fresh as the state.
   */
  public boolean hasWritten() {
    return wrote;
  }

  /** Hands the entry of a commit to the log. */
  public interface Proposer {
    /**
     * Called at most once, by the thread that commits, while no other transaction can commit; must
     * not block.
     *
     * @param entry the encoded {@link TransactionCommand}
     * @return false if the log has not taken it over; then the transaction is over
     */
    boolean propose(byte[] entry);
  }

  /**
   * Commits. A transaction that has changed nothing is certified by this call, and over. For
   * another one its command is proposed; the caller calls {@link #committed} when the proposal has
   * ended, whatever came of it. May block like {@link #step}.
   *
   * @param committing the session that commits; the one the transaction began with, unless that was
   *     {@link SessionId#NONE}
   * @return whether a command was made and given to the proposer
   */
  public boolean commit(SessionId committing, long sequence, Proposer proposer)
      throws TransactionLostException {
    registry.checkActive(this);
    if (wrote) {
      propose(committing, sequence, proposer);
      return true;
    }
    if (!steps.isEmpty()) {
      certifyReads();
    }
    registry.end(this, null);
    return false;
  }

  private void propose(SessionId committing, long sequence, Proposer proposer)
      throws TransactionLostException {
    TransactionCommand command =
        new TransactionCommand(
            registry.database(), committing, sequence, start.clockMillis(), start.seed(), steps);
    ProposedTransaction made = new ProposedTransaction(command, command.encode());
    WriterAccess access = registry.access();
    access.lock().lock();
    try {
      registry.beginCommit(this, made);
      if (access.connection() == null) {
        throw lose("57P01", "this node stops");
      }
      access.speculation().propose(this, made, script);
      if (!proposer.propose(made.entry())) {
        registry.end(this, null);
      } else if (!definesSchema) {
        registry.proposed(this);
      }
    } catch (SQLException e) {
      throw failed(access, ScriptRunner.fault(e));
    } finally {
      access.lock().unlock();
    }
  }

  /** What a transaction that changes nothing has read must be so in the committed state. */
  private void certifyReads() throws TransactionLostException {
    onWriter(this::certifyReads, false, false);
  }

  private boolean certifyReads(ScriptRunner runner)
      throws SQLException, Dissolved, Interrupted, TransactionLostException {
    WriterAccess access = registry.access();
    Speculation speculation = access.speculation();
    if (speculation.isOn(this) && speculation.isOnCommittedState()) {
      return true;
    }
    speculation.rollback();
    access.connection().begin();
    try {
      SessionValues values = access.sessionValues(start.session());
      Script again = new Script(start.clockMillis(), start.seed(), values);
      if (runner.firstDifference(steps, again) >= 0) {
        throw conflict();
      }
      return true;
    } finally {
      access.connection().rollback();
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
    return onWriter(work, cancellable, true);
  }

  private <T> T onWriter(Work<T> work, boolean cancellable, boolean onScript)
      throws TransactionLostException {
    while (true) {
      WriterAccess access = registry.access();
      access.lock().lock();
      try {
        registry.check(this);
        if (access.connection() == null) {
          throw lose("57P01", "this node stops");
        }
        try {
          return started(access, work, onScript);
        } catch (Interrupted e) {
          script = null;
          access.speculation().rollback();
        }
        registry.check(this);
        if (cancelled && cancellable) {
          return null;
        }
        preempted();
      } catch (Dissolved e) {
        rollback(access);
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

  private <T> T started(WriterAccess access, Work<T> work, boolean onScript)
      throws SQLException, Dissolved, Interrupted, TransactionLostException {
    access.start(interruptible);
    try {
      if (onScript) {
        replay(access);
      }
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

  /** Puts the steps so far on everything that is proposed, if they are not there any more. */
  private void replay(WriterAccess access)
      throws SQLException, Interrupted, TransactionLostException {
    Speculation speculation = access.speculation();
    if (speculation.isOn(this)) {
      return;
    }
    script = speculation.enter(this, start);
    if (steps.isEmpty()) {
      return;
    }
    registry.counters().replayed();
    if (definesSchema) {
      speculation.noteDefinition();
    }
    boolean same;
    try {
      same = access.runner().firstDifference(steps, script) < 0;
    } catch (Dissolved e) {
      speculation.rollback();
      same = false;
    }
    if (!same) {
      throw conflict();
    }
  }

  private TransactionLostException conflict() {
    registry.counters().conflict();
    return lose("40001", "could not serialize access: what the transaction read has changed");
  }

  private void preempted() throws TransactionLostException {
    registry.counters().interrupted();
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

  private void rollback(WriterAccess access) throws TransactionLostException {
    try {
      access.rollback();
    } catch (SQLException e) {
      throw failed(access, ScriptRunner.fault(e));
    }
  }

  private TransactionLostException failed(WriterAccess access, ReplicaFault fault) {
    try {
      access.rollback();
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
