package dev.lockstep.server.database;

import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import dev.lockstep.sql.SqliteCheckpoint;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the WAL's content into the database file, which costs two fsyncs, on a thread of its own.
 * While commits go on such a checkpoint never reaches the WAL's end, so that the WAL would grow for
 * ever; beyond a limit the applying thread copies what little is left, and SQLite begins the WAL
 * anew.
 *
 * <p>While a reader pins a state, a snapshot that is being copied above all, the WAL cannot begin
 * anew and grows as long as that takes. What has come together is then copied in the background
 * too: the applying thread never copies more than a little, but is slowed down where it writes
 * faster than that.
 */
final class WalCheckpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WalCheckpoints.class);

  /** Commits between two looks at the WAL. */
  private static final int COMMITS_BETWEEN = 32;

  /** Commits after which the background tries again where it could not copy all. */
  private static final int COMMITS_BETWEEN_TRIES = 16 * COMMITS_BETWEEN;

  /** Pages that the WAL grows by between two checkpoints in the background: 16 MiB. */
  private static final int BACKGROUND_PAGES = 4_096;

  /** Pages in the WAL after which it is to begin anew: 64 MiB. */
  private static final int LONG_PAGES = 16_384;

  /** Pages that the applying thread copies itself at most: 16 MiB. */
  private static final int LAST_PAGES = 4_096;

  /** Pages still to be copied beyond which the applying thread waits for the background. */
  private static final int BEHIND_PAGES = 65_536;

  private static final long WAIT_MILLIS_MAX = 50;

  private final Consumer<ReplicaFault> onFault;
  private final Thread thread;
  private final Object monitor = new Object();
  private Path requested;
  private boolean running;
  private boolean closed;
  private int commits;

  /** Pages in the WAL when the background was last asked. */
  private long requestedAt;

  /**
   * @param onFault told by the background thread, once: what a checkpoint has written cannot be
   *     relied on
   */
  WalCheckpoints(String database, Consumer<ReplicaFault> onFault) {
    this.onFault = onFault;
    thread = new Thread(this::run, "lockstep-checkpoint-" + database);
    thread.setDaemon(true);
    thread.start();
  }

  /** Called by the holder of the writing connection after a commit. */
  void committed(StateConnection connection, Path file) throws SQLException {
    if (++commits % COMMITS_BETWEEN != 0) {
      return;
    }
    SqliteCheckpoint.Progress progress = SqliteCheckpoint.look(connection.writer());
    long left = progress.walPages() - progress.copiedPages();
    if (progress.walPages() > LONG_PAGES && left > 0 && left <= LAST_PAGES) {
      try {
        SqliteCheckpoint.run(connection.writer());
      } catch (SQLException e) {
        tolerate(e, file);
      }
      return;
    }
    if (progress.walPages() < requestedAt) {
      requestedAt = 0;
    }
    boolean due =
        progress.walPages() - requestedAt > BACKGROUND_PAGES
            || (left > BACKGROUND_PAGES && commits % COMMITS_BETWEEN_TRIES == 0);
    synchronized (monitor) {
      if (due && !running) {
        requestedAt = progress.walPages();
        requested = file;
        monitor.notifyAll();
      } else if (left > BEHIND_PAGES && running) {
        awaitBackground();
      }
    }
  }

  private void awaitBackground() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
    try {
      while (running) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return;
        }
        monitor.wait(left);
      }
    } catch (InterruptedException e) {
      // Whoever interrupts the applying thread is heard there.
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (true) {
      Path file;
      synchronized (monitor) {
        while (requested == null && !closed) {
          try {
            monitor.wait();
          } catch (InterruptedException e) {
            return;
          }
        }
        if (closed) {
          return;
        }
        file = requested;
        requested = null;
        running = true;
      }
      try {
        SqliteCheckpoint.run(file);
      } catch (SQLException e) {
        try {
          tolerate(e, file);
        } catch (SQLException fault) {
          onFault.accept(ScriptRunner.fault(fault));
          return;
        }
      } finally {
        synchronized (monitor) {
          running = false;
          monitor.notifyAll();
        }
      }
    }
  }

  /**
   * Without room in the file what is committed stays in the WAL. After a failed write or fsync
   * nobody knows what is on the disk; a second try could succeed without having written it.
   */
  private static void tolerate(SQLException e, Path file) throws SQLException {
    if (SqlErrors.classify(e).kind() != SqlFailure.Kind.DISK_FULL) {
      throw e;
    }
    LOG.warn("the WAL of {} could not be checkpointed: {}", file, e.getMessage());
  }

  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
