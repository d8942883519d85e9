package dev.lockstep.server.log;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds a stream of bytes to a rate by making whoever moves them wait. Used by several threads, who
 * share the rate then.
 */
public final class TransferPace {
  /** How soon the end is noticed by one who waits. */
  private static final long NAP_NANOS = 50_000_000;

  private static final double NANOS_PER_SECOND = 1e9;

  private final long bytesPerSecond;

  /** When the bytes that have passed so far have had their time, by {@link System#nanoTime}. */
  private long free = System.nanoTime();

  private volatile boolean ended;

  public TransferPace(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /**
   * Lets bytes pass: returns when those before them have had their time, so that two who pass the
   * same bytes on to each other do not wait twice. Interrupts of the thread are kept.
   *
   * @throws IOException if the transfer is to end, see {@link #end}
   */
  public void pass(long bytes) throws IOException {
    long until = reserve(bytes);
    boolean interrupted = false;
    while (!ended) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, Math.min(left, NAP_NANOS));
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (ended) {
      throw new IOException("the node stops");
    }
  }

  private synchronized long reserve(long bytes) {
    long nanos = (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
    long begin = Math.max(free, System.nanoTime());
    free = begin + nanos;
    return begin;
  }

  /** Lets transfers go on after {@link #end}: the log is open again. */
  public void begin() {
    ended = false;
  }

  /** Has all transfers fail, those in progress too. */
  public void end() {
    ended = true;
  }
}
