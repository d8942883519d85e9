package dev.lockstep.server.database;

import java.util.concurrent.TimeUnit;

/**
 * How long the holder of a turn may be without a request before its turn is lent: at least as the
 * options say, and longer where clients pause longer between their requests, be it that they are
 * far away or that they have no processor to run on. A turn that is lent too early is often a lost
 * transaction; one that is lent late only keeps others waiting.
 *
 * <p>The mean of the pauses and its deviation are estimated as TCP does it for round trips (RFC
 * 6298). Pauses in which the turn was lent do not count, as in Karn's algorithm: their length may
 * be the lending's own doing. Guarded by the registry.
 */
final class LendingPatience {
  private static final int MARGIN = 8;

  /** One pause counts for at most so many times the least patience: someone has gone for coffee. */
  private static final int PAUSE_MAX = 4;

  private final long leastNanos;
  private final long mostNanos;
  private long mean;
  private long deviation;

  LendingPatience(TransactionOptions options) {
    leastNanos = TimeUnit.MILLISECONDS.toNanos(options.lendAfterMillis());
    mostNanos = Math.max(leastNanos, TimeUnit.MILLISECONDS.toNanos(options.turnMillis()));
  }

  /** A holder was idle for so long and has not lost its turn. */
  void notePause(long nanos) {
    long pause = Math.min(nanos, PAUSE_MAX * leastNanos);
    deviation += (Math.abs(pause - mean) - deviation) / 4;
    mean += (pause - mean) / 8;
  }

  /**
   * With those that run the same SQL as the holder: they change what it has read, or it what they
   * read, and one of the two would be lost.
   */
  long ofAlikeNanos() {
    return leastNanos == 0 ? 0 : mostNanos;
  }

  long nanos() {
    return Math.min(mostNanos, Math.max(leastNanos, MARGIN * (mean + deviation)));
  }
}
