package dev.lockstep.server.log.jraft;

/**
 * Which members' requests a member hears. Tests cut a cluster into parts with it: a request that is
 * not accepted is lost, as on a broken network, and its sender waits for nothing. May be called by
 * several threads.
 */
public interface PeerFilter {
  /** Hears everybody. */
  PeerFilter ALL = (host, port) -> true;

  /**
   * @param host address of the member that sent the request; the empty text if the request does not
   *     tell, as those for pieces of a snapshot
   * @param port its port for other members, 0 likewise
   */
  boolean accepts(String host, int port);
}
