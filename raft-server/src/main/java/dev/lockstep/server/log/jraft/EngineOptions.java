package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.option.ApplyTaskMode;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.TransferPace;
import java.nio.file.Path;

/** What the engine is told for one member; docs/ARCHITECTURE.md has the reasons. */
final class EngineOptions {
  /** Commands that the engine appends and replicates together at most. */
  private static final int APPEND_ENTRIES_MAX = 128;

  /** Entries not yet applied that may be kept in memory before new ones are refused. */
  private static final long ENTRIES_IN_MEMORY_BYTES_MAX = 256L << 20;

  private static final int QUEUE_MIN = 1_024;
  private static final int RPC_TIMEOUT_MILLIS = 5_000;
  private static final int RECEIVE_SNAPSHOT_TIMEOUT_MILLIS = 30 * 60 * 1_000;
  private static final int REPLY_THREADS_MAX = 6;

  private EngineOptions() {}

  /** Where the member keeps its snapshot. */
  static Path snapshotsOf(LogOptions options) {
    return options.directory().resolve("snapshots");
  }

  static NodeOptions of(
      LogOptions options,
      Peers peers,
      EngineCallbacks callbacks,
      EngineStorage storage,
      TransferPace pace) {
    NodeOptions engine = new NodeOptions();
    engine.setFsm(callbacks);
    engine.setInitialConf(peers.configuration());
    Path directory = options.directory();
    engine.setServiceFactory(storage);
    engine.setLogUri(EngineStorage.logIn(directory).toString());
    engine.setRaftMetaUri(EngineStorage.metaIn(directory).toString());
    engine.setSnapshotUri(snapshotsOf(options).toString());
    engine.setElectionTimeoutMs(options.electionTimeoutMillis());
    // Snapshots are begun by the log, see SnapshotRules.
    engine.setSnapshotIntervalSecs(0);
    engine.setSnapshotThrottle(new PacedThrottle(pace));
    engine.setDisableCli(true);
    engine.setEnableMetrics(false);
    engine.setApplyTaskMode(ApplyTaskMode.NonBlocking);
    engine.setSharedElectionTimer(true);
    engine.setSharedVoteTimer(true);
    engine.setSharedStepDownTimer(true);
    engine.setSharedSnapshotTimer(true);
    engine.setSharedTimerPool(true);
    // While it asks for votes the engine connects to the others one by one, holding its lock.
    engine.setRpcConnectTimeoutMs(Math.max(100, options.electionTimeoutMillis() / 2));
    engine.setRpcDefaultTimeout(RPC_TIMEOUT_MILLIS);
    engine.setRpcInstallSnapshotTimeout(RECEIVE_SNAPSHOT_TIMEOUT_MILLIS);
    engine.setRpcProcessorThreadPoolSize(REPLY_THREADS_MAX);
    engine.setRaftOptions(raft(options));
    return engine;
  }

  private static RaftOptions raft(LogOptions options) {
    RaftOptions raft = new RaftOptions();
    raft.setSync(true);
    raft.setSyncMeta(true);
    raft.setReplicatorPipeline(true);
    raft.setApplyBatch(APPEND_ENTRIES_MAX);
    raft.setDisruptorBufferSize(Math.max(QUEUE_MIN, powerOfTwoFrom(options.proposalsMax())));
    raft.setMaxLogsInMemoryBytes(ENTRIES_IN_MEMORY_BYTES_MAX);
    raft.setMaxElectionDelayMs(Math.max(50, options.electionTimeoutMillis() / 2));
    raft.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
    raft.setOpenStatistics(false);
    raft.setEnableLogEntryChecksum(true);
    return raft;
  }

  private static int powerOfTwoFrom(int count) {
    return Integer.highestOneBit(Math.max(1, count - 1)) << 1;
  }
}
