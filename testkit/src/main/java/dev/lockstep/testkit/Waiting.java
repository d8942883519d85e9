package dev.lockstep.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what others bring about. */
final class Waiting {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Waiting() {}

  /**
   * @throws IllegalStateException if it has not come about in time
   */
  static <T> T until(String what, Duration patience, Supplier<Optional<T>> look) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Optional<T> found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("no " + what + " within " + patience);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
