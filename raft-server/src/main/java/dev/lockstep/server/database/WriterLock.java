package dev.lockstep.server.database;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who may use the writing connection: the applying thread or a step of a transaction. Fair, so that
 * steps get their time between two batches; but a step that keeps the applying thread waiting for
 * longer than its patience is interrupted. Safe for use by several threads.
 */
final class WriterLock {
  private static final long TICK_MILLIS = 10;

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Object monitor = new Object();

  /** What the holder is running and others may interrupt; guarded by {@link #monitor}. */
  private Interruptible running;

  /** Work on the writing connection that can be asked to end early. */
  interface Interruptible {
    /** How long the applying thread waits for it. */
    long patienceMillis();

    /** Makes it end soon; must not block. Called only while it runs. */
    void interrupt();
  }

  /** For the applying thread; interrupts of the thread are kept for later. */
  void lockForApply() {
    boolean interrupted = false;
    long start = System.nanoTime();
    while (true) {
      try {
        if (lock.tryLock(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
          break;
        }
        long waitedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        synchronized (monitor) {
          if (running != null && waitedMillis >= running.patienceMillis()) {
            running.interrupt();
          }
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** For everybody else. */
  void lock() {
    lock.lock();
  }

  boolean tryLock() {
    return lock.tryLock();
  }

  void unlock() {
    lock.unlock();
  }

  boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  /** Says what the holder is running from now on; null for nothing that may be interrupted. */
  void setRunning(Interruptible work) {
    synchronized (monitor) {
      running = work;
    }
  }

  /** Interrupts this work if it runs now. */
  void interrupt(Interruptible work) {
    synchronized (monitor) {
      if (running == work) {
        work.interrupt();
      }
    }
  }
}
