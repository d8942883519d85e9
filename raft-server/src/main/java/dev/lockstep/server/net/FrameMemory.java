package dev.lockstep.server.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that large requests of all connections may hold together, so that a crowd of them does
 * not take the node down. Small frames are not counted: their number is limited otherwise. Safe for
 * use by several threads.
 */
final class FrameMemory {
  /** Frames up to this many bytes are not counted. */
  static final int SMALL_FRAME_BYTES = 16 << 10;

  private final long bytesMax;
  private final AtomicLong held = new AtomicLong();

  FrameMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  boolean tryAcquire(long bytes) {
    if (held.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  void release(long bytes) {
    if (held.addAndGet(-bytes) < 0) {
      throw new IllegalStateException("more bytes given back than taken: " + held.get());
    }
  }

  long held() {
    return held.get();
  }
}
