package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.rpc.ProtobufMsgFactory;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcServer;
import com.alipay.sofa.jraft.rpc.impl.PingRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.InstallSnapshotRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.ReadIndexRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.RequestVoteRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.TimeoutNowRequestProcessor;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.NamedThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The port at which the other members reach this process. All groups of the process that have the
 * same address share it: the first opens it, the last closes it.
 *
 * <p>Unlike the engine's own server it listens on the member's address only, and has no commands
 * for administration: members are changed by the leader itself, not by whoever can reach the port.
 */
final class PeerServer implements AutoCloseable {
  /** A snapshot that is being received keeps a thread, so there must be more than votes need. */
  private static final int THREADS_MAX = 64;

  private static final long THREAD_IDLE_SECONDS = 30;
  private static final Map<Endpoint, PeerServer> OPEN = new HashMap<>();

  private final Endpoint address;
  private final ThreadPoolExecutor executor;
  private final BoltRpcServer server;
  private final com.alipay.remoting.rpc.RpcServer transport;
  private final List<Runnable> whenClosed = new CopyOnWriteArrayList<>();
  private int users;
  private volatile boolean stopped;

  private PeerServer(Endpoint address, PeerFilter filter) {
    this.address = address;
    this.executor =
        new ThreadPoolExecutor(
            2,
            THREADS_MAX,
            THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new NamedThreadFactory("JRaft-Peer-Requests-", true),
            this::noThread);
    this.transport =
        new com.alipay.remoting.rpc.RpcServer(address.getIp(), address.getPort(), true);
    this.server = new BoltRpcServer(transport);
    server.registerConnectionClosedEventListener(
        (remote, connection) -> whenClosed.forEach(Runnable::run));
    register(new AppendRequests(executor), filter);
    register(new SnapshotRequests(executor), filter);
    register(new InstallSnapshotRequestProcessor(executor), filter);
    register(new RequestVoteRequestProcessor(executor), filter);
    register(new PingRequestProcessor(executor), filter);
    register(new TimeoutNowRequestProcessor(executor), filter);
    register(new ReadIndexRequestProcessor(executor), filter);
  }

  /**
   * Opens the address, or joins those who have it open.
   *
   * @param filter for all groups at the address; of those who share it the first one's counts
   * @throws IOException if it cannot be listened on
   */
  static PeerServer acquire(Endpoint address, PeerFilter filter) throws IOException {
    synchronized (OPEN) {
      PeerServer server = OPEN.get(address);
      if (server == null) {
        ProtobufMsgFactory.load();
        server = new PeerServer(address, filter);
        server.start();
        OPEN.put(address, server);
        NodeManager.getInstance().addAddress(address);
      }
      server.users++;
      return server;
    }
  }

  /** Once the server is stopped all that is left to do is to hang up, which anybody can. */
  private void noThread(Runnable request, ThreadPoolExecutor pool) {
    if (!stopped) {
      throw new RejectedExecutionException(THREADS_MAX + " requests are being handled");
    }
    request.run();
  }

  private <T> void register(RpcProcessor<T> processor, PeerFilter filter) {
    server.registerProcessor(new AcceptedRequests<>(processor, filter, () -> !stopped));
  }

  private void start() throws IOException {
    try {
      server.init(null);
    } catch (RuntimeException e) {
      stop();
      // Bolt and Netty's native transports each have an exception of their own for this.
      BindException notBound =
          new BindException(
              "raft port "
                  + address.getPort()
                  + " at "
                  + address.getIp()
                  + " is in use by another process, or the address is not this machine's");
      notBound.initCause(e);
      throw notBound;
    }
  }

  /**
   * Has somebody told whenever a member's connection to this process has ended.
   *
   * @param listener must not block
   */
  void addWhenClosed(Runnable listener) {
    whenClosed.add(listener);
  }

  void removeWhenClosed(Runnable listener) {
    whenClosed.remove(listener);
  }

  /** Gives up one use. */
  @Override
  public void close() {
    synchronized (OPEN) {
      users--;
      if (users == 0) {
        OPEN.remove(address);
        NodeManager.getInstance().removeAddress(address);
        stop();
      }
    }
  }

  private void stop() {
    stopped = true;
    try {
      server.shutdown();
    } catch (RuntimeException e) {
      // Bolt refuses to stop what did not start; there is nothing more to give back then.
      JRaftLog.LOG.debug("the server at {} was not running", address, e);
    }
    BoltResources.release(transport);
    executor.shutdown();
  }
}
