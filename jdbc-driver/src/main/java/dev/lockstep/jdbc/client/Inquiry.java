package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;

/** A request without an effect: any node may be asked, as often as needed. */
final class Inquiry extends Operation {
  private final ClientMessage message;

  Inquiry(ClientMessage message) {
    this.message = message;
  }

  @Override
  ClientMessage message(Link link, int timeoutMillis) {
    return message;
  }
}
