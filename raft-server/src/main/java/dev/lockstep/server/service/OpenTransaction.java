package dev.lockstep.server.service;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.database.ProvisionalTransaction;
import dev.lockstep.server.database.TransactionLostException;
import dev.lockstep.server.database.TransactionRegistry;
import java.util.function.Consumer;

/**
 * A transaction of one connection, before its commit. Remembered by the connection when it is over,
 * so that a later request that names it does not begin it anew. Safe for use by several threads.
 */
final class OpenTransaction {
  private final long number;
  private ProvisionalTransaction provisional;
  private boolean turnEnded;
  private TransactionLostException lostBeforeTurn;
  private Consumer<TransactionLostException> waiting;
  private boolean over;
  private boolean committing;
  private boolean rollbackWanted;

  OpenTransaction(long number) {
    this.number = number;
  }

  /** Queues for the turn; never blocks. */
  void begin(TransactionRegistry registry, SessionId session, long clockMillis, long seed) {
    ProvisionalTransaction begun = registry.begin(session, clockMillis, seed, this::turnCame);
    synchronized (this) {
      provisional = begun;
    }
  }

  long number() {
    return number;
  }

  ProvisionalTransaction provisional() {
    return provisional;
  }

  /**
   * Calls back when the turn has come, with null, or the transaction is lost; at once if that is so
   * already.
   */
  void whenTurn(Consumer<TransactionLostException> action) {
    synchronized (this) {
      if (!turnEnded) {
        waiting = action;
        return;
      }
    }
    action.accept(lostBeforeTurn);
  }

  private void turnCame(TransactionLostException lost) {
    Consumer<TransactionLostException> action;
    synchronized (this) {
      turnEnded = true;
      lostBeforeTurn = lost;
      over |= lost != null;
      action = waiting;
      waiting = null;
    }
    if (action != null) {
      action.accept(lost);
    }
  }

  /** Whether nothing more can be done in it. */
  synchronized boolean over() {
    return over;
  }

  /** It is lost or at its end; nothing is to be given back any more. */
  synchronized void ended() {
    over = true;
  }

  /** From here on the commit decides about the transaction, not the loss of its connection. */
  synchronized boolean beginCommit() {
    if (over) {
      return false;
    }
    committing = true;
    return true;
  }

  /** The commit did not come to anything; the transaction goes on, if its connection is there. */
  void abandonCommit() {
    boolean unwanted;
    synchronized (this) {
      committing = false;
      unwanted = rollbackWanted;
    }
    if (unwanted) {
      rollback();
    }
  }

  /** Gives the transaction up, unless it is over or being committed. */
  void rollback() {
    synchronized (this) {
      rollbackWanted = true;
      if (over || committing) {
        return;
      }
      over = true;
    }
    provisional.rollback();
  }
}
