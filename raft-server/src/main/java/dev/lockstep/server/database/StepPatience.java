package dev.lockstep.server.database;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long the applying thread waits for a transaction's steps. First a short time, then they are
 * interrupted and run again, each time with a little more; after that they are not interrupted any
 * more until a budget for the whole transaction is used up. So no step starves, and no transaction
 * holds up the others for longer than the budget. Written by the thread that runs the step, read by
 * the applying one.
 */
final class StepPatience {
  static final int INTERRUPTIONS_MAX = 3;
  static final long PATIENCE_MILLIS = 50;

  private final long budgetMillis;
  private volatile int interruptions;
  private final AtomicLong usedMillis = new AtomicLong();

  StepPatience(long budgetMillis) {
    this.budgetMillis = budgetMillis;
  }

  /** How long the applying thread waits. */
  long millis() {
    return interruptions < INTERRUPTIONS_MAX
        ? PATIENCE_MILLIS << interruptions
        : PATIENCE_MILLIS + Math.max(0, budgetMillis - usedMillis.get());
  }

  void interrupted() {
    interruptions = Math.min(interruptions + 1, INTERRUPTIONS_MAX);
  }

  /** A run of steps, interrupted or not, has ended. */
  void ran(long nanos) {
    if (interruptions >= INTERRUPTIONS_MAX) {
      usedMillis.addAndGet(Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos) - PATIENCE_MILLIS));
    }
  }

  boolean isUsedUp() {
    return interruptions >= INTERRUPTIONS_MAX && usedMillis.get() >= budgetMillis;
  }

  TransactionLostException exceeded() {
    return new TransactionLostException(
        "54000",
        "the transaction's statements keep other writes waiting for more than "
            + budgetMillis
            + " ms: run them in autocommit mode, or in smaller parts");
  }
}
