package dev.lockstep.server.node;

import dev.lockstep.protocol.Topology;
import dev.lockstep.server.database.AppliedState;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.database.ReplicaOptions;
import dev.lockstep.server.database.TransactionOptions;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.jraft.JRaftLog;
import dev.lockstep.server.net.FrontDoor;
import dev.lockstep.server.net.FrontDoorOptions;
import dev.lockstep.server.service.DatabaseService;
import dev.lockstep.server.service.ServiceLimits;
import dev.lockstep.server.service.ServiceOptions;
import dev.lockstep.sql.SqliteReader;
import dev.lockstep.sql.StatementAnalyzer;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the log, the database, and the front door for clients. Started whole or not at
 * all. Safe for use by several threads.
 */
public final class LockstepNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LockstepNode.class);

  /** How long a graceful stop waits for answers that are on their way. */
  private static final long DRAIN_MILLIS = 2_000;

  private final NodeConfig config;
  private final long startedNanos = System.nanoTime();

  /** What was taken, to be given back in the opposite order. */
  private final Deque<AutoCloseable> taken = new ArrayDeque<>();

  private Replica replica;
  private ReplicatedLog log;
  private DatabaseService service;

  /** Null until it is open; the first clients may come, and ask, before this field is set. */
  private volatile FrontDoor frontDoor;

  private String sqliteVersion;
  private boolean stopped;

  private LockstepNode(NodeConfig config) {
    this.config = config;
  }

  /**
   * Starts a node and returns as soon as it accepts clients; it may not know a leader yet.
   *
   * @throws NodeStartException if it cannot start; everything taken is given back then
   */
  public static LockstepNode start(NodeConfig config) throws NodeStartException {
    return start(config, JRaftLog::open);
  }

  /** As {@link #start(NodeConfig)}, on another log than SOFAJRaft's: for tests. */
  public static LockstepNode start(NodeConfig config, LogFactory logs) throws NodeStartException {
    LockstepNode node = new LockstepNode(config);
    try {
      node.open(logs);
      return node;
    } catch (NodeStartException | RuntimeException e) {
      node.giveBack();
      throw e;
    }
  }

  private void open(LogFactory logs) throws NodeStartException {
    DataDirectory directory =
        took(
            DataDirectory.open(
                config.dataDirectory(), config.cluster(), config.node(), config.database()));
    try {
      openParts(directory, logs);
    } catch (BindException e) {
      throw new NodeStartException(
          NodeStartException.Reason.ADDRESS_NOT_AVAILABLE, e.getMessage(), e);
    } catch (IOException | SQLException | RuntimeException e) {
      throw new NodeStartException(
          NodeStartException.Reason.FAILED,
          "node " + config.node() + " cannot start: " + e.getMessage(),
          e);
    }
    LOG.info(
        "node {} of cluster {} serves database {} at {}:{}",
        config.node(),
        config.cluster(),
        config.database(),
        bindHost(),
        clientPort());
  }

  private void openParts(DataDirectory directory, LogFactory logs)
      throws IOException, SQLException {
    replica =
        took(
            Replica.open(
                new ReplicaOptions(
                    directory.stateOf(config.database()),
                    config.cluster(),
                    config.database(),
                    TransactionOptions.DEFAULT,
                    config.snapshots().bytesPerSecond())));
    sqliteVersion = sqliteVersion(replica.currentFile());
    StatementAnalyzer analyzer = took(StatementAnalyzer.open(replica.currentFile()));
    ScheduledThreadPoolExecutor timer = newTimer();
    took(() -> stop(timer));
    TopologyPush events = new TopologyPush(config.node(), analyzer, timer);
    replica.addListener(events);
    log = took(logs.open(logOptions(directory), replica));
    service =
        took(new DatabaseService(serviceOptions(), log, replica, analyzer, timer, this::values));
    frontDoor = took(FrontDoor.open(frontDoorOptions(), service));
    service.clientPort(frontDoor.port());
    events.to(() -> frontDoor.push(service.topology()));
    frontDoor.push(service.topology());
  }

  private <T extends AutoCloseable> T took(T resource) {
    taken.push(resource);
    return resource;
  }

  private LogOptions logOptions(DataDirectory directory) {
    List<LogOptions.Member> members =
        config.members().stream()
            .map(member -> new LogOptions.Member(member.id(), member.host(), member.raftPort()))
            .toList();
    return new LogOptions(
        config.database(),
        config.node(),
        members,
        directory.logOf(config.database()),
        config.electionTimeoutMillis(),
        config.snapshots(),
        LogOptions.DEFAULT_PROPOSALS_MAX);
  }

  private ServiceOptions serviceOptions() {
    NodeLimits limits = config.limits();
    List<Topology.Member> members =
        config.members().stream()
            .map(member -> new Topology.Member(member.id(), member.host(), member.clientPort()))
            .toList();
    return new ServiceOptions(
        config.cluster(),
        config.node(),
        config.database(),
        productVersion(),
        sqliteVersion,
        members,
        new ServiceLimits(
            limits.proposalsMax(),
            limits.proposalBytesMax(),
            limits.workersMax(),
            limits.workQueueMax(),
            limits.readersMax(),
            limits.cursorsPerConnectionMax(),
            limits.cursorIdleMillis()));
  }

  private FrontDoorOptions frontDoorOptions() {
    return new FrontDoorOptions(
        bindHost(),
        config.self().clientPort(),
        config.limits().connectionsMax(),
        config.limits().requestsPerConnectionMax(),
        config.limits().handshakeTimeoutMillis(),
        FrontDoorOptions.defaultFrameBytesMax());
  }

  private String bindHost() {
    return config.bindHost().isEmpty() ? config.self().host() : config.bindHost();
  }

  private static ScheduledThreadPoolExecutor newTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "lockstep-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  private static void stop(ScheduledThreadPoolExecutor timer) throws InterruptedException {
    timer.shutdown();
    if (!timer.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
      timer.shutdownNow();
    }
  }

  private static String sqliteVersion(Path file) throws SQLException {
    try (SqliteReader reader = SqliteReader.open(file)) {
      return reader.connection().getMetaData().getDatabaseProductVersion();
    }
  }

  private static String productVersion() {
    String version = LockstepNode.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The port that clients are accepted at. */
  public int clientPort() {
    return frontDoor.port();
  }

  /** The node's file with the replicated state, to be looked at when the node is stopped. */
  public Path databaseFile() {
    return replica.currentFile();
  }

  public NodeStatus status() {
    LogStatus logStatus = log.status();
    AppliedState applied = replica.applied();
    return new NodeStatus(
        config.node(),
        logStatus.role(),
        logStatus.term(),
        logStatus.leader(),
        applied.index(),
        applied.digest().toString(),
        replica.fault().orElse(""),
        values());
  }

  private Map<String, String> values() {
    LogStatus logStatus = log.status();
    AppliedState applied = replica.applied();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("cluster", config.cluster());
    values.put("node", config.node());
    values.put("database", config.database());
    values.put("role", logStatus.role().name());
    values.put("term", String.valueOf(logStatus.term()));
    values.put("leader", logStatus.leader());
    values.put("applied.index", String.valueOf(applied.index()));
    values.put("applied.term", String.valueOf(applied.term()));
    values.put("applied.digest", applied.digest().toString());
    values.put("fault", replica.fault().orElse(""));
    values.put(
        "clock.aheadMillis",
        String.valueOf(replica.lastClockMillis() - System.currentTimeMillis()));
    values.put("snapshot.failure", replica.snapshotFailure().orElse(""));
    values.put("file", replica.currentFile().toString());
    values.put("version.lockstep", productVersion());
    values.put("version.sqlite", sqliteVersion);
    values.put(
        "uptime.seconds",
        String.valueOf(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos)));
    service.describe(values);
    FrontDoor open = frontDoor;
    if (open != null) {
      values.put("sockets", String.valueOf(open.connections()));
      values.put("frames.heldBytes", String.valueOf(open.heldFrameBytes()));
    }
    values.put("threads", String.valueOf(Thread.activeCount()));
    values.put(
        "memory.usedBytes",
        String.valueOf(Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()));
    return values;
  }

  /**
   * Stops gracefully: the leadership is handed over, pending requests are answered, everything is
   * given back. Idempotent.
   */
  public synchronized void stop() {
    if (stopped) {
      return;
    }
    LOG.info("node {} stops", config.node());
    frontDoor.stopAccepting();
    handOver();
    service.refuseRequests();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
    while (service.openRequests() > 0 && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    // Fails what is left, so that it is answered before the front door closes.
    log.close();
    giveBack();
  }

  /** Clients go on with the new leader, told by its name, instead of finding a closed door. */
  private void handOver() {
    if (!log.status().leads() || config.members().size() == 1) {
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    log.transferLeadership("", failure -> done.countDown());
    try {
      if (!done.await(4L * config.electionTimeoutMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the leadership of {} was not handed over in time", config.node());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops like a process that is killed, as far as that is possible within one: clients are cut off
   * first, no leadership is handed over. For tests. Idempotent.
   */
  public synchronized void kill() {
    if (stopped) {
      return;
    }
    frontDoor.close();
    log.abandon();
    giveBack();
  }

  /** Same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** Gives back what was taken, the last first; one that fails does not keep the others. */
  private void giveBack() {
    stopped = true;
    while (!taken.isEmpty()) {
      AutoCloseable resource = taken.pop();
      try {
        resource.close();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        LOG.warn("node {}: {} did not close", config.node(), resource, e);
      }
    }
  }
}
