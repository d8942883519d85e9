package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The stores of one member, which refuse to open what is damaged or incomplete: a member that has
 * lost entries, or its vote, without knowing it breaks what the majority relies on.
 */
final class EngineStorage extends DefaultJRaftServiceFactory {
  static final String WHAT_TO_DO =
      "this member must not go on from it, see \"A member that has lost its log\" in FAULTS.md";

  private final Path directory;
  private final StateMachine machine;

  /** Last entry in the state machine's stored state, 0 if it is empty. */
  private final long appliedIndex;

  private CheckedLogStorage log;
  private IOException refusal;

  EngineStorage(LogOptions options, StateMachine machine) {
    this.directory = options.directory();
    this.machine = machine;
    this.appliedIndex = machine.appliedIndex();
  }

  static Path logIn(Path directory) {
    return directory.resolve("log");
  }

  static Path metaIn(Path directory) {
    return directory.resolve("meta");
  }

  static Path snapshotsIn(Path directory) {
    return directory.resolve("snapshots");
  }

  /** Why the stores were not opened, or null. */
  IOException refusal() {
    return refusal;
  }

  void refuse(IOException reason) {
    refusal = reason;
    JRaftLog.LOG.error("the member's files cannot be used: {}", reason.getMessage());
  }

  boolean hasEntries() {
    return log.getLastLogIndex() > 0;
  }

  /** Looks for what is missing as a whole. */
  void check() throws IOException {
    boolean hasVote = Files.exists(metaIn(directory).resolve(VoteFile.NAME));
    if (!hasVote && appliedIndex > 0) {
      throw new IOException(
          "the log in "
              + directory
              + " is missing, though the state has applied index "
              + appliedIndex
              + "; "
              + WHAT_TO_DO);
    }
    if (hasVote && !CheckedLogStorage.existsIn(logIn(directory))) {
      throw new IOException(
          logIn(directory) + " is missing, though this member has voted; " + WHAT_TO_DO);
    }
  }

  /**
   * The state is never ahead of its own log, and what the log has dropped is in a snapshot.
   *
   * @param lastIndex of the log
   */
  void checkLast(long lastIndex) throws IOException {
    long known = Math.max(lastIndex, SnapshotFiles.lastIndexIn(snapshotsIn(directory)));
    if (appliedIndex > known) {
      throw new IOException(
          "the log in "
              + directory
              + " ends at index "
              + known
              + ", though the state has applied index "
              + appliedIndex
              + "; "
              + WHAT_TO_DO);
    }
  }

  CheckedLogStorage log() {
    return log;
  }

  /** For a start that failed; the engine does not give back what it did not start. */
  void close() {
    if (log != null) {
      log.shutdown();
    }
  }

  @Override
  public LogStorage createLogStorage(String uri, RaftOptions options) {
    log = new CheckedLogStorage(Path.of(uri), snapshotsIn(directory), options, this);
    return log;
  }

  @Override
  public SnapshotStorage createSnapshotStorage(NodeOptions options) {
    return new VerifiedSnapshots(options.getSnapshotUri(), options.getRaftOptions(), machine);
  }

  @Override
  public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
    return new VoteFile(Path.of(uri), this);
  }
}
