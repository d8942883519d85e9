package dev.lockstep.server.service;

/**
 * A client's connection as the service sees it. Safe for use by several threads.
 *
 * <p>All methods of one connection's {@link Conversation} are called on one thread, the
 * connection's event loop; {@link #execute} leads back to it.
 */
public interface ClientConnection {
  /** The client's address, for status and logs. */
  String peer();

  /** Runs the task on the connection's event loop; in silence not at all once that is gone. */
  void execute(Runnable task);
}
