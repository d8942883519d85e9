package dev.lockstep.server.log.jraft;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.alipay.remoting.ConnectionEventHandler;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcClient;
import io.netty.channel.ChannelFuture;
import java.lang.reflect.Field;
import java.util.concurrent.ExecutorService;

/**
 * Gives back what bolt 1.6 does not give back by itself: the threads that it starts for each client
 * and each server and never ends (the executor of its connection events has no method to stop it),
 * and the port of a server, which it closes only some time after its {@code shutdown}. Both are
 * reached by reflection. Where that fails (another version of bolt), an idle daemon thread stays,
 * and a server that is opened again at once may find its port in use.
 */
final class BoltResources {
  private static final long PORT_WAIT_MILLIS = 5_000;

  private BoltResources() {}

  /** Of a server that was shut down; waits until its port is free. */
  static void release(com.alipay.remoting.rpc.RpcServer server) {
    releaseEventsOf(server);
    awaitPortOf(server);
  }

  private static void awaitPortOf(com.alipay.remoting.rpc.RpcServer server) {
    try {
      if (valueOf(server.getClass(), "channelFuture", server) instanceof ChannelFuture bound) {
        boolean closed =
            bound.channel().closeFuture().awaitUninterruptibly(PORT_WAIT_MILLIS, MILLISECONDS);
        if (!closed) {
          JRaftLog.LOG.warn("bolt keeps {} open", bound.channel());
        }
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      JRaftLog.LOG.debug("bolt does not show its port", e);
    }
  }

  static void release(BoltRpcClient client) {
    try {
      releaseEventsOf(valueOf(BoltRpcClient.class, "rpcClient", client));
    } catch (ReflectiveOperationException | RuntimeException e) {
      JRaftLog.LOG.debug("bolt's client keeps its event thread", e);
    }
  }

  private static void releaseEventsOf(Object transport) {
    try {
      Object handler = valueOf(transport.getClass(), "connectionEventHandler", transport);
      Object events =
          handler == null ? null : valueOf(ConnectionEventHandler.class, "eventExecutor", handler);
      if (events != null
          && valueOf(events.getClass(), "executor", events) instanceof ExecutorService executor) {
        executor.shutdown();
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      JRaftLog.LOG.debug("bolt keeps an event thread", e);
    }
  }

  private static Object valueOf(Class<?> type, String name, Object owner)
      throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(owner);
  }
}
