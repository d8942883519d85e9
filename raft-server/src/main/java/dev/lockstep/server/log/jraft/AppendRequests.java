package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequestHeader;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.impl.core.NodeRequestProcessor;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.Message;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Handles entries and heartbeats from leaders, in the order in which each leader sent them.
 *
 * <p>It stands in place of the engine's own (1.4.1), which also keeps the answers in order, by
 * means that stop a follower for 15 seconds when the leader dies under load: while it removes what
 * it kept for the lost connection it holds a lock, and waits for a thread that waits for that lock.
 * The order of answers is not needed: the leader's side sorts them by number.
 */
final class AppendRequests extends NodeRequestProcessor<AppendEntriesRequest> {
  private static final int ROUTES_MAX = 4_096;

  /** From a leader to a member of this process; there are few, and they cost no thread. */
  private final Map<Route, Executor> routes = new ConcurrentHashMap<>();

  AppendRequests(Executor executor) {
    super(executor, AppendEntriesResponse.getDefaultInstance());
  }

  @Override
  protected Message processRequest0(
      RaftServerService member, AppendEntriesRequest request, RpcRequestClosure done) {
    if (request.getEntriesCount() > 0 && !hasRoom(member)) {
      // The leader tries again a little later, and goes on with the other members; heartbeats are
      // answered as ever.
      return RpcFactoryHelper.responseFactory()
          .newResponse(
              AppendEntriesResponse.getDefaultInstance(),
              RaftError.EBUSY,
              "%s of %s has no room on its disk",
              request.getPeerId(),
              request.getGroupId());
    }
    return member.handleAppendEntriesRequest(request, done);
  }

  private static boolean hasRoom(RaftServerService member) {
    return !(member instanceof Node node)
        || !(node.getOptions().getFsm() instanceof EngineCallbacks callbacks)
        || callbacks.hasRoom();
  }

  @Override
  protected String getPeerId(AppendEntriesRequest request) {
    return request.getPeerId();
  }

  @Override
  protected String getGroupId(AppendEntriesRequest request) {
    return request.getGroupId();
  }

  @Override
  public String interest() {
    return AppendEntriesRequest.class.getName();
  }

  @Override
  public RpcProcessor.ExecutorSelector executorSelector() {
    return (requestClass, header) -> executorOf((AppendEntriesRequestHeader) header);
  }

  private Executor executorOf(AppendEntriesRequestHeader header) {
    Route route = new Route(header.getGroupId(), header.getServerId(), header.getPeerId());
    Executor known = routes.get(route);
    if (known != null) {
      return known;
    }
    // Who can reach the port must not fill the memory; without order the engine is just slower.
    boolean served = isMember(header) && routes.size() < ROUTES_MAX;
    return served ? routes.computeIfAbsent(route, this::inOrder) : executor();
  }

  private static boolean isMember(AppendEntriesRequestHeader header) {
    PeerId peer = new PeerId();
    return peer.parse(header.getPeerId())
        && NodeManager.getInstance().get(header.getGroupId(), peer) != null;
  }

  private Executor inOrder(Route route) {
    return MoreExecutors.newSequentialExecutor(executor());
  }

  private record Route(String group, String leader, String member) {}
}
