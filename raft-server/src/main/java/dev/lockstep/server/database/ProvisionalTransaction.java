package dev.lockstep.server.database;

import dev.lockstep.protocol.ProtocolException;
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
import dev.lockstep.sql.DescribedStatement;
import dev.lockstep.sql.SchemaDescriber;
import dev.lockstep.sql.SqliteWriter;
import dev.lockstep.sql.StatementAnalyzer;
import dev.lockstep.sql.StatementException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A transaction before its commit. Its steps run on the writer, on top of those that are proposed,
 * in a SQLite transaction that is rolled back whenever something else must be applied, and
 * re-created by running the script again. Reads that take long run on a state of their own. {@link
 * #cancel}, {@link #rollback} and {@link #committed} may be called by any thread; the other methods
 * by one thread at a time.
 */
public final class ProvisionalTransaction {
  /** Where a transaction stands; moved by the registry and its turns. */
  enum State {
    /** Has had no turn. */
    NEW,
    /** A request waits for the turn. */
    WAITING,
    /** Has the turn, or needs none. */
    ACTIVE,
    /** Has had the turn, and others may have it now. */
    LENT,
    /** Is given to the log. */
    COMMITTING,
    ENDED
  }

  /** Different texts that a transaction is compared by; hashes, because texts may be long. */
  private static final int TEXTS_MAX = 256;

  private final TransactionRegistry registry;
  private final TransactionStart start;
  private final TransactionLimits limits;
  private final WriterRun writer;

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
  int turnRequests;
  long activeNanos;
  private final Set<Integer> textHashes = new HashSet<>();

  private final List<Step> steps = new ArrayList<>();
  private int scriptBytes;

  /** How many steps there are, for those who look on. */
  private volatile int stepCount;

  /** Where its reads run, if they took too long for the writer; else null. */
  private volatile SnapshotReads snapshot;

  /** Whether all steps show in the committed state at {@link #certainIndex} what they did. */
  private volatile boolean certain = true;

  /**
   * The applied index of that state; {@link Long#MAX_VALUE} if everything that was committed when
   * the transaction began is known to be in it.
   */
  private volatile long certainIndex;

  private volatile boolean wrote;
  private volatile boolean onlyPlainReads = true;
  private volatile boolean definesSchema;
  private volatile boolean cancelled;

  ProvisionalTransaction(
      TransactionRegistry registry, TransactionStart start, TransactionLimits limits) {
    this.registry = registry;
    this.start = start;
    this.limits = limits;
    this.writer = new WriterRun(registry, this);
    for (Step step : start.script()) {
      add(step, bytesOf(step));
      certain = false;
    }
  }

  TransactionStart start() {
    return start;
  }

  TransactionLimits limits() {
    return limits;
  }

  List<Step> steps() {
    return steps;
  }

  /** Whether one of its statements was DDL. */
  public boolean definesSchema() {
    return definesSchema;
  }

  /** Bytes of the rows that a statement may return. */
  public int resultBytesMax() {
    return limits.resultBytesMax();
  }

  int stepCount() {
    return stepCount;
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
    whenTurn(null, onTurn);
  }

  /**
   * As {@link #whenTurn(TransactionRegistry.TurnCompletion)}.
   *
   * @param text the request's SQL, null if it has none: a turn is not lent soon to a transaction
   *     that has run the same
   */
  public void whenTurn(String text, TransactionRegistry.TurnCompletion onTurn) {
    registry.requestTurn(this, text, onTurn);
  }

  /** Guarded by the registry. */
  void noteText(String text) {
    if (text != null && textHashes.size() < TEXTS_MAX) {
      textHashes.add(text.hashCode());
    }
  }

  /** Whether both have run the same SQL, and so use the same tables. Guarded by the registry. */
  boolean resembles(ProvisionalTransaction other) {
    return !Collections.disjoint(textHashes, other.textHashes);
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
    onWriter(
        (runner, script) -> {
          noteCertainty();
          return true;
        });
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
    return step(statements, false);
  }

  /**
   * As {@link #step}, of a query that is a part of the script only if it fails: what it shows
   * otherwise may differ from node to node.
   */
  public StepResult stepIfFailing(List<StatementCommand> query) throws TransactionLostException {
    return step(query, true);
  }

  private StepResult step(List<StatementCommand> statements, boolean ifFailing)
      throws TransactionLostException {
    registry.checkActive(this);
    cancelled = false;
    int bytes;
    Failed refusal;
    try {
      bytes = bytesOf(new Step(statements, Digest.ZERO));
      refusal = refuse(bytes);
    } catch (ProtocolException e) {
      bytes = 0;
      refusal = tooLarge("the request is too large: " + e.getMessage());
    }
    if (refusal != null) {
      return new StepResult(refusal, null);
    }
    int size = bytes;
    boolean onlyReads = onlyPlainReads && PinnedSnapshot.canRun(statements);
    if (!onlyReads) {
      leaveSnapshot();
    }
    if (snapshot == null) {
      try {
        return writer.run(
            (runner, script) -> runStep(runner, script, statements, size, ifFailing),
            () -> !cancelled && !onlyReads);
      } catch (WriterRun.GivenUp e) {
        registry.counters().interrupted();
      }
    }
    if (!cancelled && onlyReads) {
      try {
        return stepOnSnapshot(statements, bytes);
      } catch (Interrupted e) {
        registry.check(this);
      } catch (ReplicaFault e) {
        throw lose(TransactionLostException.of(e));
      }
    }
    return new StepResult(cancelledStatement(), null);
  }

  private static Failed cancelledStatement() {
    return new Failed(Cause.STATEMENT, "57014", "the statement was cancelled");
  }

  /**
   * Runs a query whose answer may differ from node to node, such as page numbers, after the steps
   * so far. It is not part of the script: the commit does not depend on it. Blocks like {@link
   * #step}.
   */
  public CommandResult ask(List<StatementCommand> query) throws TransactionLostException {
    registry.checkActive(this);
    cancelled = false;
    try {
      return writer.run(
          (runner, script) -> runner.runStep(query, script.aside()), () -> !cancelled);
    } catch (WriterRun.GivenUp e) {
      return cancelledStatement();
    }
  }

  private static int bytesOf(Step step) {
    WireWriter out = new WireWriter(256, Command.BYTES_MAX);
    step.encode(out);
    return out.size();
  }

  private Failed refuse(int bytes) {
    if (steps.size() >= limits.stepsMax()) {
      return tooLarge(
          "a transaction has at most " + limits.stepsMax() + " requests: commit, or use batches");
    }
    if (bytes > limits.scriptBytesMax() - scriptBytes) {
      return tooLarge(
          "the statements of a transaction take at most " + limits.scriptBytesMax() + " bytes");
    }
    return null;
  }

  private static Failed tooLarge(String message) {
    return new Failed(Cause.STATEMENT, "54000", message);
  }

  private StepResult runStep(
      ScriptRunner runner,
      Script script,
      List<StatementCommand> statements,
      int bytes,
      boolean ifFailing)
      throws Dissolved, Interrupted {
    int before = script.statementsRun();
    CommandResult result = runner.runStep(statements, script, limits.resultBytesMax());
    if (limits.refuse(result) || ifFailing && result instanceof CommandResult.Executed) {
      script.setStatementsRun(before);
      return new StepResult(result, null);
    }
    Step step = new Step(statements, runner.digestOf(result));
    if (Script.containsDefinition(statements)) {
      registry.access().speculation().noteDefinition();
    }
    add(step, bytes);
    noteCertainty();
    return new StepResult(result, step.seen());
  }

  private void noteCertainty() {
    certain = !wrote && onlyPlainReads && registry.access().speculation().isOnCommittedState();
    certainIndex = registry.access().appliedIndex();
  }

  /**
   * Reads without holding up anybody, from the first read on that took too long until the first
   * write. The turn is for others meanwhile.
   */
  private StepResult stepOnSnapshot(List<StatementCommand> statements, int bytes)
      throws TransactionLostException, Interrupted {
    registry.passTurn(this);
    if (snapshot == null) {
      boolean fresh = registry.awaitReadIndex();
      certainIndex = fresh ? Long.MAX_VALUE : registry.access().appliedIndex();
      snapshot = new SnapshotReads(start, registry.access());
      if (registry.isOver(this)) {
        leaveSnapshot();
      }
    }
    SnapshotReads reads = snapshot;
    if (reads == null || !reads.showSame(steps)) {
      registry.check(this);
      throw conflict();
    }
    StepResult result = reads.run(statements, limits);
    if (result.seen() != null) {
      add(new Step(statements, result.seen()), bytes);
    }
    certain = true;
    return result;
  }

  /** For any thread. */
  void leaveSnapshot() {
    SnapshotReads reads = snapshot;
    snapshot = null;
    if (reads != null) {
      reads.close();
    }
  }

  private void add(Step step, int bytes) {
    steps.add(step);
    stepCount = steps.size();
    scriptBytes += bytes;
    definesSchema |= Script.containsDefinition(step.statements());
    onlyPlainReads &= PinnedSnapshot.canRun(step.statements());
    for (StatementCommand statement : step.statements()) {
      wrote |=
          statement.kind() == StatementCommand.Kind.CHANGE
              || statement.kind() == StatementCommand.Kind.DEFINITION;
    }
  }

  private <T> T onWriter(WriterRun.Work<T> work) throws TransactionLostException {
    try {
      return writer.run(work, () -> true);
    } catch (WriterRun.GivenUp e) {
      throw new IllegalStateException("work was given up that nobody may give up", e);
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
    return seesOwnDefinitions()
        ? inside(writer -> analyzer.analyzeWith(writer, sql))
        : analyzer.analyze(sql);
  }

  /** The types of one statement of a text, as {@link #analyze} tells what it does. */
  public DescribedStatement describe(StatementAnalyzer analyzer, String sql, int number)
      throws TransactionLostException, StatementException, SQLException {
    if (!seesOwnDefinitions()) {
      return analyzer.describe(sql, number);
    }
    // The writer is not held while types are found.
    try (SchemaDescriber describer = inside(writer -> analyzer.describerWith(writer, sql))) {
      return describer.describe(number);
    }
  }

  private boolean seesOwnDefinitions() {
    return definesSchema && registry.isActive(this);
  }

  /** What is asked of the schema that the transaction has made. */
  private interface Question<T> {
    T ask(SqliteWriter writer) throws StatementException, SQLException;
  }

  private <T> T inside(Question<T> question)
      throws TransactionLostException, StatementException, SQLException {
    StatementException[] refused = new StatementException[1];
    T answer =
        onWriter(
            (runner, script) -> {
              try {
                return question.ask(registry.access().connection().writer());
              } catch (StatementException e) {
                refused[0] = e;
                return null;
              }
            });
    if (refused[0] != null) {
      throw refused[0];
    }
    return answer;
  }

  /** Interrupts a running step, which then fails with SQLSTATE 57014; else does nothing. */
  public void cancel() {
    cancelled = true;
    interrupt();
  }

  void interrupt() {
    registry.access().lock().interrupt(writer);
    SnapshotReads reads = snapshot;
    if (reads != null) {
      reads.interrupt();
    }
  }

  /**
   * Whether the commit needs an entry of the log, and so a session: because a step has tried to
   * change something, or the reads have shown what is not committed yet. If not, the caller of
   * {@link #commit} first waits until a read index, asked for after the client's request came, is
   * applied: the reads are certified on a state that is as fresh as that.
   */
  public boolean hasWritten() {
    return wrote || !certain;
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
   * Commits. A transaction that has not {@link #hasWritten} is over by this call. For another one
   * its command is proposed; the caller calls {@link #committed} when the proposal has ended,
   * whatever came of it. May block like {@link #step}.
   *
   * @param committing the session that commits; the one the transaction began with, unless that was
   *     {@link SessionId#NONE}
   * @return whether a command was made and given to the proposer
   */
  public boolean commit(SessionId committing, long sequence, Proposer proposer)
      throws TransactionLostException {
    registry.checkActive(this);
    if (!hasWritten()) {
      certifyReads();
      registry.end(this, null);
      return false;
    }
    propose(committing, sequence, proposer);
    return true;
  }

  /** What was read must be so in a committed state that nobody can have seen a newer one before. */
  private void certifyReads() throws TransactionLostException {
    if (steps.isEmpty()
        || certainIndex == Long.MAX_VALUE
        || certainIndex == registry.access().appliedIndex()) {
      return;
    }
    leaveSnapshot();
    try {
      SnapshotReads now = new SnapshotReads(start, registry.access());
      snapshot = now;
      if (registry.isOver(this)) {
        registry.check(this);
      }
      if (!now.showSame(steps)) {
        throw conflict();
      }
    } catch (Interrupted e) {
      registry.check(this);
      throw conflict();
    } catch (ReplicaFault e) {
      throw lose(TransactionLostException.of(e));
    } finally {
      leaveSnapshot();
    }
  }

  private void propose(SessionId committing, long sequence, Proposer proposer)
      throws TransactionLostException {
    TransactionCommand command =
        new TransactionCommand(
            registry.database(),
            committing,
            sequence,
            start.clockMillis(),
            start.seed(),
            writer.seenIndex(),
            steps);
    ProposedTransaction made = new ProposedTransaction(command, command.encode());
    WriterAccess access = registry.access();
    access.lock().lock();
    try {
      writer.checkOpen();
      registry.beginCommit(this, made);
      access.speculation().propose(this, made, writer.scriptInPlace());
      if (!proposer.propose(made.entry())) {
        registry.end(this, null);
      } else if (!definesSchema) {
        registry.proposed(this);
      }
    } catch (SQLException e) {
      throw writer.failed(ScriptRunner.fault(e));
    } finally {
      access.lock().unlock();
    }
  }

  /** The command for the commit was applied, or failed: the transaction is over. Idempotent. */
  public void committed() {
    registry.end(this, null);
  }

  /** Gives the transaction up, whatever its state. Idempotent; never blocks. */
  public void rollback() {
    registry.end(this, null);
  }

  TransactionLostException conflict() {
    registry.counters().conflict();
    return lose(
        new TransactionLostException(
            "40001", "could not serialize access: what the transaction read has changed"));
  }

  TransactionLostException lose(TransactionLostException reason) {
    registry.end(this, reason);
    return new TransactionLostException(reason.sqlState(), reason.getMessage());
  }
}
