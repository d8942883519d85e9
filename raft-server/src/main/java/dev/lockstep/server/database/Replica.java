package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.server.command.Checkpoint;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import dev.lockstep.server.log.TransferPace;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqliteBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member's copy of a database, and the loop that applies commands to it. The methods of {@link
 * StateMachine} are called by the log's thread; all others by any thread.
 */
public final class Replica implements StateMachine, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

  /** How often it is tried to apply what had no room. */
  private static final long STARVING_RETRY_MILLIS = 250;

  private final ReplicaOptions options;
  private final Disk disk;
  private final StateDirectory directory;
  private final TransactionCounters counters = new TransactionCounters();
  private final WriterAccess access;
  private final SessionTable sessions;
  private final List<ReplicaListener> listeners = new CopyOnWriteArrayList<>();
  private final AppliedWaiters waiters = new AppliedWaiters(this::appliedIndex);
  private final TransactionRegistry transactions;
  private final WalCheckpoints checkpoints;
  private final TransferPace snapshotPace;
  private final SnapshotStatus snapshotStatus = new SnapshotStatus();
  private final ContentSnapshots contents;

  private final DiskRoom room;
  private final Object starving = new Object();

  /** Guarded by the writer's lock, like the connection it works on. */
  private BatchApplier applier;

  private volatile AppliedState applied;
  private volatile Path currentFile;

  /** Index of the last entry that was more than a checkpoint. */
  private volatile long lastChangeIndex;

  private volatile String fault;

  /** Why the state is not to be trusted; null while it is. */
  private volatile String condemnation;

  /** Whether nobody replaces the state although it is condemned. */
  private volatile boolean suspended;

  private volatile boolean closed;

  /** Index of the last entry that the log gave, applied or not. Set by the log's thread alone. */
  private volatile long givenIndex;

  /** Why committed entries cannot be applied at the moment, or null. */
  private volatile String diskFull;

  /** Guarded by {@link #starving}: the log closes, and nobody may wait for room any more. */
  private boolean logCloses;

  private Replica(
      ReplicaOptions options,
      Disk disk,
      LongSupplier nanoTime,
      TurnAlarm alarm,
      SessionLimits sessionLimits)
      throws IOException, SQLException {
    this.options = options;
    this.disk = disk;
    this.sessions = new SessionTable(sessionLimits);
    this.snapshotPace = new TransferPace(options.snapshotBytesPerSecond());
    this.directory =
        StateDirectory.open(
            options.directory(),
            disk,
            file -> {
              try {
                StateConnection.create(file, options.clusterId(), options.database());
              } catch (SQLException e) {
                throw new IOException(e);
              }
            });
    this.room = new DiskRoom(disk, System::nanoTime, options.directory());
    this.access =
        new WriterAccess(this::currentFile, this::appliedIndex, this::valuesOf, counters, room);
    this.transactions =
        new TransactionRegistry(options, nanoTime, alarm, access, counters, this::stepFailed);
    use(directory.file());
    this.checkpoints = new WalCheckpoints(options.database(), this::checkpointFailed);
    this.contents = new ContentSnapshots(options.database(), this::condemn);
    this.lastChangeIndex = applied.index();
  }

  /**
   * Opens the state, or creates it.
   *
   * @throws StateDamagedException if SQLite cannot make sense of the file
   * @throws StateException if it belongs to another cluster or database, is of a newer format, or
   *     cannot be read
   */
  public static Replica open(ReplicaOptions options) {
    return open(
        options,
        new Disk(),
        System::nanoTime,
        new TurnAlarmThread(options.database()),
        SessionLimits.DEFAULT);
  }

  static Replica open(
      ReplicaOptions options,
      Disk disk,
      LongSupplier nanoTime,
      TurnAlarm alarm,
      SessionLimits sessionLimits) {
    try {
      return new Replica(options, disk, nanoTime, alarm, sessionLimits);
    } catch (IOException | SQLException e) {
      String message =
          "the state in " + options.directory() + " cannot be opened: " + e.getMessage();
      throw e instanceof SQLException sql && SqlErrors.isDamage(sql)
          ? new StateDamagedException(message, e)
          : new StateException(message, e);
    }
  }

  /**
   * Removes all of a state, on the disk too when it returns: the next {@link #open} makes an empty
   * one.
   *
   * @param directory the directory of the generations, of no open replica
   */
  public static void discardState(Path directory) throws IOException {
    if (Files.exists(directory)) {
      Disk disk = new Disk();
      disk.deleteTree(directory);
      disk.force(directory.getParent());
    }
  }

  private void use(Path file) throws SQLException {
    StateConnection connection =
        StateConnection.open(file, options.clusterId(), options.database());
    try {
      access.use(connection);
      applier = new BatchApplier(connection, access.runner(), sessions, counters, this::fixContent);
      applied = applier.state();
      currentFile = file;
    } catch (SQLException | RuntimeException e) {
      access.use(null);
      try (connection) {
        throw e;
      }
    }
  }

  /** Called by the applier, after the commit of a command that wants the content as it is then. */
  private void fixContent(Command command, AppliedState state) {
    if (command instanceof Checkpoint checkpoint) {
      contents.checkpoint(currentFile, state, checkpoint);
    } else {
      contents.keep(currentFile, state);
    }
  }

  /** The content as it was at some entries of the log. */
  public ContentSnapshots contents() {
    return contents;
  }

  /** Index of the last entry that may have changed something: all but the checkpoints. */
  public long lastChangeIndex() {
    return lastChangeIndex;
  }

  /** How far this replica is, as of its last commit. */
  public AppliedState applied() {
    return applied;
  }

  @Override
  public long appliedIndex() {
    return applied.index();
  }

  /** The latest clock of all applied commands: a proposer never goes back behind it. */
  public long lastClockMillis() {
    return applied.clockMillis();
  }

  /**
   * Waits for an entry to be applied and stored.
   *
   * @param completion called once: with null by the applying thread, or by the caller if the entry
   *     is applied already; with a failure of kind STOPPED when the replica closes or stops before
   * @return gives the waiting up, without a call of the completion, if it has not been called
   */
  public Waiting whenApplied(long index, ReplicatedLog.Completion completion) {
    return waiters.add(index, completion);
  }

  /** What is known of a session; empty if it is not open. */
  public Optional<SessionState> session(SessionId id) {
    Session session = sessions.committed(id);
    if (session == null) {
      return Optional.empty();
    }
    byte[] result = session.result();
    SessionValues values = session.values();
    return Optional.of(
        new SessionState(
            session.lastSequence(),
            session.lastIndex(),
            result == null ? null : CommandResult.decode(new WireReader(result)),
            values.lastInsertRowid(),
            values.changes(),
            values.totalChanges()));
  }

  private SessionValues valuesOf(SessionId id) {
    Session session = sessions.committed(id);
    return session == null ? SessionValues.NONE : session.values();
  }

  /** The file with the state, for read-only connections. */
  public Path currentFile() {
    return currentFile;
  }

  /** To be called before the log starts. */
  public void addListener(ReplicaListener listener) {
    listeners.add(listener);
  }

  public TransactionRegistry transactions() {
    return transactions;
  }

  /** Why the replica applies nothing any more; empty while it does. */
  public Optional<String> fault() {
    return Optional.ofNullable(fault != null ? fault : condemnation);
  }

  /** Why the state is to be replaced; empty if it is not. */
  public Optional<String> condemnation() {
    return suspended ? Optional.empty() : Optional.ofNullable(condemnation);
  }

  /**
   * Says that the state of this replica is wrong, though its log is not: it has diverged, or its
   * file is damaged. From now on the replica serves nothing, acknowledges nothing and applies
   * nothing, while the member goes on taking part in the log; {@link ReplicaListener#condemned}
   * tells whoever replaces the state. Only the first call counts.
   */
  public void condemn(String reason) {
    if (withdraw(reason, false)) {
      tell(listener -> listener.condemned(reason));
    }
  }

  /**
   * As {@link #condemn}, but nobody is asked to replace the state: it is not known which replica is
   * wrong, and a person decides. Ends with the process.
   */
  public void suspend(String reason) {
    if (withdraw(reason, true)) {
      tell(listener -> listener.stopped(reason));
    }
  }

  private boolean withdraw(String reason, boolean suspend) {
    synchronized (this) {
      if (condemnation != null || fault != null || closed) {
        return false;
      }
      suspended = suspend;
      condemnation = reason;
    }
    LOG.error("database {} is not served from this state: {}", options.database(), reason);
    transactions.leadershipLost("this node has stopped serving the database: " + reason);
    waiters.stop(new LogFailure(LogFailure.Kind.STOPPED, reason));
    return true;
  }

  /**
   * Copies the state as it is now into an empty directory, as a snapshot is, at the pace of
   * snapshots. For any thread; other entries are applied meanwhile.
   *
   * @param wanted asked now and then; the copy fails when it is not wanted any more
   * @throws NoRoomException if the disk has no room for it
   */
  public StateCopy copyState(Path target, BooleanSupplier wanted) throws IOException, SQLException {
    Files.createDirectories(target);
    try (SqliteBackup backup = SqliteBackup.begin(currentFile)) {
      DiskRoom.require(disk, target, backup.sizeBytes(), "a copy of the state");
      PacedCopy paced = new PacedCopy(StateCopy.fileIn(target), disk, snapshotPace);
      return StateCopy.write(
          backup,
          target,
          options,
          disk,
          bytes -> {
            if (!wanted.getAsBoolean()) {
              throw new IOException("the copy is not wanted any more");
            }
            paced.copied(bytes);
          });
    }
  }

  /** Lets bytes of a copy of the state pass, on their way to another node, at their pace. */
  public void paceCopy(long bytes) throws IOException {
    snapshotPace.pass(bytes);
  }

  /**
   * Index of the last entry that the log gave, applied or not; also a condemned replica is given
   * them. They are all on this member's own disk.
   */
  public long givenIndex() {
    return givenIndex;
  }

  /** How much room the database's disks have. */
  public DiskRoom room() {
    return room;
  }

  /** Why entries that are committed cannot be applied at the moment: the disk is full. */
  public Optional<String> diskFull() {
    return Optional.ofNullable(diskFull);
  }

  /** Gives up those who wait for an entry: it may take as long as the disk is full. */
  public void releaseWaiting(String reason) {
    waiters.fail(new LogFailure(LogFailure.Kind.STOPPED, reason));
  }

  /** For tests that make the connection fail. */
  WriterAccess access() {
    return access;
  }

  @Override
  public boolean hasRoom() {
    return diskFull == null && !room.isLow();
  }

  @Override
  public boolean isTrusted() {
    return condemnation == null;
  }

  @Override
  public void opening() {
    synchronized (starving) {
      logCloses = false;
    }
    snapshotPace.begin();
  }

  @Override
  public void closing() {
    synchronized (starving) {
      logCloses = true;
      starving.notifyAll();
    }
    snapshotPace.end();
  }

  @Override
  public void apply(Iterator<CommittedEntry> batch) {
    while (batch.hasNext()) {
      TakenEntries taken = TakenEntries.take(batch);
      givenIndex = Math.max(givenIndex, taken.lastIndex());
      if (condemnation != null) {
        taken.fail(new LogFailure(LogFailure.Kind.UNKNOWN, condemnation));
        continue;
      }
      try {
        apply(taken);
        if (condemnation == null) {
          taken.end();
        } else {
          // What was computed from a wrong state is nobody's answer.
          taken.fail(new LogFailure(LogFailure.Kind.UNKNOWN, condemnation));
          continue;
        }
      } catch (ApplyAbandoned e) {
        taken.fail(new LogFailure(LogFailure.Kind.UNKNOWN, e.getMessage()));
        throw e;
      } catch (ReplicaFault e) {
        if (!SqlErrors.isDamage(e.getCause())) {
          stop(e.getMessage());
          taken.fail(new LogFailure(LogFailure.Kind.UNKNOWN, fault));
          throw e;
        }
        LOG.error("the state is damaged", e);
        condemn("the database file is damaged: " + e.getMessage());
        taken.fail(new LogFailure(LogFailure.Kind.UNKNOWN, e.getMessage()));
        continue;
      } catch (RuntimeException | Error e) {
        stop(e.getMessage() == null ? e.toString() : e.getMessage());
        taken.fail(new LogFailure(LogFailure.Kind.UNKNOWN, fault));
        throw e;
      }
      waiters.release();
    }
  }

  private void apply(TakenEntries taken) {
    if (fault != null || closed) {
      throw new ReplicaFault(fault != null ? fault : "the replica is closed");
    }
    List<PendingCommand> commands = taken.decode(applied, options.database());
    while (!commands.isEmpty()) {
      try {
        apply(commands);
        break;
      } catch (ReplicaFault e) {
        if (!e.isDiskFull()) {
          throw e;
        }
        awaitRoom(e);
        commands = taken.after(applied);
      }
    }
    if (diskFull != null) {
      LOG.info("{} applies commands again, from index {} on", options.database(), applied.index());
      diskFull = null;
    }
  }

  private void apply(List<PendingCommand> commands) {
    long schemaVersion;
    long newSchemaVersion;
    Set<String> releasedLocks;
    access.lock().lockForApply();
    try {
      if (access.connection() == null) {
        throw new ReplicaFault("the replica is closed");
      }
      int inPlace = keepCommon(commands);
      schemaVersion = applier.schemaVersion();
      try {
        applier.apply(commands, inPlace);
      } finally {
        access.speculation().closed();
        // What comes before a full disk is stored.
        newSchemaVersion = applier.schemaVersion();
        applied = applier.state();
      }
      access.speculation().applied(commands);
      releasedLocks = sessions.locks().takeReleased();
      for (PendingCommand command : commands) {
        if (!command.fixesContent()) {
          lastChangeIndex = command.index();
        }
      }
      checkpoints.committed(access.connection(), currentFile);
    } catch (SQLException e) {
      throw ScriptRunner.fault(e);
    } finally {
      access.lock().unlock();
    }
    if (newSchemaVersion != schemaVersion) {
      tell(listener -> listener.schemaChanged(newSchemaVersion));
    }
    if (!releasedLocks.isEmpty()) {
      tell(listener -> listener.locksReleased(releasedLocks));
    }
  }

  /** How many of the commands stand already where the log says. */
  private int keepCommon(List<PendingCommand> commands) throws SQLException {
    if (applier.defersConstraints() || applier.hasFullTextTables()) {
      access.rollback();
      return 0;
    }
    return access.speculation().keepCommon(commands);
  }

  /** Size of the database file; what is in its WAL alone is left out. */
  @Override
  public long stateBytes() {
    try {
      return Files.size(currentFile);
    } catch (IOException e) {
      LOG.debug("the size of {} is not known", currentFile, e);
      return 0;
    }
  }

  /** Why the last snapshot of this replica could not be taken; empty if it was. */
  public Optional<String> snapshotFailure() {
    return snapshotStatus.failure();
  }

  /**
   * The entries are committed, so they must be applied, and can be when there is room again. To
   * fail instead would stop the engine, which then needs a restart. Readers go on meanwhile.
   */
  private void awaitRoom(ReplicaFault cause) {
    if (diskFull == null) {
      diskFull = cause.getMessage();
      LOG.error(
          "{} cannot apply the entries after index {}, and waits: {}",
          options.database(),
          applied.index(),
          diskFull);
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STARVING_RETRY_MILLIS);
    boolean interrupted = false;
    synchronized (starving) {
      while (!logCloses && deadline - System.nanoTime() > 0) {
        try {
          TimeUnit.NANOSECONDS.timedWait(starving, deadline - System.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (logCloses) {
        throw new ApplyAbandoned();
      }
    }
  }

  @Override
  public SnapshotWriter beginSnapshot() {
    AppliedState state = applied;
    if (condemnation != null) {
      throw new StateException("no snapshot is taken of a condemned state: " + condemnation);
    }
    if (state.index() > givenIndex) {
      // The log would take the snapshot for one of an earlier index.
      throw new StateException(
          "no snapshot is taken before the log has come to index "
              + state.index()
              + " of the state; it is at "
              + givenIndex);
    }
    try {
      return new StateSnapshot(
          SqliteBackup.begin(currentFile), options, state, disk, snapshotPace, snapshotStatus);
    } catch (SQLException e) {
      snapshotStatus.failed(e);
      throw new StateException("the state cannot be fixed for a snapshot: " + e.getMessage(), e);
    }
  }

  @Override
  public void checkSnapshot(Path snapshot) throws IOException {
    SnapshotManifest manifest = SnapshotManifest.read(snapshot.resolve(SnapshotManifest.FILE));
    new SnapshotInstall(options, disk, manifest, snapshotPace).check();
    manifest.content().check(snapshot.resolve(StateDirectory.FILE));
  }

  @Override
  public void loadSnapshot(Path snapshot, long index, long term) throws IOException, SQLException {
    givenIndex = Math.max(givenIndex, index);
    if (applied.index() >= index || condemnation != null) {
      return;
    }
    SnapshotManifest manifest = SnapshotManifest.read(snapshot.resolve(SnapshotManifest.FILE));
    SnapshotInstall install = new SnapshotInstall(options, disk, manifest, snapshotPace);
    install.check(index, term);
    if (manifest.state().index() <= applied.index()) {
      // What lies between is the engine's own.
      return;
    }
    access.lock().lockForApply();
    try {
      access.rollback();
      install.run(snapshot, directory);
      try (StateConnection former = access.connection()) {
        use(directory.file());
      }
      directory.removeFormer();
    } catch (SQLException | IOException | RuntimeException e) {
      stop("the snapshot at index " + index + " cannot be installed: " + e.getMessage());
      throw e;
    } finally {
      access.lock().unlock();
    }
    LOG.info("the state is now that of the snapshot at index {}", applied.index());
    tell(listener -> listener.fileReplaced(currentFile));
    waiters.release();
  }

  @Override
  public void leadershipGained(long term) {
    transactions.leadershipGained();
    tell(listener -> listener.leadershipGained(term));
  }

  @Override
  public void leadershipLost(LogStatus status) {
    transactions.leadershipLost("this node does not lead any more: the transaction is rolled back");
    tell(listener -> listener.leadershipLost(status));
  }

  @Override
  public void leaderChanged(String leader, long term) {
    tell(listener -> listener.leaderChanged(leader, term));
  }

  @Override
  public void stopped(String reason) {
    stop(reason);
    tell(listener -> listener.stopped(fault));
  }

  /** A step of a transaction found that this node has a fault: it applies nothing any more. */
  private void stepFailed(ReplicaFault e) {
    LOG.error("a step of a transaction failed", e);
    if (SqlErrors.isDamage(e.getCause())) {
      condemn("the database file is damaged: " + e.getMessage());
    } else {
      stop(e.getMessage());
    }
  }

  /**
   * Somebody could not read the file. If it is damaged its state is condemned; if the disk does not
   * read or write the replica stops: what it would answer, and apply, from it cannot be trusted.
   */
  public void readFailed(SQLException e) {
    String message = SqlErrors.classify(e).error().message();
    if (SqlErrors.isDamage(e)) {
      LOG.error("a read failed", e);
      condemn("the database file is damaged: " + message);
    } else if (SqlErrors.isInputOutput(e)) {
      LOG.error("a read failed", e);
      stop("the database file cannot be read: " + message);
    }
  }

  private void checkpointFailed(ReplicaFault e) {
    LOG.error("a checkpoint of the WAL failed", e);
    stop("a checkpoint of the WAL failed: " + e.getMessage());
  }

  private void stop(String reason) {
    if (fault == null) {
      fault = reason;
      LOG.error("database {} stops: {}", options.database(), reason);
    }
    transactions.leadershipLost("this node has stopped serving the database: " + fault);
    waiters.stop(new LogFailure(LogFailure.Kind.STOPPED, fault));
  }

  /** Rolls back all transactions, releases all who wait, closes the file. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    transactions.leadershipLost("this node stops: the transaction is rolled back");
    waiters.stop(new LogFailure(LogFailure.Kind.STOPPED, "the node stops"));
    access.lock().lockForApply();
    try (StateConnection connection = access.connection()) {
      if (connection != null) {
        access.rollback();
      }
    } catch (SQLException e) {
      LOG.warn("the state of {} could not be closed in order", options.database(), e);
    } finally {
      access.use(null);
      access.lock().unlock();
      checkpoints.close();
      transactions.close();
      contents.close();
    }
  }

  private void tell(Consumer<ReplicaListener> event) {
    for (ReplicaListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        LOG.error("a listener failed", e);
      }
    }
  }

  /** Somebody who waits for an entry. */
  public interface Waiting {
    /** Gives up waiting. */
    void cancel();
  }
}
