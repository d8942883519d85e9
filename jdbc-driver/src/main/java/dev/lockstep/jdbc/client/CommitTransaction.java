package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import java.sql.SQLException;

/** A commit: once it was sent, whoever leads knows what became of it. */
final class CommitTransaction extends Operation {
  private final ClientState state;
  private final long sequence;
  private boolean mayBeApplied;

  CommitTransaction(ClientState state) {
    this.state = state;
    this.sequence = ++state.lastSequence;
  }

  @Override
  ClientMessage message(int timeoutMillis) {
    return new ClientMessage.Commit(state.session, sequence, state.lastTransaction);
  }

  @Override
  void notDone(Exception reason) throws SQLException {
    if (!mayBeApplied) {
      throw TransactionStep.transactionLost(reason);
    }
  }

  @Override
  void lost(Exception reason) throws SQLException {
    if (state.session.isNone()) {
      // It has written nothing, but what it read is not certified.
      throw TransactionStep.transactionLost(reason);
    }
    mayBeApplied = true;
  }

  @Override
  void sessionUnknown(Exception reason) throws SQLException {
    if (mayBeApplied) {
      throw SqlState.OUTCOME_UNKNOWN.exception(
          "it is not known whether the transaction was committed: its session is gone", reason);
    }
    throw TransactionStep.transactionLost(reason);
  }

  @Override
  boolean mayBeApplied() {
    return mayBeApplied;
  }
}
