package dev.lockstep.server.node;

/**
 * A running node: the log, the database, and the front door for clients. Started whole or not at
 * all. Safe for use by several threads.
 */
public final class LockstepNode implements AutoCloseable {
  private LockstepNode() {}

  /**
   * Starts a node and returns as soon as it accepts clients; it may not know a leader yet.
   *
   * @throws NodeStartException if it cannot start; everything taken is given back then
   */
  public static LockstepNode start(NodeConfig config) throws NodeStartException {
    throw new UnsupportedOperationException("the parts of a node are not put together yet");
  }

  /** The port that clients are accepted at. */
  public int clientPort() {
    throw new UnsupportedOperationException();
  }

  public NodeStatus status() {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops gracefully: no new requests, pending ones answered, leadership handed over, everything
   * given back. Idempotent.
   */
  public void stop() {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops like a process that is killed, as far as that is possible within one: clients are cut off
   * first, no leadership is handed over. For tests. Idempotent.
   */
  public void kill() {
    throw new UnsupportedOperationException();
  }

  /** Same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }
}
