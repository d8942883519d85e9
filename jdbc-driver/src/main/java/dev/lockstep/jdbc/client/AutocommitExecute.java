package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.RowsSeen;
import java.sql.SQLException;

/** Statements outside a transaction: repeated under one sequence, so applied once. */
final class AutocommitExecute extends Operation {
  private final ClientState state;
  private final Request request;
  private final ClientOptions options;
  private final long sequence;
  private boolean mayBeApplied;

  AutocommitExecute(ClientState state, Request request, ClientOptions options) {
    this.state = state;
    this.request = request;
    this.options = options;
    this.sequence = ++state.lastSequence;
  }

  @Override
  ClientMessage message(Link link, int timeoutMillis) {
    return request.message(state, sequence, timeoutMillis, options, RowsSeen.NONE);
  }

  @Override
  void lost() {
    // Without a session nothing is ever written.
    mayBeApplied |= !state.session.isNone() && !request.onlyReads();
  }

  @Override
  void sessionUnknown(Exception reason) throws SQLException {
    if (mayBeApplied) {
      throw SqlState.OUTCOME_UNKNOWN.exception(
          "it is not known whether the write was applied: its session is gone", reason);
    }
  }

  @Override
  boolean mayBeApplied() {
    return mayBeApplied;
  }
}
