package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;

/**
 * The transactions that run on this node, the leader, before their commit. They take turns, first
 * come first served. Safe for use by several threads.
 */
public final class TransactionRegistry {
  TransactionRegistry() {}

  /**
   * Begins a transaction and queues for its turn; never blocks. Steps are allowed when the turn has
   * come. Whoever begins it ends it: by {@link ProvisionalTransaction#rollback} or {@link
   * ProvisionalTransaction#committed}, unless one of its methods has thrown {@link
   * TransactionLostException}.
   *
   * @param session the session, or {@link SessionId#NONE} if it has not been opened yet
   * @param clockMillis the clock of all its steps
   * @param seed the seed of all its steps
   * @param onTurn called once, by this thread or the one that ends the former turn; must not block
   */
  public ProvisionalTransaction begin(
      SessionId session, long clockMillis, long seed, TurnCompletion onTurn) {
    throw new UnsupportedOperationException("follows");
  }

  /**
   * Rolls back the transactions whose time is over.
   *
   * @param nanoTime the present {@link System#nanoTime}
   */
  public void expire(long nanoTime) {
    throw new UnsupportedOperationException("follows");
  }

  /** Transactions that run or wait for their turn. */
  public int count() {
    throw new UnsupportedOperationException("follows");
  }

  /** Called once. */
  public interface TurnCompletion {
    /**
     * @param lost null if the turn has come; else the transaction is over
     */
    void completed(TransactionLostException lost);
  }
}
