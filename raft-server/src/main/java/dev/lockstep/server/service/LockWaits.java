package dev.lockstep.server.service;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The requests of this node's clients that wait for named locks, first come first served. The first
 * of each lock tries again when the lock was released, and now and then: the end of a lease is no
 * event. Safe for use by several threads; never blocks. Tries are made by the timer's thread.
 */
final class LockWaits {
  /** Time between two tries, if nobody releases the lock. */
  private static final long PERIOD_MILLIS = 250;

  private final ScheduledThreadPoolExecutor timer;
  private final Map<String, Deque<LockRequest>> queues = new HashMap<>();

  LockWaits(ScheduledThreadPoolExecutor timer) {
    this.timer = timer;
  }

  /** The request waits from now on, behind those that wait for the same lock. */
  void add(String name, LockRequest request) {
    synchronized (queues) {
      Deque<LockRequest> queue = queues.computeIfAbsent(name, key -> new ArrayDeque<>());
      queue.add(request);
      if (queue.size() == 1) {
        tick(name);
      }
    }
  }

  /** The request has ended. */
  void remove(String name, LockRequest request) {
    synchronized (queues) {
      Deque<LockRequest> queue = queues.get(name);
      if (queue != null && queue.remove(request) && queue.isEmpty()) {
        queues.remove(name);
      }
    }
  }

  /** Commands released these locks. Called by the thread that applies. */
  void released(Set<String> names) {
    synchronized (queues) {
      for (String name : names) {
        if (queues.containsKey(name)) {
          later(() -> tryFirst(name), 0);
        }
      }
    }
  }

  /** Requests that wait. */
  int count() {
    synchronized (queues) {
      return queues.values().stream().mapToInt(Deque::size).sum();
    }
  }

  private void tick(String name) {
    later(
        () -> {
          if (tryFirst(name)) {
            tick(name);
          }
        },
        PERIOD_MILLIS);
  }

  private void later(Runnable task, long delayMillis) {
    try {
      timer.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopped) {
      // The node has stopped; its connections are closed.
    }
  }

  /** Whether somebody waits. */
  private boolean tryFirst(String name) {
    LockRequest first;
    do {
      synchronized (queues) {
        Deque<LockRequest> queue = queues.get(name);
        first = queue == null ? null : queue.peek();
      }
      // One that is over takes itself out of the queue, and the next one is the first.
    } while (first != null && !first.tryAgain());
    return first != null;
  }
}
