package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;

/** Where the front door leads to. Safe for use by several threads. */
public interface ClientService {
  /** Answers the first message of a connection. Does not block. */
  Greeting greet(ClientConnection connection, ClientMessage.Hello hello);

  /**
   * The answer to Hello.
   *
   * @param conversation what the connection's requests go to, or null if the client was refused:
   *     the connection is closed after the answer
   */
  record Greeting(ServerMessage answer, Conversation conversation) {}
}
