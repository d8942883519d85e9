package dev.lockstep.server.service;

import dev.lockstep.sql.SqliteReader;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read-only connections of a node: opened when needed, up to a limit, and closed when idle.
 * Whoever finds none free waits in a bounded queue for a bounded time. Safe for use by several
 * threads.
 */
final class ReaderPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReaderPool.class);

  /** How long a request waits for a reader. */
  private static final long WAIT_NANOS = 5_000_000_000L;

  /** How long a reader stays open without use. */
  private static final long IDLE_NANOS = 30_000_000_000L;

  private final Supplier<Path> file;
  private final int readersMax;
  private final int waitersMax;

  /** The most recently used one first. */
  private final Deque<Idle> idle = new ArrayDeque<>();

  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private int leased;
  private boolean closed;

  private record Idle(SqliteReader reader, Path file, long sinceNanos) {}

  private record Waiter(Acquisition acquisition, long sinceNanos) {}

  /** Somebody who wants a reader; called once, by any thread, and must not block. */
  interface Acquisition {
    /** The lease is the caller's to release. */
    void ready(Lease lease);

    void refused();
  }

  ReaderPool(Supplier<Path> file, int readersMax, int waitersMax) {
    this.file = file;
    this.readersMax = readersMax;
    this.waitersMax = waitersMax;
  }

  void acquire(Acquisition acquisition) {
    Lease lease = null;
    synchronized (this) {
      if (!closed && leased < readersMax) {
        leased++;
        lease = new Lease();
      } else if (!closed && waiters.size() < waitersMax) {
        waiters.add(new Waiter(acquisition, System.nanoTime()));
        return;
      }
    }
    if (lease == null) {
      acquisition.refused();
    } else {
      acquisition.ready(lease);
    }
  }

  /** Refuses those who waited too long, and closes what was idle too long. */
  void sweep(long nanoTime) {
    List<Acquisition> late = new ArrayList<>();
    List<SqliteReader> unused = new ArrayList<>();
    Path current = file.get();
    synchronized (this) {
      while (!waiters.isEmpty() && nanoTime - waiters.peek().sinceNanos() > WAIT_NANOS) {
        late.add(waiters.poll().acquisition());
      }
      for (Iterator<Idle> each = idle.iterator(); each.hasNext(); ) {
        Idle candidate = each.next();
        if (nanoTime - candidate.sinceNanos() > IDLE_NANOS || !candidate.file().equals(current)) {
          each.remove();
          unused.add(candidate.reader());
        }
      }
    }
    late.forEach(Acquisition::refused);
    unused.forEach(ReaderPool::closeQuietly);
  }

  synchronized int leased() {
    return leased;
  }

  synchronized int idle() {
    return idle.size();
  }

  /** Lends no more, and closes what is idle; what is lent is closed when it comes back. */
  @Override
  public void close() {
    List<Idle> unused;
    List<Waiter> refused;
    synchronized (this) {
      closed = true;
      unused = new ArrayList<>(idle);
      idle.clear();
      refused = new ArrayList<>(waiters);
      waiters.clear();
    }
    unused.forEach(each -> closeQuietly(each.reader()));
    refused.forEach(each -> each.acquisition().refused());
  }

  private synchronized Idle takeIdle() {
    return idle.poll();
  }

  private void giveBack(SqliteReader reader, Path readerFile, boolean healthy) {
    Waiter next;
    boolean keep;
    synchronized (this) {
      keep = reader != null && healthy && !closed;
      if (keep) {
        idle.push(new Idle(reader, readerFile, System.nanoTime()));
      }
      next = waiters.poll();
      if (next == null) {
        leased--;
      }
    }
    if (reader != null && !keep) {
      closeQuietly(reader);
    }
    if (next != null) {
      next.acquisition().ready(new Lease());
    }
  }

  private static void closeQuietly(SqliteReader reader) {
    try {
      reader.close();
    } catch (SQLException e) {
      LOG.warn("a reader did not close", e);
    }
  }

  /**
   * The right to use one reader, until it is released as often as it was retained, its taking
   * included. The reader itself is for one thread at a time.
   */
  final class Lease {
    private SqliteReader reader;
    private Path readerFile;
    private int users = 1;
    private boolean healthy = true;

    private Lease() {}

    /** The reader; opened by the first call, which may block on the disk. */
    SqliteReader reader() throws SQLException {
      if (reader == null) {
        Path current = file.get();
        for (Idle found = takeIdle(); found != null; found = takeIdle()) {
          if (found.file().equals(current)) {
            reader = found.reader();
            readerFile = current;
            return reader;
          }
          closeQuietly(found.reader());
        }
        reader = SqliteReader.open(current);
        readerFile = current;
      }
      return reader;
    }

    /** The reader must not be used by others after this: it failed. */
    synchronized void spoil() {
      healthy = false;
    }

    synchronized void retain() {
      users++;
    }

    void release() {
      synchronized (this) {
        if (--users > 0) {
          return;
        }
        if (users < 0) {
          throw new IllegalStateException("a reader was given back twice");
        }
      }
      if (reader != null) {
        try {
          reader.end();
        } catch (SQLException e) {
          LOG.warn("a reader did not end its snapshot", e);
          spoil();
        }
      }
      giveBack(reader, readerFile, healthy);
    }
  }
}
