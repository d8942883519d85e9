package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.RowsSeen;

/** A query that is executed again for the rest of its rows. */
final class ResumedQuery extends Operation {
  private final ClientState state;
  private final Request request;
  private final ClientOptions options;
  private final RowsSeen seen;

  ResumedQuery(ClientState state, Request request, ClientOptions options, RowsSeen seen) {
    this.state = state;
    this.request = request;
    this.options = options;
    this.seen = seen;
  }

  @Override
  ClientMessage message(Link link, int timeoutMillis) {
    // It writes nothing, so it needs no number of its own.
    return request.message(state, state.lastSequence, timeoutMillis, options, seen);
  }
}
