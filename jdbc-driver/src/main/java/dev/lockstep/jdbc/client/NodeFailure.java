package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ServerMessage.Failure;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.Set;

/** A node answered with a failure. */
public final class NodeFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private static final String FOREIGN_KEY = "23503";

  /** Of values, constraints and texts. */
  private static final Set<String> CLASSES_OF_STATEMENTS = Set.of("22", "23", "42");

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

  /**
   * Whether a statement or its values were wrong, so that its place is known. A foreign key may
   * have been looked at only after all of them.
   */
  public boolean isOfAStatement() {
    String state = failure.sqlState();
    return failure.kind() == FailureKind.STATEMENT
        && CLASSES_OF_STATEMENTS.contains(state.substring(0, 2))
        && !state.equals(FOREIGN_KEY);
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
