package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.ClusterClient;
import dev.lockstep.jdbc.client.SqlState;
import java.sql.SQLException;

/**
 * The transaction of a connection in autocommit mode that was begun by BEGIN as a statement. Used
 * by one thread at a time.
 */
final class TypedTransaction {
  private enum State {
    NONE,
    OPEN,
    /** Rolled back by the cluster; its end has not been typed yet. */
    LOST
  }

  private final ClusterClient client;
  private State state = State.NONE;

  TypedTransaction(ClusterClient client) {
    this.client = client;
  }

  /** Whether statements belong to it. */
  boolean isOpen() {
    return state != State.NONE;
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
    if (isOpen() || client.isInTransaction()) {
      throw SqlState.WRONG_TRANSACTION_STATE.exception(
          "cannot start a transaction within a transaction");
    }
    if (!manual) {
      state = State.OPEN;
    }
  }

  private void commit(boolean manual) throws SQLException {
    check("commit", manual);
    if (state == State.LOST) {
      state = State.NONE;
      throw SqlState.TRANSACTION_LOST.exception(
          "the transaction was rolled back before, nothing is committed");
    }
    try {
      client.commit();
    } finally {
      // Without a leader it goes on, and may be committed later.
      state = client.isInTransaction() ? state : State.NONE;
    }
  }

  private void rollback(boolean manual) throws SQLException {
    check("rollback", manual);
    boolean lost = state == State.LOST;
    state = State.NONE;
    if (!lost) {
      client.rollback();
    }
  }

  private void check(String what, boolean manual) throws SQLException {
    if (!isOpen() && !(manual && client.isInTransaction())) {
      throw SqlState.NO_TRANSACTION.exception("cannot " + what + " - no transaction is active");
    }
  }

  /** To be called before each statement. */
  void checkNotLost() throws SQLException {
    if (state == State.LOST) {
      throw SqlState.TRANSACTION_ABORTED.exception(
          "the transaction was rolled back: what follows is refused up to ROLLBACK or COMMIT");
    }
  }

  /** To be called after a statement that failed. */
  void failed(boolean wasInTransaction) {
    if (state == State.OPEN && wasInTransaction && !client.isInTransaction()) {
      state = State.LOST;
    }
  }

  /** Forgets it; what is left of it is the caller's to roll back. */
  void forget() {
    state = State.NONE;
  }
}
