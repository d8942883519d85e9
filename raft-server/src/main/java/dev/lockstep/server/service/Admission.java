package dev.lockstep.server.service;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many writes, and how many bytes of them, may wait for consensus. What is admitted is given
 * back with the answer, whatever it is. Safe for use by several threads.
 */
final class Admission {
  private final int countMax;
  private final long bytesMax;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Admission(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  /** One write is admitted whatever its size, so that none is refused for ever. */
  boolean tryAcquire(long writeBytes) {
    if (count.incrementAndGet() <= countMax) {
      if (bytes.addAndGet(writeBytes) <= bytesMax || count.get() == 1) {
        return true;
      }
      bytes.addAndGet(-writeBytes);
    }
    count.decrementAndGet();
    return false;
  }

  void release(long writeBytes) {
    bytes.addAndGet(-writeBytes);
    int left = count.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("more writes answered than admitted: " + left);
    }
  }

  int count() {
    return count.get();
  }

  long bytes() {
    return bytes.get();
  }
}
