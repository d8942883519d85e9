package dev.lockstep.server.service;

import dev.lockstep.protocol.Fingerprint;
import dev.lockstep.protocol.Receipt;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.database.ProvisionalTransaction;
import dev.lockstep.server.database.TransactionLostException;
import dev.lockstep.server.database.TransactionStart;
import java.util.function.Consumer;

/**
 * A transaction of one connection that may write, before its commit. Safe for use by several
 * threads.
 */
final class OpenTransaction {
  private final long number;
  private final TransactionStart start;
  private final ProvisionalTransaction provisional;
  private boolean over;
  private boolean committing;
  private boolean rollbackWanted;

  OpenTransaction(long number, TransactionStart start, ProvisionalTransaction provisional) {
    this.number = number;
    this.start = start;
    this.provisional = provisional;
  }

  long number() {
    return number;
  }

  ProvisionalTransaction provisional() {
    return provisional;
  }

  /** What the client keeps of a step. */
  Receipt receipt(Digest seen) {
    return new Receipt(start.clockMillis(), start.seed(), new Fingerprint(seen.high(), seen.low()));
  }

  /**
   * A request begins: calls back when it may be worked on, with null, or the transaction is lost.
   * To be followed by {@link #requestEnded}.
   *
   * @param text the request's SQL, or null
   */
  void whenTurn(String text, Consumer<TransactionLostException> action) {
    provisional.whenTurn(
        text,
        lost -> {
          if (lost != null) {
            ended();
          }
          action.accept(lost);
        });
  }

  /** The request is over, whatever came of it. */
  void requestEnded() {
    provisional.requestEnded();
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
