package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.database.ReplicaListener;
import dev.lockstep.server.database.TransactionView;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.sql.StatementAnalyzer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one database to the clients of this node. Safe for use by several threads.
 *
 * <p>Owns its workers and readers; log, replica, analyzer and timer are the node's.
 */
public final class DatabaseService implements ClientService, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseService.class);
  private static final long SWEEP_MILLIS = 500;
  private static final long WORKERS_STOP_MILLIS = 5_000;

  private final Backend backend;
  private final FaultyLeader faultyLeader;
  private final Supplier<Map<String, String>> status;
  private final Map<Long, DatabaseConversation> conversations = new ConcurrentHashMap<>();
  private final AtomicLong lastConnection = new AtomicLong();
  private final AtomicInteger openRequests = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final Future<?> sweeper;

  /**
   * @param status what GetStatus answers
   * @param others what the other nodes answer
   */
  public DatabaseService(
      ServiceOptions options,
      ReplicatedLog log,
      Replica replica,
      StatementAnalyzer analyzer,
      ScheduledThreadPoolExecutor timer,
      Supplier<Map<String, String>> status,
      NodeStatuses others) {
    this.backend =
        new Backend(
            options,
            log,
            replica,
            analyzer,
            timer,
            made -> new SystemTables(made, status, others, this::snapshotViews));
    this.faultyLeader = new FaultyLeader(options.members().size(), log, replica);
    this.status = status;
    replica.addListener(
        new ReplicaListener() {
          @Override
          public void locksReleased(Set<String> names) {
            backend.lockWaits().released(names);
          }
        });
    this.sweeper =
        timer.scheduleWithFixedDelay(
            this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public Greeting greet(ClientConnection connection, ClientMessage.Hello hello) {
    ServiceOptions options = backend.options();
    if (hello.versionMin() > Frame.VERSION || hello.versionMax() < Frame.VERSION) {
      return refusal(
          FailureKind.PROTOCOL,
          "08P01",
          "this node speaks protocol version "
              + Frame.VERSION
              + ", the client "
              + hello.versionMin()
              + " to "
              + hello.versionMax());
    }
    // Without a database: for status and for cancelling, which name none.
    if (!hello.database().isEmpty() && !hello.database().equals(options.database())) {
      return refusal(
          FailureKind.UNAVAILABLE,
          "3D000",
          "database \""
              + hello.database()
              + "\" does not exist; this cluster keeps \""
              + options.database()
              + "\"");
    }
    long id = lastConnection.incrementAndGet();
    long cancelKey = random.nextLong();
    DatabaseConversation conversation =
        new DatabaseConversation(this, backend, connection, hello, id, cancelKey);
    conversations.put(id, conversation);
    return new Greeting(
        new ServerMessage.Welcome(
            Frame.VERSION,
            options.nodeId(),
            options.clusterId(),
            options.productVersion(),
            options.sqliteVersion(),
            id,
            cancelKey,
            backend.topology()),
        conversation);
  }

  private static Greeting refusal(FailureKind kind, String sqlState, String message) {
    return new Greeting(new ServerMessage.Failure(kind, sqlState, message), null);
  }

  /** Says at which port clients reach this node, which may be any free one. */
  public void clientPort(int port) {
    backend.clientPort(port);
  }

  /** Who leads, with all addresses for clients. */
  public Topology topology() {
    return backend.topology();
  }

  /** What the service can say of itself, by name. */
  public void describe(Map<String, String> values) {
    values.put("connections", String.valueOf(conversations.size()));
    values.put("requests.open", String.valueOf(openRequests.get()));
    values.put("writes.inFlight", String.valueOf(backend.admission().count()));
    values.put("writes.inFlightBytes", String.valueOf(backend.admission().bytes()));
    values.put("workers.active", String.valueOf(backend.workers().active()));
    values.put("workers.queued", String.valueOf(backend.workers().queued()));
    values.put("readers.inUse", String.valueOf(backend.readers().leased()));
    values.put("readers.idle", String.valueOf(backend.readers().idle()));
    values.put(
        "cursors",
        String.valueOf(
            conversations.values().stream().mapToInt(DatabaseConversation::openCursors).sum()));
    values.put("locks.waiting", String.valueOf(backend.lockWaits().count()));
    backend.replica().transactions().describe(values);
  }

  /** Answers new requests with UNAVAILABLE from now on; those that have begun go on. */
  public void refuseRequests() {
    backend.stopping();
  }

  /** Requests that have not been answered yet. */
  public int openRequests() {
    return openRequests.get();
  }

  /** Gives back workers and readers. To be called when the front door is closed. Idempotent. */
  @Override
  public void close() {
    refuseRequests();
    sweeper.cancel(false);
    // Those who wait for a reader are answered; then what runs may end.
    backend.readers().close();
    backend.workers().close(WORKERS_STOP_MILLIS);
  }

  private List<TransactionView> snapshotViews() {
    long now = System.nanoTime();
    return conversations.values().stream()
        .map(conversation -> conversation.snapshotView(now))
        .filter(Objects::nonNull)
        .toList();
  }

  Map<String, String> statusValues() {
    return status.get();
  }

  void cancel(ClientMessage.Cancel cancel) {
    DatabaseConversation target = conversations.get(cancel.connection());
    if (target != null) {
      target.cancel(cancel.cancelKey());
    }
  }

  void ended(DatabaseConversation conversation) {
    conversations.remove(conversation.id());
  }

  void requestBegan() {
    openRequests.incrementAndGet();
  }

  void requestEnded() {
    openRequests.decrementAndGet();
  }

  private void sweep() {
    try {
      long now = System.nanoTime();
      backend.readers().sweep(now);
      backend.room().sweep(now);
      faultyLeader.sweep(now);
      conversations.values().forEach(conversation -> conversation.sweep(now));
      backend.replica().transactions().expire(now);
    } catch (RuntimeException e) {
      // A timer that throws is not called again.
      LOG.error("the sweep failed", e);
    }
  }
}
