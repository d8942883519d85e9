package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.alipay.sofa.jraft.rpc.impl.AbstractClientService;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcClient;
import com.google.protobuf.Message;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.LogFailure.Kind;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.Proposal;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import dev.lockstep.server.log.TransferPace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a SOFAJRaft group. Used by any thread; {@link #close} must not be called from within
 * the state machine, for whose end it waits.
 *
 * <p>The engine forgets proposals and reads on some of its paths (a task that is published while it
 * stops, a pool that rejects). So each is kept here until it is ended, and what is left at the end
 * is failed.
 */
public final class JRaftLog implements ReplicatedLog {
  static final Logger LOG = LoggerFactory.getLogger(JRaftLog.class);

  private static final byte[] NO_CONTEXT = new byte[0];
  private static final long SWEEP_MILLIS = 500;

  /** How long closing waits for commands that are on their way. */
  private static final long DRAIN_MILLIS = 1_000;

  private static final long THREAD_IDLE_SECONDS = 30;
  private static final long FAILED_START_WAIT_MILLIS = 500;

  /** Members that can stand for election one after another before the timeout has them do so. */
  private static final int TURNS_IN_ELECTION_TIMEOUT = 3;

  private final LogOptions options;
  private final Peers peers;
  private final StatusBoard board = new StatusBoard();
  private final OpenProposals proposals;
  private final OpenReads reads = new OpenReads();
  private final ScheduledThreadPoolExecutor background;
  private final ThreadPoolExecutor copier;
  private final StateMachine machine;
  private final TransferPace pace;
  private final PeerServer server;
  private final EngineCallbacks callbacks;
  private final EngineStorage storage;
  private final NodeImpl node;
  private final Runnable whenPeerCloses;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Set when no proposal may be given to the engine any more; it may forget it. */
  private volatile boolean refusing;

  private JRaftLog(LogOptions options, StateMachine machine, PeerFilter filter) throws IOException {
    this.options = options;
    this.machine = machine;
    this.pace = new TransferPace(options.snapshots().bytesPerSecond());
    this.peers = new Peers(options);
    this.proposals = new OpenProposals(options.proposalsMax(), this::give);
    Files.createDirectories(options.directory());
    this.server = PeerServer.acquire(peers.self().getEndpoint(), filter);
    this.background =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "lockstep-log-" + options.group()));
    this.copier =
        new ThreadPoolExecutor(
            1,
            1,
            THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "lockstep-snapshot-" + options.group()));
    copier.allowCoreThreadTimeOut(true);
    this.storage = new EngineStorage(options, machine);
    this.callbacks =
        new EngineCallbacks(
            machine,
            storage,
            peers,
            board,
            copier,
            options.snapshots(),
            () -> snapshot(failure -> {}));
    this.node = new NodeImpl(options.group(), peers.self());
    if (!start()) {
      shutDownFailedStart();
      Throwable cause = storage.refusal() != null ? storage.refusal() : callbacks.failure();
      throw new IOException(
          "member "
              + options.member()
              + " of "
              + options.group()
              + " cannot start from "
              + options.directory()
              + (cause == null ? "" : ": " + cause.getMessage()),
          cause);
    }
    LeaderWatch watch =
        new LeaderWatch(
            this::status,
            this::stand,
            peers,
            background,
            options.electionTimeoutMillis() / TURNS_IN_ELECTION_TIMEOUT);
    this.whenPeerCloses = watch::connectionClosed;
    server.addWhenClosed(whenPeerCloses);
    callbacks.started(node::onError);
    background.scheduleWithFixedDelay(
        this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Starts the member: loads its snapshot, replays its log and takes part in elections. The state
   * machine is called from within already.
   *
   * @throws IOException if the address cannot be listened on, or the member's files cannot be used
   */
  public static JRaftLog open(LogOptions options, StateMachine machine) throws IOException {
    return open(options, machine, PeerFilter.ALL);
  }

  /** As {@link #open(LogOptions, StateMachine)}, hearing only some of the members: for tests. */
  public static JRaftLog open(LogOptions options, StateMachine machine, PeerFilter filter)
      throws IOException {
    EngineSettings.apply();
    return new JRaftLog(options, machine, filter);
  }

  /**
   * Replaces the snapshot of a member that is closed by a newer one: what happens when the leader
   * sends one, for a state that came by another way. On failure, or a crash at any point, the
   * member has the former one or the new one.
   *
   * @param state directory with the state machine's files of the snapshot; they are moved away
   * @param index the last entry that they hold
   * @throws IOException if the member has a snapshot that is as new, or the disk fails
   */
  public static void replaceSnapshot(LogOptions options, Path state, long index, long term)
      throws IOException {
    SnapshotReplacement.run(options, state, index, term);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private boolean start() {
    try {
      return node.init(EngineOptions.of(options, peers, callbacks, storage, pace));
    } catch (RuntimeException e) {
      LOG.error("the engine does not start from {}", options.directory(), e);
      return false;
    }
  }

  /** The engine cannot be joined when it has not started: it would wait for what never ran. */
  private void shutDownFailedStart() {
    callbacks.closing();
    CountDownLatch done = new CountDownLatch(1);
    node.shutdown(status -> done.countDown());
    try {
      if (!done.await(FAILED_START_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("the engine that did not start keeps some of its threads");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    storage.close();
    server.close();
    background.shutdownNow();
    copier.shutdown();
  }

  private void sweep() {
    reads.failLate();
    proposals.sweep();
    LogStatus known = board.get();
    // The engine tells by the thread that applies, which waits while the disk is full.
    if (known.leads() && !node.isLeader(false)) {
      board.replace(known, new LogStatus(LogStatus.Role.FOLLOWER, known.term(), leader()));
    } else if (known.role() == LogStatus.Role.FOLLOWER && !known.leader().equals(leader())) {
      board.replace(known, new LogStatus(LogStatus.Role.FOLLOWER, known.term(), leader()));
    }
  }

  /**
   * Begins an election if this member follows and is in the term, by the message with which a
   * leader that resigns has another one elected (Raft thesis, 3.10).
   *
   * @return the term that this member is in, if it is another one; else the given one
   */
  private long stand(long term) {
    if (refusing || !callbacks.hasRoom()) {
      return term;
    }
    TimeoutNowRequest now =
        TimeoutNowRequest.newBuilder()
            .setGroupId(options.group())
            .setServerId(peers.self().toString())
            .setPeerId(peers.self().toString())
            .setTerm(term)
            .build();
    Message answer = node.handleTimeoutNowRequest(now, new RpcRequestClosure(NoAnswer.INSTANCE));
    return answer instanceof TimeoutNowResponse refusal ? refusal.getTerm() : term;
  }

  /** Id of the leader as the engine knows it, unless it is this member; else the empty text. */
  private String leader() {
    PeerId leader = node.getLeaderId();
    return leader == null || leader.equals(peers.self()) ? "" : peers.memberOf(leader);
  }

  @Override
  public void propose(long term, Proposal proposal) {
    LogStatus status = board.get();
    if (refusing || status.role() == LogStatus.Role.STOPPED) {
      proposal.failed(Failures.stopped("the log of " + options.group() + " is closed"));
      return;
    }
    if (!status.leads() || status.term() != term) {
      proposal.failed(new LogFailure(Kind.NOT_LEADER, "does not lead term " + term));
      return;
    }
    append(term, proposal);
  }

  /** Leaves it to the engine to find out whether this member leads. */
  void append(long term, Proposal proposal) {
    OpenProposal open = proposals.add(term, proposal);
    if (open == null) {
      proposal.failed(
          new LogFailure(Kind.BUSY, options.proposalsMax() + " commands wait for consensus"));
      return;
    }
    if (refusing) {
      // Closed since the look above: what was open then may have been failed already, without it.
      open.fail(Failures.stopped("the log of " + options.group() + " is closed"));
      return;
    }
    proposals.pass(open);
  }

  private void give(OpenProposal open) {
    try {
      node.apply(new Task(ByteBuffer.wrap(open.command), open, open.term));
    } catch (RuntimeException | Error e) {
      // The engine throws before it queues the task, when it is being stopped or its pool rejects.
      open.fail(Failures.stopped("the engine takes no command: " + e));
    }
  }

  @Override
  public void readIndex(ReadIndexCompletion completion) {
    OpenReads.OpenRead read = reads.add(completion);
    if (refusing || board.get().role() == LogStatus.Role.STOPPED) {
      read.end(-1, Failures.stopped("the log of " + options.group() + " is closed"));
      return;
    }
    try {
      node.readIndex(NO_CONTEXT, read);
    } catch (RuntimeException e) {
      read.end(-1, Failures.stopped("the engine takes no read: " + e));
    }
  }

  @Override
  public LogStatus status() {
    return board.get();
  }

  @Override
  public void snapshot(Completion completion) {
    // Elsewhere, because the engine takes locks and waits for room in its queue.
    inBackground(completion, () -> node.snapshot(status -> end(completion, status)));
  }

  @Override
  public void transferLeadership(String targetMember, Completion completion) {
    inBackground(completion, () -> completion.completed(handOver(targetMember)));
  }

  private void inBackground(Completion completion, Runnable task) {
    try {
      background.execute(task);
    } catch (RejectedExecutionException e) {
      completion.completed(Failures.stopped("the log of " + options.group() + " is closed"));
    }
  }

  private static void end(Completion completion, Status status) {
    completion.completed(status.isOk() ? null : Failures.ofTask(status));
  }

  /**
   * Has another member lead, and waits until it does.
   *
   * @return null if it does
   */
  private LogFailure handOver(String targetMember) {
    PeerId target = targetMember.isEmpty() ? PeerId.ANY_PEER : peers.peerOf(targetMember);
    if (target == null) {
      return new LogFailure(Kind.FAILED, targetMember + " is not a member");
    }
    if (!board.get().leads()) {
      return new LogFailure(Kind.NOT_LEADER, "does not lead");
    }
    if (target.equals(peers.self())) {
      return null;
    }
    Status asked = node.transferLeadershipTo(target);
    if (!asked.isOk()) {
      return Failures.ofTask(asked);
    }
    // The engine gives up after the election timeout and leads again.
    long patience = 2L * options.electionTimeoutMillis();
    board.await(status -> !status.leads(), patience);
    LogStatus after = board.await(status -> !status.leader().isEmpty(), patience);
    boolean done = !after.leader().isEmpty() && !after.leads();
    return done ? null : new LogFailure(Kind.FAILED, "no other member took over in time");
  }

  @Override
  public void close() {
    close(true);
  }

  @Override
  public void abandon() {
    close(false);
  }

  /**
   * @param graceful whether to wait for open proposals and to hand the leadership over first
   */
  void close(boolean graceful) {
    if (!closing.compareAndSet(false, true)) {
      awaitUninterruptibly(closed);
      return;
    }
    try {
      if (graceful && board.get().leads()) {
        drain();
        LogFailure failure = handOver("");
        if (failure != null) {
          LOG.info("{}: the leadership was not handed over: {}", options.group(), failure);
        }
      }
      refusing = true;
      pace.end();
      machine.closing();
      shutDown();
    } finally {
      LogFailure end = new LogFailure(Kind.UNKNOWN, "the log was closed");
      proposals.failAll(end);
      reads.failAll(Failures.stopped("the log was closed"));
      board.set(new LogStatus(LogStatus.Role.STOPPED, board.get().term(), ""));
      closed.countDown();
    }
  }

  private void drain() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MILLIS);
    while (proposals.count() > 0 && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private void shutDown() {
    BoltRpcClient client =
        node.getRpcService() instanceof AbstractClientService service
                && service.getRpcClient() instanceof BoltRpcClient bolt
            ? bolt
            : null;
    server.removeWhenClosed(whenPeerCloses);
    background.shutdown();
    node.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        node.join();
        break;
      } catch (InterruptedException e) {
        // Files are in use until the end: go on waiting, and tell afterwards.
        interrupted = true;
      }
    }
    copier.shutdown();
    server.close();
    if (client != null) {
      BoltResources.release(client);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
