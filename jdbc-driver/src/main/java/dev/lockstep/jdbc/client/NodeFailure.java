package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ServerMessage.Failure;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;

/** A node answered with a failure. */
public final class NodeFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  NodeFailure(Failure failure) {
    super(failure.message(), null, false, false);
    this.failure = failure;
  }

  boolean isBusy() {
    return failure.kind() == FailureKind.BUSY;
  }

  boolean isTransactionLost() {
    return failure.kind() == FailureKind.TRANSACTION_LOST;
  }

  boolean isNotApplied() {
    return failure.kind() == FailureKind.NOT_APPLIED;
  }

  boolean isCancelled() {
    return failure.sqlState().equals(SqlState.CANCELED.code());
  }

  /** There is no room for a write; nothing was done. */
  boolean isDiskFull() {
    return isBusy() && failure.sqlState().equals("53100");
  }

  /** Whether a statement was wrong, so that its place is known. */
  public boolean isOfAStatement() {
    return failure.kind() == FailureKind.STATEMENT;
  }

  /** The failing statement of the request, counted from 0. */
  public int statement() {
    return failure.statement();
  }

  /** The failing row of parameters, counted from 0. */
  public int row() {
    return failure.row();
  }

  SQLException toSqlException() {
    if (failure.kind() == FailureKind.TRANSACTION_LOST) {
      return new SQLTransactionRollbackException(
          failure.message(), failure.sqlState(), failure.vendorCode(), this);
    }
    return SqlState.exception(failure.sqlState(), failure.vendorCode(), failure.message(), this);
  }
}
