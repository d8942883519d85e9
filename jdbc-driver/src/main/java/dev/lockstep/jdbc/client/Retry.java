package dev.lockstep.jdbc.client;

import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The time limits of one operation: how long it is tried again after something went wrong, and the
 * statement's own limit. The former begins with the first failure, so that a slow statement does
 * not use it up. Used by one thread.
 */
final class Retry {
  private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(200);

  /** Time beyond the statement's limit that the node is given to report it. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Operation operation;
  private final long failoverNanos;
  private final int timeoutMillis;
  private final long begun = System.nanoTime();
  private long failoverDeadline;
  private long pause = PAUSE_NANOS_MIN;
  private Exception lastFailure;

  /**
   * @param timeoutMillis the statement's own limit, 0 for none
   */
  Retry(Operation operation, int failoverMillis, int timeoutMillis) {
    this.operation = operation;
    this.failoverNanos = TimeUnit.MILLISECONDS.toNanos(failoverMillis);
    this.timeoutMillis = timeoutMillis;
  }

  /** When to stop looking for a node to send it to. */
  long searchDeadline() {
    if (lastFailure == null) {
      failed(null);
    }
    long statement = statementDeadline();
    return timeoutMillis == 0 || operation.mayBeApplied() || failoverDeadline - statement < 0
        ? failoverDeadline
        : statement;
  }

  /** When to stop waiting for an answer that was promised earlier; 0 for never. */
  long answerDeadline() {
    return timeoutMillis == 0 ? 0 : Math.max(System.nanoTime(), statementDeadline()) + GRACE_NANOS;
  }

  /** What is left of the statement's limit, in milliseconds; 0 if there is no limit. */
  int timeoutMillisLeft() {
    return timeoutMillis == 0
        ? 0
        : (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(statementDeadline() - System.nanoTime()));
  }

  /** Something went wrong that may be better later. */
  void failed(Exception reason) {
    boolean first = lastFailure == null && reason != null;
    if (failoverDeadline == 0 || first) {
      failoverDeadline = System.nanoTime() + failoverNanos;
    }
    if (reason != null) {
      lastFailure = reason;
    }
  }

  /**
   * Waits a little, longer each time, or until there is news of the leader.
   *
   * @throws SQLException if the time is over
   */
  void pause(Cluster cluster) throws SQLException, InterruptedException {
    long left = searchDeadline() - System.nanoTime();
    if (left <= 0) {
      throw over();
    }
    long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    cluster.awaitNews(Math.min(left, jittered));
    pause = Math.min(PAUSE_NANOS_MAX, pause * 2);
  }

  /** The exception for an operation whose time is over. */
  SQLException over() {
    String seconds =
        String.format("%.1f s", (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1));
    String last = lastFailure == null ? "" : "; at last: " + lastFailure.getMessage();
    if (operation.mayBeApplied()) {
      return SqlState.OUTCOME_UNKNOWN.exception(
          "it is not known whether the write was applied: no answer for " + seconds + last,
          lastFailure);
    }
    if (timeoutMillis > 0 && System.nanoTime() - statementDeadline() >= 0) {
      return SqlState.timeout(
          "the statement's time limit of " + timeoutMillis + " ms is over" + last, lastFailure);
    }
    if (lastFailure instanceof NodeFailure failure && failure.isBusy()) {
      return failure.toSqlException();
    }
    return SqlState.CONNECTION_FAILED.exception(
        "no leader for " + seconds + "; nothing was changed" + last, lastFailure);
  }

  private long statementDeadline() {
    return begun + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
  }
}
