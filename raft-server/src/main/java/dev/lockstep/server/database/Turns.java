package dev.lockstep.server.database;

import dev.lockstep.server.database.ProvisionalTransaction.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who may work on its transaction: one at a time, first come first served; those that have begun
 * and lent their turn come before those that have not begun. Knows neither threads nor clocks;
 * guarded by the registry.
 */
final class Turns {
  private final TransactionOptions options;
  private final TransactionCounters counters;
  private final Deque<ProvisionalTransaction> begun = new ArrayDeque<>();
  private final Deque<ProvisionalTransaction> fresh = new ArrayDeque<>();
  private ProvisionalTransaction holder;
  private int proposed;
  private long proposedBytes;

  Turns(TransactionOptions options, TransactionCounters counters) {
    this.options = options;
    this.counters = counters;
  }

  ProvisionalTransaction holder() {
    return holder;
  }

  int waiting() {
    return begun.size() + fresh.size();
  }

  int proposed() {
    return proposed;
  }

  List<ProvisionalTransaction> allWaiting() {
    List<ProvisionalTransaction> all = new ArrayList<>(begun);
    all.addAll(fresh);
    return all;
  }

  /** A request waits for the turn of its transaction. */
  void queue(ProvisionalTransaction transaction, long now) {
    (transaction.state == State.NEW ? fresh : begun).add(transaction);
    transaction.state = State.WAITING;
    transaction.waitsNanos = now;
  }

  /** The transaction wants no turn any more. */
  void remove(ProvisionalTransaction transaction) {
    if (!begun.remove(transaction)) {
      fresh.remove(transaction);
    }
    if (holder == transaction) {
      holder = null;
    }
  }

  /** The holder goes on to be committed; the next one need not wait for that. */
  void release(ProvisionalTransaction transaction) {
    if (holder == transaction) {
      holder = null;
    }
  }

  void addProposed(int bytes) {
    proposed++;
    proposedBytes += bytes;
  }

  void removeProposed(int bytes) {
    proposed--;
    proposedBytes -= bytes;
  }

  /**
   * Gives the turn to the next, if there is one and the turn is free or can be lent.
   *
   * @return who has got it, or null
   */
  ProvisionalTransaction next(long now) {
    if (waiting() == 0
        || proposed >= options.proposedMax()
        || (proposed > 0 && proposedBytes >= options.proposedBytesMax())) {
      return null;
    }
    if (holder != null) {
      if (nanosUntilLent(now) > 0) {
        return null;
      }
      holder.state = State.LENT;
      holder = null;
      counters.lent();
    }
    holder = begun.isEmpty() ? fresh.poll() : begun.poll();
    holder.state = State.ACTIVE;
    holder.requesting = true;
    holder.hadTurn = true;
    holder.turnNanos = now;
    holder.activeNanos = now;
    return holder;
  }

  /** How long until the holder's turn can be lent, if it does nothing; 0 or less for at once. */
  private long nanosUntilLent(long now) {
    if (holder.requesting || holder.state == State.COMMITTING) {
      return Long.MAX_VALUE;
    }
    long idle = holder.activeNanos + TimeUnit.MILLISECONDS.toNanos(options.lendAfterMillis()) - now;
    long share = holder.turnNanos + TimeUnit.MILLISECONDS.toNanos(options.turnMillis()) - now;
    return Math.min(idle, share);
  }

  /**
   * @return after how many nanoseconds somebody should ask for the {@link #next} again, or 0 if
   *     nobody waits for a holder
   */
  long nanosUntilLook(long now) {
    if (waiting() == 0 || holder == null) {
      return 0;
    }
    long lend = TimeUnit.MILLISECONDS.toNanos(options.lendAfterMillis());
    return Math.max(1, Math.min(lend, nanosUntilLent(now)));
  }
}
