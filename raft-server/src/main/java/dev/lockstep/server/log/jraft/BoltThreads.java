package dev.lockstep.server.log.jraft;

import com.alipay.remoting.ConnectionEventHandler;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcClient;
import java.lang.reflect.Field;
import java.util.concurrent.ExecutorService;

/**
 * Ends the threads that bolt 1.6 starts for each client and each server and never ends: the
 * executor of its connection events has no method to stop it, so it is reached by reflection. Where
 * that fails (another version of bolt), an idle daemon thread stays; nothing else depends on it.
 */
final class BoltThreads {
  private BoltThreads() {}

  static void release(com.alipay.remoting.rpc.RpcServer server) {
    releaseEventsOf(server);
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
