package dev.lockstep.examples.shop;

import java.util.List;

/**
 * The loss of a leader as the customers saw it.
 *
 * @param killedNanos {@link System#nanoTime()} when it was killed
 */
record Outage(String nodeId, long killedNanos) {
  /** A pause that begins so long after the kill is not its doing. */
  private static final long WINDOW_NANOS = 10_000_000_000L;

  /**
   * How long writes paused: the longest time without an acknowledged order that begins before, or
   * shortly after, the kill and ends after it.
   *
   * @param receipts in the order of time
   * @return nanoseconds, or -1 if no order was acknowledged after the kill
   */
  long pauseNanos(List<Receipt> receipts) {
    long longest = -1;
    for (int i = 1; i < receipts.size(); i++) {
      long from = receipts.get(i - 1).acknowledgedNanos();
      long to = receipts.get(i).acknowledgedNanos();
      if (to - killedNanos > 0 && from - killedNanos < WINDOW_NANOS) {
        longest = Math.max(longest, to - from);
      }
    }
    return longest;
  }
}
