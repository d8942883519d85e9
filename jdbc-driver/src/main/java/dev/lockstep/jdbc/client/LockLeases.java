package dev.lockstep.jdbc.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Renews the sessions of the connections that have asked for named locks, so that they keep them
 * while the application says nothing. One thread for all of them, which lives while there are such
 * connections; a connection that the application has lost without closing it is let go. Safe for
 * use by several threads.
 */
final class LockLeases {
  /** A quarter of the lease that the cluster gives. */
  static final long PERIOD_MILLIS = 15_000;

  private static volatile LockLeases shared = new LockLeases(PERIOD_MILLIS, SessionRenewal::renew);

  private final long periodNanos;
  private final Consumer<List<ClusterClient>> renewal;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Connections whose sessions are renewed. */
  private final Set<ClusterClient> holders = Collections.newSetFromMap(new WeakHashMap<>());

  private boolean running;

  /**
   * @param renewal renews the sessions of these connections; must not throw, and must not take
   *     longer than a lease
   */
  LockLeases(long periodMillis, Consumer<List<ClusterClient>> renewal) {
    this.periodNanos = TimeUnit.MILLISECONDS.toNanos(periodMillis);
    this.renewal = renewal;
  }

  /** Those of this JVM. */
  static LockLeases shared() {
    return shared;
  }

  /** For tests, which cannot wait so long; gives back the former ones. */
  static LockLeases share(LockLeases leases) {
    LockLeases former = shared;
    shared = leases;
    return former;
  }

  /** The connection's session is renewed from now on. */
  void hold(ClusterClient client) {
    lock.lock();
    try {
      if (holders.add(client) && !running) {
        running = true;
        Thread thread = new Thread(this::run, "lockstep-lock-leases");
        thread.setDaemon(true);
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The connection is closed; nothing happens if it does not hold anything. */
  void drop(ClusterClient client) {
    lock.lock();
    try {
      if (holders.remove(client) && holders.isEmpty()) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Connections whose sessions are renewed. */
  int count() {
    lock.lock();
    try {
      return holders.size();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    List<ClusterClient> present = next();
    while (!present.isEmpty()) {
      renewal.accept(present);
      // Not kept while waiting, so that lost connections can be found.
      present = next();
    }
  }

  /** Waits for the next period; empty if the thread is to end. */
  private List<ClusterClient> next() {
    lock.lock();
    try {
      long left = periodNanos;
      while (left > 0 && !holders.isEmpty()) {
        left = changed.awaitNanos(left);
      }
      List<ClusterClient> present = new ArrayList<>(holders);
      running = !present.isEmpty();
      return present;
    } catch (InterruptedException e) {
      // Nobody has this thread.
      running = false;
      return List.of();
    } finally {
      lock.unlock();
    }
  }
}
