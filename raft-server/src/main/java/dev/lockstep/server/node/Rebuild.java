package dev.lockstep.server.node;

import dev.lockstep.server.database.StateCopy;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a condemned state by another node's, on a thread of its own that lives while there is
 * something to replace. Tries again until it succeeds or the node stops. Safe for use by several
 * threads.
 */
final class Rebuild implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
  private static final long PAUSE_MILLIS_MIN = 500;
  private static final long PAUSE_MILLIS_MAX = 30_000;

  /** How often it looks whether the log has come far enough. */
  private static final long LOOK_MILLIS = 20;

  private static final String REPLACING = "replacing the state";

  private final NodeConfig config;
  private final Source source;
  private final RebuildMark mark;
  private final Installation installation;
  private final AtomicInteger count = new AtomicInteger();
  private volatile String doing = "";
  private volatile String last = "";

  /** Guarded by this object, as are {@link #closed} and {@link #next}. */
  private Thread thread;

  private boolean closed;

  /** Why the state that is just being installed is condemned as well; null if it is not. */
  private String next;

  /** Makes a received state the node's. */
  interface Installation {
    void install(StateCopy copy) throws IOException;
  }

  /** Where a state comes from. All but {@link #receive} is for any thread. */
  interface Source extends AutoCloseable {
    /**
     * Fetches a state that is newer than everything this node has applied, or has a snapshot of.
     *
     * @throws IOException if no node gives one now
     */
    StateCopy receive() throws IOException, SQLException;

    /** What it is doing, in words; empty if it is not receiving. */
    String progress();

    /** Removes what was received and not used. */
    void discard();

    /** Makes {@link #receive} end soon, now and in the future. */
    @Override
    void close();
  }

  Rebuild(NodeConfig config, Source source, RebuildMark mark, Installation installation) {
    this.config = config;
    this.source = source;
    this.mark = mark;
    this.installation = installation;
  }

  /**
   * Begins, or begins once more after the installation that is going on: each state is condemned
   * once at most. Returns at once.
   */
  synchronized void begin(String reason) {
    if (closed) {
      return;
    }
    if (thread != null) {
      next = reason;
      return;
    }
    if (config.members().size() == 1) {
      doing = "impossible: there is no other node to take the state from";
      return;
    }
    doing = "beginning: " + reason;
    thread = new Thread(() -> run(reason), "lockstep-rebuild-" + config.database());
    thread.setDaemon(true);
    thread.start();
  }

  /** What it is doing, in words; empty if there is nothing to do. */
  String progress() {
    String receiving = source.progress();
    return receiving.isEmpty() ? doing : receiving;
  }

  /** States replaced since the process started. */
  int count() {
    return count.get();
  }

  /** Why the last state was replaced; empty if none was since the process started. */
  String last() {
    return last;
  }

  private void run(String first) {
    try {
      String reason = first;
      while (reason != null && replace(reason)) {
        source.discard();
        reason = nextOrEnd();
      }
    } finally {
      if (!isEnded()) {
        source.discard();
        end();
      }
    }
  }

  /** Whether another thread may have begun with the next state. For the rebuilding thread. */
  private synchronized boolean isEnded() {
    return thread != Thread.currentThread();
  }

  /**
   * Tries until the state is replaced.
   *
   * @return false if it was closed before
   */
  private boolean replace(String reason) {
    long pauseMillis = PAUSE_MILLIS_MIN;
    while (!isClosed()) {
      try {
        mark.write(reason);
        StateCopy copy = source.receive();
        doing = REPLACING;
        expectNone();
        installation.install(copy);
        if (mark.read() == null) {
          last = reason;
          count.incrementAndGet();
          LOG.info("{} has a new state: {}", config.node(), copy.state());
          return true;
        }
      } catch (IOException | SQLException | RuntimeException | OutOfMemoryError e) {
        doing = "waiting to try again: " + e.getMessage();
        LOG.warn("{}: the state could not be replaced yet", config.node(), e);
      }
      pause(pauseMillis);
      pauseMillis = Math.min(PAUSE_MILLIS_MAX, 2 * pauseMillis);
    }
    return false;
  }

  /** What was condemned so far is about to be replaced. */
  private synchronized void expectNone() {
    next = null;
  }

  /** Why the new state is to be replaced in its turn; null, and the thread's end, if it is not. */
  private synchronized String nextOrEnd() {
    String reason = next;
    next = null;
    if (reason == null) {
      end();
    }
    return reason;
  }

  private synchronized void end() {
    thread = null;
    doing = "";
    notifyAll();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Waits a moment for the log, which is to come to an index, or until it is closed. */
  void awaitLog(long reached, long index) {
    doing = "waiting for entries: the log is at index " + reached + ", the state at " + index;
    pause(LOOK_MILLIS);
    doing = REPLACING;
  }

  /** Waits a little, or until it is closed. */
  void pause() {
    pause(PAUSE_MILLIS_MIN);
  }

  private synchronized void pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    try {
      for (long left = millis; left > 0 && !closed; left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but the JVM's end.
      closed = true;
    }
  }

  /** Gives up, and waits for the thread. A mark that was written stays. Idempotent. */
  @Override
  public void close() {
    boolean interrupted = false;
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    source.close();
    synchronized (this) {
      while (thread != null) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
