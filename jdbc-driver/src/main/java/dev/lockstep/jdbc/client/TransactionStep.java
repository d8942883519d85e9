package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import java.sql.SQLException;

/**
 * Statements of a transaction. Until a node has answered one of them the transaction may begin
 * anew, at another node; afterwards it is lost with its node.
 */
final class TransactionStep extends Operation {
  private final ClientState state;
  private final Request request;
  private final ClientOptions options;

  TransactionStep(ClientState state, Request request, ClientOptions options) {
    this.state = state;
    this.request = request;
    this.options = options;
    if (!state.inTransaction) {
      state.inTransaction = true;
      state.lastTransaction++;
    }
  }

  @Override
  ClientMessage message(int timeoutMillis) {
    return request.message(state, 0, state.lastTransaction, timeoutMillis, options);
  }

  @Override
  void notDone(Exception reason) throws SQLException {
    lost(reason);
  }

  @Override
  void lost(Exception reason) throws SQLException {
    if (state.isTransactionBegun()) {
      state.endTransaction();
      throw transactionLost(reason);
    }
    // A new number, so that whatever is left of the former attempt is not taken for this one.
    state.lastTransaction++;
  }

  @Override
  void sessionUnknown(Exception reason) throws SQLException {
    lost(reason);
  }

  @Override
  void failed(Link link) {
    state.transactionLink = link;
  }

  static SQLException transactionLost(Exception reason) {
    return SqlState.TRANSACTION_LOST.exception(
        "the transaction was rolled back, because the node that held it was lost or does not lead"
            + " any more; it may be run again",
        reason);
  }
}
