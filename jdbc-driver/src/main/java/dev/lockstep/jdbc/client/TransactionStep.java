package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Stepped;
import java.sql.SQLException;
import java.util.List;

/**
 * Statements of a transaction. Where the node that holds it is lost, the transaction is carried
 * over to another one first. Until a step was taken it just begins anew there.
 */
final class TransactionStep extends Operation {
  private final ClientState state;
  private final Transaction transaction;
  private final Request request;
  private final ClientOptions options;

  /** Rows of the request's result that are known already; then the step itself is not a new one. */
  private final RowsSeen seen;

  private boolean resuming;

  TransactionStep(
      ClientState state,
      Transaction transaction,
      Request request,
      ClientOptions options,
      RowsSeen seen) {
    this.state = state;
    this.transaction = transaction;
    this.request = request;
    this.options = options;
    this.seen = seen;
  }

  @Override
  ClientMessage message(Link link, int timeoutMillis) throws SQLException {
    resuming = !transaction.livesAt(link) && !transaction.isEmpty();
    if (!resuming) {
      if (!transaction.livesAt(link)) {
        transaction.renumber();
      }
      return request.step(state, transaction, timeoutMillis, options, seen);
    }
    try {
      return transaction.resume(timeoutMillis);
    } catch (SQLException e) {
      state.end(transaction);
      throw e;
    }
  }

  @Override
  Link link() {
    return transaction.link();
  }

  @Override
  boolean answered(Link link, ServerMessage answer) throws SQLException {
    transaction.livesAtNow(link);
    if (resuming) {
      DriverLog.fine("the transaction goes on at %s", link.address());
      return false;
    }
    if (answer instanceof Stepped step && step.failure() != null) {
      if (seen.count() == 0) {
        transaction.took(request, step, List.of());
      }
      throw new NodeFailure(step.failure()).toSqlException();
    }
    return true;
  }

  @Override
  void failed(Link link, NodeFailure reason) throws SQLException {
    if (reason.isTransactionLost()) {
      state.end(transaction);
    } else if (!resuming) {
      // The node has refused the statement and holds the transaction.
      transaction.livesAtNow(link);
    }
    throw reason.toSqlException();
  }

  @Override
  void sessionUnknown(Exception reason) {
    // The steps are taken again with the new session.
    transaction.leave();
  }
}
