package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.LogStatus.Role;
import dev.lockstep.server.log.SnapshotRules;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The state machine as the engine sees it. All methods are called by the engine's one thread for
 * the group; only the copying of a snapshot goes on beside, on a thread given for it.
 */
final class EngineCallbacks extends StateMachineAdapter {
  private final StateMachine machine;
  private final EngineStorage storage;
  private final Peers peers;
  private final StatusBoard board;
  private final Executor copier;
  private final SnapshotRules snapshots;
  private final Runnable snapshotDue;

  /** Set once the engine has started: from then on a loaded snapshot came from the leader. */
  private volatile boolean started;

  private volatile Throwable failure;
  private volatile EngineFailure onFailure = reason -> {};

  /** Index of the last snapshot that was begun or loaded; the next one is counted from it. */
  private long snapshotIndex;

  /** Bytes of the commands since then. */
  private long bytesSinceSnapshot;

  EngineCallbacks(
      StateMachine machine,
      EngineStorage storage,
      Peers peers,
      StatusBoard board,
      Executor copier,
      SnapshotRules snapshots,
      Runnable snapshotDue) {
    this.machine = machine;
    this.storage = storage;
    this.peers = peers;
    this.board = board;
    this.copier = copier;
    this.snapshots = snapshots;
    this.snapshotDue = snapshotDue;
  }

  /** Stops the engine because a callback failed. */
  interface EngineFailure {
    void fail(RaftException reason);
  }

  void started(EngineFailure engine) {
    onFailure = engine;
    started = true;
  }

  /** Why the state machine could not go on, or null. */
  Throwable failure() {
    return failure;
  }

  /** Whether this member can take new entries. */
  boolean hasRoom() {
    return machine.hasRoom();
  }

  /** The log is about to be closed. */
  void closing() {
    machine.closing();
  }

  @Override
  public void onApply(Iterator engine) {
    CommittedBatch batch = new CommittedBatch(engine, storage.log());
    try {
      while (batch.begin()) {
        machine.apply(batch);
        if (batch.hasNext()) {
          throw new IllegalStateException(
              "the state machine left entries of a batch after index " + batch.lastIndex());
        }
      }
    } catch (Throwable t) {
      // Errors too: whatever it was, going on could skip an entry. The engine stops the member.
      fail("apply after index " + batch.lastIndex(), t);
      batch.fail(String.valueOf(t));
      return;
    }
    bytesSinceSnapshot += batch.commandBytes();
    if (isSnapshotDue(batch.lastIndex())) {
      snapshotIndex = batch.lastIndex();
      bytesSinceSnapshot = 0;
      snapshotDue.run();
    }
  }

  /**
   * Members wait for a quarter more of the log than the member before them, so that they do not all
   * copy at once: a commit needs only a majority whose disks are free.
   */
  private boolean isSnapshotDue(long index) {
    int quarters = 4 + peers.position();
    return snapshots.due(
        (index - snapshotIndex) * 4 / quarters,
        bytesSinceSnapshot * 4 / quarters,
        machine.stateBytes());
  }

  @Override
  public void onSnapshotSave(SnapshotWriter engine, Closure done) {
    StateMachine.SnapshotWriter state;
    try {
      state = machine.beginSnapshot();
    } catch (RuntimeException e) {
      done.run(snapshotFailed(e));
      return;
    }
    try {
      copier.execute(() -> done.run(copy(state, engine)));
    } catch (RejectedExecutionException e) {
      state.close();
      done.run(snapshotFailed(e));
    }
  }

  private static Status copy(StateMachine.SnapshotWriter state, SnapshotWriter engine) {
    Path directory = Path.of(engine.getPath());
    try (state) {
      Path stateDirectory =
          Files.createDirectories(directory.resolve(SnapshotFiles.STATE_DIRECTORY));
      state.write(stateDirectory);
      for (Path file : SnapshotFiles.in(stateDirectory)) {
        String name = directory.relativize(file).toString().replace('\\', '/');
        if (!engine.addFile(name)) {
          throw new IOException("the engine refused the file " + name);
        }
      }
      SnapshotFiles.force(directory);
      return Status.OK();
    } catch (Exception | OutOfMemoryError e) {
      return snapshotFailed(e);
    }
  }

  /** Not EIO, for which the engine would stop the member: the next snapshot may succeed. */
  private static Status snapshotFailed(Throwable cause) {
    JRaftLog.LOG.warn("no snapshot could be taken", cause);
    return new Status(RaftError.EINTERNAL, "no snapshot could be taken: %s", cause);
  }

  @Override
  public boolean onSnapshotLoad(SnapshotReader reader) {
    SnapshotMeta meta = (SnapshotMeta) reader.load();
    Path directory = Path.of(reader.getPath());
    try {
      if (started) {
        // It has just come over the network, and the engine does not force it.
        SnapshotFiles.force(directory);
      }
      machine.loadSnapshot(
          directory.resolve(SnapshotFiles.STATE_DIRECTORY),
          meta.getLastIncludedIndex(),
          meta.getLastIncludedTerm());
      snapshotIndex = meta.getLastIncludedIndex();
      bytesSinceSnapshot = 0;
      return true;
    } catch (Exception | Error e) {
      fail("load of the snapshot at index " + meta.getLastIncludedIndex(), e);
      return false;
    } finally {
      if (started) {
        closeReceived(reader);
      }
    }
  }

  /**
   * The engine closes the reader of the snapshot that it starts from, but not that of one that it
   * received, and would keep the files of that one for ever.
   */
  private static void closeReceived(SnapshotReader reader) {
    try {
      reader.close();
    } catch (IOException | RuntimeException e) {
      JRaftLog.LOG.warn("a received snapshot stays on disk: {}", reader.getPath(), e);
    }
  }

  @Override
  public void onLeaderStart(long term) {
    board.set(new LogStatus(Role.LEADER, term, peers.memberOf(peers.self())));
    guarded("leadershipGained", () -> machine.leadershipGained(term));
  }

  @Override
  public void onLeaderStop(Status status) {
    LogStatus now = new LogStatus(Role.FOLLOWER, board.get().term(), "");
    board.set(now);
    guarded("leadershipLost", () -> machine.leadershipLost(now));
  }

  @Override
  public void onStartFollowing(LeaderChangeContext context) {
    following(peers.memberOf(context.getLeaderId()), context.getTerm());
  }

  @Override
  public void onStopFollowing(LeaderChangeContext context) {
    following("", context.getTerm());
  }

  private void following(String leader, long term) {
    board.set(new LogStatus(Role.FOLLOWER, term, leader));
    guarded("leaderChanged", () -> machine.leaderChanged(leader, term));
  }

  @Override
  public void onConfigurationCommitted(Configuration members) {
    JRaftLog.LOG.info("members are now {}", members);
  }

  @Override
  public void onError(RaftException e) {
    Throwable cause = failure;
    String reason = cause == null ? e.getStatus().toString() : e.getStatus() + ": " + cause;
    JRaftLog.LOG.error("this member stops: {}", reason, cause == null ? e : cause);
    board.set(new LogStatus(Role.STOPPED, board.get().term(), ""));
    try {
      machine.stopped(reason);
    } catch (RuntimeException unexpected) {
      JRaftLog.LOG.error("the state machine did not accept that it is stopped", unexpected);
    }
  }

  @Override
  public void onShutdown() {
    // The log that closes the engine tells whoever must know.
  }

  /** The engine only logs what a callback throws, and would go on. */
  private void guarded(String callback, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      fail(callback, e);
      RaftException reason =
          new RaftException(
              com.alipay.sofa.jraft.entity.EnumOutter.ErrorType.ERROR_TYPE_STATE_MACHINE,
              RaftError.ESTATEMACHINE,
              callback + ": " + e);
      onFailure.fail(reason);
    }
  }

  private void fail(String during, Throwable cause) {
    JRaftLog.LOG.error("the state machine failed: {}", during, cause);
    failure = cause;
  }
}
