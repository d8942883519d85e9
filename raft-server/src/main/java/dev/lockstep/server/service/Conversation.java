package dev.lockstep.server.service;

/**
 * One client's requests. All methods are called on the connection's event loop and do not block.
 */
public interface Conversation {
  /** Takes a request over; it is answered once, whatever happens. */
  void receive(ClientRequest request);

  /** The request's answer is on its way to the client. */
  void answered(ClientRequest request);

  /** The client is gone. What its requests hold is given back; answers go nowhere. */
  void disconnected();
}
