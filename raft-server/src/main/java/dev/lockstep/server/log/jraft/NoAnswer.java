package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;

/** For a request that a member makes to itself, and whose answer nobody wants. */
enum NoAnswer implements RpcContext {
  INSTANCE;

  @Override
  public void sendResponse(Object response) {
    // Nobody waits for it.
  }

  @Override
  public Connection getConnection() {
    return null;
  }

  @Override
  public String getRemoteAddress() {
    return "";
  }
}
