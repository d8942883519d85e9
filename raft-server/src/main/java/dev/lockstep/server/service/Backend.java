package dev.lockstep.server.service;

import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.Topology;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult.LockBusy;
import dev.lockstep.server.database.Replica;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.sql.StatementAnalyzer;
import dev.lockstep.sql.SystemContent;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What all requests of a node work with. Safe for use by several threads. */
final class Backend {
  /** Odd, so that the sequence of seeds repeats only after 2^64 of them (Weyl sequence). */
  private static final long SEED_STEP = 0x9E3779B97F4A7C15L;

  private static final int STATE_COPIES_MAX = 2;

  private final ServiceOptions options;
  private final ReplicatedLog log;
  private final Replica replica;
  private final StatementAnalyzer analyzer;
  private final Workers workers;
  private final ReaderPool readers;
  private final Admission admission;
  private final RoomKeeper room;
  private final LockWaits lockWaits;
  private final StatementStatistics statistics = new StatementStatistics();
  private final SystemContent system;

  /** Copies of the state that other nodes may be reading at the same time. */
  private final Semaphore stateCopies = new Semaphore(STATE_COPIES_MAX);

  private final ScheduledThreadPoolExecutor timer;
  private final AtomicLong seed = new AtomicLong(new SecureRandom().nextLong());

  /** When a read index was asked for that this node has applied; the state is at least as new. */
  private volatile long freshSinceNanos;

  private volatile boolean everFresh;
  private volatile List<Topology.Member> members;
  private volatile boolean stopping;

  Backend(
      ServiceOptions options,
      ReplicatedLog log,
      Replica replica,
      StatementAnalyzer analyzer,
      ScheduledThreadPoolExecutor timer,
      Function<Backend, SystemContent> system) {
    ServiceLimits limits = options.limits();
    this.options = options;
    this.members = options.members();
    this.log = log;
    this.replica = replica;
    this.analyzer = analyzer;
    this.workers = new Workers(limits.workersMax(), limits.workQueueMax());
    this.readers = new ReaderPool(replica::currentFile, limits.readersMax(), limits.workQueueMax());
    this.admission = new Admission(limits.proposalsMax(), limits.proposalBytesMax());
    this.room = new RoomKeeper(options, log, replica);
    this.timer = timer;
    this.lockWaits = new LockWaits(timer);
    this.system = system.apply(this);
    replica.transactions().useReadIndex(log::readIndex);
  }

  ServiceOptions options() {
    return options;
  }

  ReplicatedLog log() {
    return log;
  }

  Replica replica() {
    return replica;
  }

  StatementAnalyzer analyzer() {
    return analyzer;
  }

  Workers workers() {
    return workers;
  }

  ReaderPool readers() {
    return readers;
  }

  Admission admission() {
    return admission;
  }

  Semaphore stateCopies() {
    return stateCopies;
  }

  RoomKeeper room() {
    return room;
  }

  LockWaits lockWaits() {
    return lockWaits;
  }

  StatementStatistics statistics() {
    return statistics;
  }

  /** What is in the system tables. */
  SystemContent system() {
    return system;
  }

  ScheduledThreadPoolExecutor timer() {
    return timer;
  }

  Topology topology() {
    LogStatus status = log.status();
    return new Topology(status.term(), status.leader(), members);
  }

  /** The port at which this node is reached, if any free one was to be taken. */
  void clientPort(int port) {
    members =
        members.stream()
            .map(
                member ->
                    member.nodeId().equals(options.nodeId())
                        ? new Topology.Member(member.nodeId(), member.host(), port)
                        : member)
            .toList();
  }

  /** Milliseconds since 1970 for a new command: never before those of earlier ones. */
  long clockMillis() {
    return Math.max(System.currentTimeMillis(), replica.lastClockMillis());
  }

  /** A seed for a new command; differs on each node and start. */
  long nextSeed() {
    long mixed = seed.addAndGet(SEED_STEP);
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  void stopping() {
    stopping = true;
  }

  /** Why this node serves nothing at the moment, or null. */
  Failure unavailable() {
    if (stopping) {
      return Failures.unavailable("node " + options.nodeId() + " is stopping");
    }
    if (log.status().role() == LogStatus.Role.STOPPED) {
      String reason = replica.fault().orElse("the log is closed");
      return Failures.unavailable("node " + options.nodeId() + " is out of service: " + reason);
    }
    return replica
        .fault()
        .map(
            fault ->
                Failures.unavailable("node " + options.nodeId() + " is out of service: " + fault))
        .orElse(null);
  }

  /**
   * Goes on, on a worker, when this node has applied all that was committed before the call. If
   * that cannot be had, the request is answered.
   *
   * @param orElse gives back what {@code then} would have; called if that will not run
   */
  void afterBarrier(RunningRequest running, Runnable then, Runnable orElse) {
    long asked = System.nanoTime();
    log.readIndex(
        (index, failure) -> {
          if (failure != null) {
            orElse.run();
            running.request().answer(room.ofRead(failure, topology()));
            return;
          }
          noteFresh(asked);
          if (running.over()) {
            orElse.run();
          } else {
            workers.execute(running.request(), then, orElse);
          }
        });
  }

  /** Whether the state is at most so old without asking anybody. */
  boolean freshWithin(long millis) {
    return everFresh && System.nanoTime() - freshSinceNanos <= millis * 1_000_000;
  }

  private void noteFresh(long askedNanos) {
    if (!everFresh || askedNanos - freshSinceNanos > 0) {
      freshSinceNanos = askedNanos;
      everFresh = true;
    }
  }

  /**
   * Proposes a write for the term that this node leads.
   *
   * @param end is given the answer, and may change it, before it goes out
   * @return null if the log has taken the write over, which answers the request; else why nothing
   *     was done: the caller answers, and {@code end} is not called
   */
  Failure propose(ClientRequest request, Command command, UnaryOperator<ServerMessage> end) {
    byte[] entry;
    try {
      entry = command.encode();
    } catch (ProtocolException e) {
      return Failures.statement("54000", "the write is too large: " + e.getMessage());
    }
    return propose(request, entry, end);
  }

  /** As {@link #propose(ClientRequest, Command, UnaryOperator)}, of a command that is encoded. */
  Failure propose(ClientRequest request, byte[] entry, UnaryOperator<ServerMessage> end) {
    return propose(
        request,
        entry,
        end,
        busy -> {
          throw new IllegalStateException("a command that does not wait found " + busy);
        });
  }

  /**
   * As above.
   *
   * @param whenBusy called instead of {@code end} if another session has the named lock, of a
   *     command that waits; the caller answers then, or proposes again
   */
  Failure propose(
      ClientRequest request,
      byte[] entry,
      UnaryOperator<ServerMessage> end,
      Consumer<LockBusy> whenBusy) {
    LogStatus status = log.status();
    if (!status.leads()) {
      return Failures.notLeader(topology());
    }
    Failure full = room.refusal();
    if (full != null) {
      return full;
    }
    if (!admission.tryAcquire(entry.length)) {
      return Failures.busy("too many writes wait at the moment");
    }
    PendingWrite write =
        new PendingWrite(request, entry, admission, this::topology, room, end, whenBusy);
    room.add(write);
    log.propose(status.term(), write);
    return null;
  }
}
