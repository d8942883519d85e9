package dev.lockstep.server.log.jraft;

import dev.lockstep.server.log.LogStatus;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What this member knows of itself; written by the engine's thread, read and awaited by any. */
final class StatusBoard {
  private volatile LogStatus status = new LogStatus(LogStatus.Role.FOLLOWER, 0, "");

  LogStatus get() {
    return status;
  }

  synchronized void set(LogStatus changed) {
    // Nothing comes after the end.
    if (status.role() != LogStatus.Role.STOPPED) {
      status = changed;
      notifyAll();
    }
  }

  /** Corrects what is known, unless it has changed meanwhile. */
  synchronized void replace(LogStatus known, LogStatus corrected) {
    if (status.equals(known)) {
      set(corrected);
    }
  }

  /**
   * Waits until the status is as wanted.
   *
   * @return the status at the end, wanted or not
   */
  synchronized LogStatus await(Predicate<LogStatus> wanted, long timeoutMillis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (!wanted.test(status)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        break;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return status;
  }
}
