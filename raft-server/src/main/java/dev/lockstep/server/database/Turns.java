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
  /** A turn in which fewer requests have come is not over yet: clients are slow, or far away. */
  private static final int REQUESTS_MIN = 64;

  /** After so many times its share of time a turn is over all the same. */
  private static final int SHARES_MAX = 4;

  private final TransactionOptions options;
  private final LendingPatience patience;
  private final TransactionCounters counters;
  private final Deque<ProvisionalTransaction> begun = new ArrayDeque<>();
  private final Deque<ProvisionalTransaction> fresh = new ArrayDeque<>();
  private ProvisionalTransaction holder;
  private int proposed;
  private long proposedBytes;

  Turns(TransactionOptions options, TransactionCounters counters) {
    this.options = options;
    this.patience = new LendingPatience(options);
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

  /** A request of a transaction that need not wait, because it has the turn. */
  void goOn(ProvisionalTransaction transaction, long now) {
    if (holder == transaction) {
      patience.notePause(now - transaction.activeNanos);
      transaction.turnRequests++;
    }
  }

  private void leaveQueue(ProvisionalTransaction transaction) {
    if (!begun.remove(transaction)) {
      fresh.remove(transaction);
    }
  }

  /** The transaction wants no turn any more. */
  void remove(ProvisionalTransaction transaction) {
    leaveQueue(transaction);
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
    ProvisionalTransaction next = holder == null ? first() : borrower(now);
    if (next == null) {
      return null;
    }
    if (holder != null) {
      holder.state = State.LENT;
      counters.lent();
    }
    leaveQueue(next);
    holder = next;
    holder.state = State.ACTIVE;
    holder.requesting = true;
    holder.hadTurn = true;
    holder.turnNanos = now;
    holder.turnRequests = 1;
    holder.activeNanos = now;
    return holder;
  }

  private ProvisionalTransaction first() {
    return begun.isEmpty() ? fresh.peek() : begun.peek();
  }

  /** The first that the holder's turn can be lent to now, or null. */
  private ProvisionalTransaction borrower(long now) {
    if (nanosUntilLent(now, patience.nanos()) > 0) {
      return null;
    }
    boolean toAll = nanosUntilLent(now, patience.ofAlikeNanos()) <= 0;
    for (ProvisionalTransaction waiting : begun) {
      if (toAll || !waiting.resembles(holder)) {
        return waiting;
      }
    }
    for (ProvisionalTransaction waiting : fresh) {
      if (toAll || !waiting.resembles(holder)) {
        return waiting;
      }
    }
    return null;
  }

  /**
   * How long until the holder's turn can be lent, if it does nothing; 0 or less for at once.
   *
   * @param patienceNanos how long the holder may do nothing
   */
  private long nanosUntilLent(long now, long patienceNanos) {
    if (holder.requesting || holder.state == State.COMMITTING) {
      return Long.MAX_VALUE;
    }
    long idle = holder.activeNanos + patienceNanos - now;
    return Math.min(idle, holder.turnNanos + shareNanos() - now);
  }

  private long shareNanos() {
    long share = TimeUnit.MILLISECONDS.toNanos(options.turnMillis());
    return holder.turnRequests < REQUESTS_MIN ? SHARES_MAX * share : share;
  }

  /**
   * @return after how many nanoseconds somebody should ask for the {@link #next} again, or 0 if
   *     nobody waits for a holder
   */
  long nanosUntilLook(long now) {
    if (waiting() == 0 || holder == null) {
      return 0;
    }
    long least = nanosUntilLent(now, patience.nanos());
    // Who could borrow at once has done so.
    long left = least > 0 ? least : nanosUntilLent(now, patience.ofAlikeNanos());
    return Math.max(1, Math.min(patience.nanos(), left));
  }
}
