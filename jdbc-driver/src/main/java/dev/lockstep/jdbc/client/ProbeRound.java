package dev.lockstep.jdbc.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Asks several nodes at once and takes the first that suits; the others are closed as they come, so
 * that one that does not answer costs no time. Each node is asked by a thread that lives for
 * seconds.
 */
final class ProbeRound {
  private static final ThreadPoolExecutor THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "lockstep-probe");
            thread.setDaemon(true);
            // The thread may outlive the application that the caller belongs to.
            thread.setContextClassLoader(null);
            return thread;
          });

  /** Connects to a node. */
  interface Opener {
    Link open(NodeAddress address) throws IOException;
  }

  private final Opener opener;
  private final Predicate<Link> suits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progress = lock.newCondition();
  private final Map<NodeAddress, IOException> failures = new LinkedHashMap<>();
  private int running;
  private boolean over;
  private Link found;

  ProbeRound(Opener opener, Predicate<Link> suits) {
    this.opener = opener;
    this.suits = suits;
  }

  /** Asks all of them and waits for the first that suits, at most until the deadline. */
  Optional<Link> run(List<NodeAddress> addresses, long deadline) throws InterruptedException {
    lock.lock();
    try {
      for (NodeAddress address : addresses) {
        THREADS.execute(() -> probe(address));
        running++;
      }
      while (found == null && running > 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || progress.awaitNanos(left) <= 0) {
          break;
        }
      }
      return Optional.ofNullable(found);
    } finally {
      over = true;
      lock.unlock();
    }
  }

  /** Why nodes could not be reached or did not want this client. */
  Map<NodeAddress, IOException> failures() {
    lock.lock();
    try {
      return new LinkedHashMap<>(failures);
    } finally {
      lock.unlock();
    }
  }

  private void probe(NodeAddress address) {
    Link link = null;
    IOException failure = null;
    try {
      link = opener.open(address);
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      // For one, a host name that no resolver accepts.
      failure = new IOException(address + ": " + e, e);
    }
    List<Link> unused = new ArrayList<>();
    lock.lock();
    try {
      running--;
      if (failure != null) {
        failures.put(address, failure);
      } else if (!over && found == null && suits.test(link)) {
        found = link;
      } else {
        unused.add(link);
      }
      progress.signalAll();
    } finally {
      lock.unlock();
    }
    unused.forEach(Link::close);
  }
}
