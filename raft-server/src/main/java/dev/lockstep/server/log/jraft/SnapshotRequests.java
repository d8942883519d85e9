package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileResponse;
import com.alipay.sofa.jraft.rpc.impl.core.GetFileRequestProcessor;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.protobuf.Message;
import java.util.concurrent.Executor;

/** Gives other members pieces of snapshots, of those that are to be trusted. */
final class SnapshotRequests extends GetFileRequestProcessor {
  SnapshotRequests(Executor executor) {
    super(executor);
  }

  @Override
  public Message processRequest(GetFileRequest request, RpcRequestClosure done) {
    if (GivenSnapshot.mayBeSent(request.getReaderId())) {
      return super.processRequest(request, done);
    }
    return RpcFactoryHelper.responseFactory()
        .newResponse(
            GetFileResponse.getDefaultInstance(),
            RaftError.EPERM,
            "the state of the member that was asked for its snapshot is wrong");
  }
}
