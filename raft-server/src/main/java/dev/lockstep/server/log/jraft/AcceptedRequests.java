package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Loses the requests of members that the filter does not accept, and hands on all others while the
 * server is open. Afterwards it hangs up.
 *
 * <p>Bolt (1.6) leaves open what it accepts while it is being stopped, and nobody would ever answer
 * there: a leader that connected at that moment would not reach the member that was opened again at
 * the same port, for as long as both processes live.
 */
final class AcceptedRequests<T> implements RpcProcessor<T> {
  private final RpcProcessor<T> processor;
  private final PeerFilter filter;
  private final BooleanSupplier open;

  AcceptedRequests(RpcProcessor<T> processor, PeerFilter filter, BooleanSupplier open) {
    this.processor = processor;
    this.filter = filter;
    this.open = open;
  }

  @Override
  public void handleRequest(RpcContext context, T request) {
    if (!open.getAsBoolean()) {
      JRaftLog.LOG.debug("hangs up on {}", context.getRemoteAddress());
      context.getConnection().close();
    } else if (isAccepted(request)) {
      processor.handleRequest(context, request);
    }
  }

  private boolean isAccepted(T request) {
    if (filter == PeerFilter.ALL) {
      return true;
    }
    PeerId sender = new PeerId();
    return sender.parse(senderOf(request))
        ? filter.accepts(sender.getIp(), sender.getPort())
        : filter.accepts("", 0);
  }

  /** The empty text where the request does not tell. */
  private static String senderOf(Object request) {
    if (request instanceof AppendEntriesRequest append) {
      return append.getServerId();
    }
    if (request instanceof RequestVoteRequest vote) {
      return vote.getServerId();
    }
    if (request instanceof ReadIndexRequest read) {
      return read.getServerId();
    }
    if (request instanceof InstallSnapshotRequest install) {
      return install.getServerId();
    }
    if (request instanceof TimeoutNowRequest timeout) {
      return timeout.getServerId();
    }
    return "";
  }

  @Override
  public String interest() {
    return processor.interest();
  }

  @Override
  public Executor executor() {
    return processor.executor();
  }

  @Override
  public ExecutorSelector executorSelector() {
    return processor.executorSelector();
  }
}
