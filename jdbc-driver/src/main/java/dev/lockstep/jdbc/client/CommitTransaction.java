package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import java.sql.SQLException;

/**
 * A commit. One that was sent without an answer is asked for at the leader: if it was applied, that
 * is the answer; if not, the transaction is carried over and committed again under the same
 * sequence, so that the session makes the two commits one. If it cannot be carried over, the first
 * commit may still be on its way: the leader is told to decide.
 */
final class CommitTransaction extends Operation {
  /** What was sent last. */
  private enum Phase {
    RESUME,
    COMMIT,
    /** Outcome, which may answer that the commit was not applied so far. */
    ASK,
    /** Outcome that decides. */
    DECIDE
  }

  private final ClientState state;
  private final Transaction transaction;
  private final long sequence;
  private Phase phase = Phase.COMMIT;
  private boolean mayBeApplied;

  /** Whether the leader has said, since the last commit was lost, that it is not applied so far. */
  private boolean notAppliedSoFar;

  /** Why the transaction cannot be committed again; then the leader is to decide. */
  private SQLException notResumable;

  CommitTransaction(ClientState state, Transaction transaction) {
    this.state = state;
    this.transaction = transaction;
    this.sequence = ++state.lastSequence;
  }

  @Override
  ClientMessage message(Link link, int timeoutMillis) throws SQLException {
    if (mayBeApplied && notResumable == null && !transaction.isKept()) {
      notResumable = transaction.notKept();
    }
    if (notResumable != null) {
      phase = Phase.DECIDE;
      return new ClientMessage.Outcome(state.session, sequence, true);
    }
    if (mayBeApplied && !notAppliedSoFar) {
      phase = Phase.ASK;
      return new ClientMessage.Outcome(state.session, sequence, false);
    }
    if (!transaction.livesAt(link)) {
      phase = Phase.RESUME;
      return transaction.resume(0);
    }
    phase = Phase.COMMIT;
    return new ClientMessage.Commit(state.session, sequence, transaction.number());
  }

  @Override
  Link link() {
    return transaction.link();
  }

  @Override
  boolean answered(Link link, ServerMessage answer) {
    if (phase == Phase.RESUME) {
      transaction.livesAtNow(link);
      DriverLog.fine("the transaction is committed at %s", link.address());
      return false;
    }
    return true;
  }

  @Override
  void failed(Link link, NodeFailure reason) throws SQLException {
    switch (phase) {
      case ASK -> {
        if (reason.isTransactionLost()) {
          throw reason.toSqlException();
        }
        notAppliedSoFar = reason.isNotApplied();
        if (!notAppliedSoFar) {
          checkCancelled(reason);
        }
      }
      case RESUME, COMMIT -> {
        if (!mayBeApplied) {
          throw reason.toSqlException();
        }
        // Said of this attempt; the one before may be applied nevertheless.
        notResumable = reason.toSqlException();
      }
      case DECIDE -> {
        if (reason.isTransactionLost()) {
          throw notResumable;
        }
        checkCancelled(reason);
      }
    }
  }

  /** To cancel a commit that may be applied does not end it: the question is asked again. */
  private static void checkCancelled(NodeFailure reason) throws SQLException {
    if (!reason.isCancelled()) {
      throw SqlState.OUTCOME_UNKNOWN.exception(
          "it is not known whether the transaction was committed: " + reason.getMessage(), reason);
    }
  }

  @Override
  void lost() {
    if (phase == Phase.COMMIT) {
      // Without a session nothing is ever written.
      mayBeApplied |= !state.session.isNone();
      notAppliedSoFar = false;
      transaction.leave();
    }
  }

  @Override
  void busy() {
    if (phase == Phase.COMMIT) {
      // The node may have given up the transaction with the commit that it could not propose.
      transaction.leave();
    }
  }

  @Override
  void sessionUnknown(Exception reason) throws SQLException {
    if (mayBeApplied) {
      throw SqlState.OUTCOME_UNKNOWN.exception(
          "it is not known whether the transaction was committed: its session is gone", reason);
    }
    transaction.leave();
  }

  @Override
  boolean mayBeApplied() {
    return mayBeApplied;
  }
}
