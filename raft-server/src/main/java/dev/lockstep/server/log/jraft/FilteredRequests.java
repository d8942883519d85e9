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

/** Loses the requests of members that the filter does not accept, and hands on all others. */
final class FilteredRequests<T> implements RpcProcessor<T> {
  private final RpcProcessor<T> processor;
  private final PeerFilter filter;

  FilteredRequests(RpcProcessor<T> processor, PeerFilter filter) {
    this.processor = processor;
    this.filter = filter;
  }

  @Override
  public void handleRequest(RpcContext context, T request) {
    PeerId sender = new PeerId();
    boolean accepted =
        sender.parse(senderOf(request))
            ? filter.accepts(sender.getIp(), sender.getPort())
            : filter.accepts("", 0);
    if (!accepted) {
      return;
    }
    processor.handleRequest(context, request);
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
