package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.ClusterClient;
import dev.lockstep.jdbc.client.SqlState;
import java.sql.SQLException;

/**
 * The transaction of a connection in autocommit mode that was begun by BEGIN as a statement. Used
 * by one thread at a time.
 */
final class TypedTransaction {
  private final ClusterClient client;
  private boolean open;

  /** Whether a statement has begun it in the cluster. */
  private boolean begun;

  TypedTransaction(ClusterClient client) {
    this.client = client;
  }

  /** Whether statements belong to it. */
  boolean isOpen() {
    return open;
  }

  /** Whether the cluster has rolled it back, and its end has not been typed yet. */
  private boolean isLost() {
    return open && begun && !client.isInTransaction();
  }

  /**
   * Begins or ends a transaction.
   *
   * @param manual whether the connection's transactions begin by themselves
   */
  void control(TransactionControl control, boolean manual) throws SQLException {
    switch (control) {
      case BEGIN -> begin(manual);
      case COMMIT -> commit(manual);
      case ROLLBACK -> rollback(manual);
    }
  }

  private void begin(boolean manual) throws SQLException {
    if (open || client.isInTransaction()) {
      throw SqlState.WRONG_TRANSACTION_STATE.exception(
          "cannot start a transaction within a transaction");
    }
    open = !manual;
    begun = false;
  }

  private void commit(boolean manual) throws SQLException {
    check("commit", manual);
    if (isLost()) {
      open = false;
      throw SqlState.TRANSACTION_LOST.exception(
          "the transaction was rolled back before, nothing is committed");
    }
    try {
      client.commit();
    } finally {
      // Without a leader it goes on, and may be committed later.
      open &= client.isInTransaction();
    }
  }

  private void rollback(boolean manual) throws SQLException {
    check("rollback", manual);
    open = false;
    client.rollback();
  }

  private void check(String what, boolean manual) throws SQLException {
    if (!open && !(manual && client.isInTransaction())) {
      throw SqlState.NO_TRANSACTION.exception("cannot " + what + " - no transaction is active");
    }
  }

  /** To be called before each statement. */
  void checkNotLost() throws SQLException {
    if (isLost()) {
      throw SqlState.TRANSACTION_ABORTED.exception(
          "the transaction was rolled back: what follows is refused up to ROLLBACK or COMMIT");
    }
  }

  /** To be called after each statement. */
  void executed() {
    begun |= open && client.isInTransaction();
  }

  /** Forgets it; what is left of it is the caller's to roll back. */
  void forget() {
    open = false;
  }
}
