package dev.lockstep.server.node;

import dev.lockstep.protocol.Topology;
import dev.lockstep.server.database.AppliedState;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.database.ReplicaListener;
import dev.lockstep.server.database.ReplicaOptions;
import dev.lockstep.server.database.StateCopy;
import dev.lockstep.server.database.StateDamagedException;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.RecoveringLog;
import dev.lockstep.server.log.ReplicatedLog;
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
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node consists of while it is open: the log, the database, and the front door for clients.
 * Opened whole or not at all. Safe for use by several threads.
 */
final class NodeParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeParts.class);

  /** How long a graceful stop waits for answers that are on their way. */
  private static final long DRAIN_MILLIS = 2_000;

  /** How often a leader with a condemned state tries to hand over. */
  private static final long HAND_OVER_MILLIS = 250;

  private final NodeConfig config;
  private final Supplier<Map<String, String>> more;
  private final long startedNanos = System.nanoTime();

  /** What was taken, to be given back in the opposite order. */
  private final Deque<AutoCloseable> taken = new ArrayDeque<>();

  private Replica replica;
  private ReplicatedLog log;
  private DivergenceWatch watch;
  private DatabaseService service;

  /** Null until it is open; the first clients may come, and ask, before this field is set. */
  private volatile FrontDoor frontDoor;

  private String sqliteVersion;
  private boolean stopped;

  private NodeParts(NodeConfig config, Supplier<Map<String, String>> more) {
    this.config = config;
    this.more = more;
  }

  /**
   * Opens the parts; clients are accepted when it returns, but a leader may not be known yet.
   *
   * @param condemned why the state in the directory is not to be served; null to serve it
   * @param listener hears of what happens to the replica, from the beginning on
   * @param more what the status says besides
   * @throws StateDamagedException if the database file cannot be read
   * @throws NodeStartException if it cannot start; everything taken is given back then
   */
  static NodeParts open(
      NodeConfig config,
      DataDirectory directory,
      LogFactory logs,
      String condemned,
      ReplicaListener listener,
      Supplier<Map<String, String>> more)
      throws NodeStartException {
    NodeParts parts = new NodeParts(config, more);
    try {
      parts.openParts(directory, logs, condemned, listener);
    } catch (BindException e) {
      parts.giveBack();
      throw new NodeStartException(
          NodeStartException.Reason.ADDRESS_NOT_AVAILABLE, e.getMessage(), e);
    } catch (StateDamagedException e) {
      parts.giveBack();
      throw e;
    } catch (IOException | SQLException | RuntimeException e) {
      parts.giveBack();
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
        parts.bindHost(),
        parts.clientPort());
    return parts;
  }

  private void openParts(
      DataDirectory directory, LogFactory logs, String condemned, ReplicaListener listener)
      throws IOException, SQLException {
    StateCopy.remove(directory.copiesOf(config.database()));
    StateCopy.remove(directory.receivedOf(config.database()));
    replica = took(Replica.open(replicaOptions(config, directory)));
    replica.room().watch(directory.logOf(config.database()));
    sqliteVersion = sqliteVersion(replica.currentFile());
    StatementAnalyzer analyzer = took(StatementAnalyzer.open(replica.currentFile()));
    ScheduledThreadPoolExecutor timer = newTimer();
    took(() -> stop(timer));
    TopologyPush events = new TopologyPush(config.node(), analyzer, timer);
    replica.addListener(events);
    replica.addListener(listener);
    if (condemned != null) {
      replica.condemn(condemned);
    }
    LogOptions logOptions = logOptions(config, directory);
    log =
        took(
            RecoveringLog.open(
                config.database(), machine -> logs.open(logOptions, machine), replica));
    took(handOverWhileCondemned(timer));
    watch = took(new DivergenceWatch(config, log, replica));
    service =
        took(
            new DatabaseService(
                serviceOptions(directory),
                log,
                replica,
                analyzer,
                timer,
                this::values,
                new PeerStatuses(config)));
    frontDoor = took(FrontDoor.open(frontDoorOptions(), service));
    service.clientPort(frontDoor.port());
    watch.start();
    events.to(() -> frontDoor.push(service.topology()));
    frontDoor.push(service.topology());
  }

  Replica replica() {
    return replica;
  }

  ReplicatedLog log() {
    return log;
  }

  private <T extends AutoCloseable> T took(T resource) {
    taken.push(resource);
    return resource;
  }

  static ReplicaOptions replicaOptions(NodeConfig config, DataDirectory directory) {
    return new ReplicaOptions(
        directory.stateOf(config.database()),
        config.cluster(),
        config.database(),
        config.transactions(),
        config.snapshots().bytesPerSecond());
  }

  /** A member whose state is wrong leads nobody, but its log may be the one that must win. */
  private AutoCloseable handOverWhileCondemned(ScheduledThreadPoolExecutor timer) {
    Future<?> task =
        timer.scheduleWithFixedDelay(
            () -> {
              if (replica.condemnation().isPresent() && log.status().leads()) {
                LOG.info("{} leads with a condemned state, and hands over", config.node());
                log.transferLeadership("", failure -> {});
              }
            },
            HAND_OVER_MILLIS,
            HAND_OVER_MILLIS,
            TimeUnit.MILLISECONDS);
    return () -> task.cancel(false);
  }

  static LogOptions logOptions(NodeConfig config, DataDirectory directory) {
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

  private ServiceOptions serviceOptions(DataDirectory directory) {
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
        directory.copiesOf(config.database()),
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
  int clientPort() {
    return frontDoor.port();
  }

  /** The node's file with the replicated state, to be looked at when the node is stopped. */
  Path databaseFile() {
    return replica.currentFile();
  }

  NodeStatus status() {
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
    values.put("disk.full", replica.diskFull().orElseGet(replica.room()::shortage));
    values.put(
        "clock.aheadMillis",
        String.valueOf(replica.lastClockMillis() - System.currentTimeMillis()));
    values.put("snapshot.failure", replica.snapshotFailure().orElse(""));
    values.putAll(more.get());
    values.put("file", replica.currentFile().toString());
    values.put("version.lockstep", productVersion());
    values.put("version.sqlite", sqliteVersion);
    values.put(
        "uptime.seconds",
        String.valueOf(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos)));
    service.describe(values);
    watch.describe(values);
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
  synchronized void stop() {
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
  synchronized void kill() {
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
