package dev.lockstep.server.database;

import dev.lockstep.sql.SqliteCheckpoint;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the WAL's content into the database file, which costs two fsyncs, on a thread of its own.
 * While commits go on such a checkpoint never reaches the WAL's end, so that the WAL would grow for
 * ever; beyond a limit the applying thread makes the last bit itself, and SQLite begins the WAL
 * anew (unless a reader still needs it).
 */
final class WalCheckpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WalCheckpoints.class);

  /** Commits between two looks at the WAL. */
  private static final int COMMITS_BETWEEN = 32;

  /** Pages that are not in the file yet, after which the background begins: 16 MiB. */
  private static final int BACKGROUND_PAGES = 4_096;

  /** Pages in the WAL after which the applying thread steps in: 64 MiB. */
  private static final int FORCED_PAGES = 16_384;

  private final Thread thread;
  private final Object monitor = new Object();
  private Path requested;
  private boolean closed;
  private int commits;

  WalCheckpoints(String database) {
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
    if (progress.walPages() > FORCED_PAGES) {
      SqliteCheckpoint.run(connection.writer());
    } else if (progress.walPages() - progress.copiedPages() > BACKGROUND_PAGES) {
      synchronized (monitor) {
        requested = file;
        monitor.notifyAll();
      }
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
      }
      try {
        SqliteCheckpoint.run(file);
      } catch (SQLException | RuntimeException e) {
        LOG.warn("the WAL of {} could not be checkpointed", file, e);
      }
    }
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
