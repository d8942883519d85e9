package dev.lockstep.server.database;

import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.server.command.Checkpoint;
import dev.lockstep.sql.SqlErrors;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content as it was at certain entries of the log: pinned by the applying thread between two
 * commits, read by others. A thread of its own digests the slices of checkpoints; what is kept for
 * a comparison of the whole is read by workers. Safe for use by several threads.
 */
public final class ContentSnapshots implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ContentSnapshots.class);

  /** Checkpoints that wait for their digest; of more the oldest are left out. */
  private static final int WAITING_MAX = 2;

  /** Contents kept for a comparison of the whole; of more the oldest is given up. */
  private static final int KEPT_MAX = 2;

  private static final long KEPT_UNUSED_NANOS = 30_000_000_000L;
  private static final int REPORTS_MAX = 16;
  private static final int PART_BYTES_MAX = 4 << 20;

  private final Consumer<String> damaged;
  private final Thread thread;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final List<Kept> kept = new ArrayList<>();
  private final Deque<CheckpointReport> reports = new ArrayDeque<>();
  private ContentReader digesting;
  private long passes;
  private boolean closed;

  private record Waiting(AppliedState state, Checkpoint checkpoint, ContentReader reader) {}

  /** Content that is read by one worker at a time. */
  private static final class Kept {
    private final long index;
    private final ContentReader reader;
    private long usedNanos = System.nanoTime();
    private int users;
    private boolean unwanted;

    Kept(long index, ContentReader reader) {
      this.index = index;
      this.reader = reader;
    }
  }

  /**
   * @param damaged told what SQLite says of a file that it cannot read
   */
  ContentSnapshots(String database, Consumer<String> damaged) {
    this.damaged = damaged;
    this.thread = new Thread(this::run, "lockstep-digest-" + database);
    thread.setDaemon(true);
    thread.start();
  }

  /** A checkpoint was applied and nothing after it. For the applying thread. */
  void checkpoint(Path file, AppliedState state, Checkpoint checkpoint) {
    ContentReader reader = pin(file, state);
    if (reader == null) {
      return;
    }
    Waiting dropped = null;
    synchronized (this) {
      if (waiting.size() == WAITING_MAX) {
        dropped = waiting.poll();
      }
      waiting.add(new Waiting(state, checkpoint, reader));
      notifyAll();
    }
    if (dropped != null) {
      close(dropped.reader());
    }
  }

  /** The content after this entry is to be kept. For the applying thread. */
  void keep(Path file, AppliedState state) {
    ContentReader reader = pin(file, state);
    if (reader == null) {
      return;
    }
    Kept dropped = null;
    synchronized (this) {
      if (kept.size() == KEPT_MAX) {
        dropped = giveUp(kept.get(0));
      }
      kept.add(new Kept(state.index(), reader));
      notifyAll();
    }
    if (dropped != null) {
      close(dropped.reader);
    }
  }

  private ContentReader pin(Path file, AppliedState state) {
    try {
      return ContentReader.pin(file);
    } catch (SQLException e) {
      // The others compare without this replica, which finds out at the next commit what is wrong.
      LOG.warn("the content at index {} is not pinned", state.index(), e);
      return null;
    }
  }

  /** The last checkpoints that were digested, the newest last. */
  public synchronized List<CheckpointReport> reports() {
    return List.copyOf(reports);
  }

  /** How often a slice came to the content's end. */
  public synchronized long passes() {
    return passes;
  }

  /**
   * Reads from content that is kept.
   *
   * @return null if the content at this index is not kept, or not any more
   */
  public ContentPart read(long index, byte[] place, int rowsMax, boolean text) throws SQLException {
    Kept content = take(index);
    if (content == null) {
      return null;
    }
    try {
      ContentPlace from = ContentPlace.decode(place);
      synchronized (content.reader) {
        return content.reader.part(from, rowsMax, PART_BYTES_MAX, text);
      }
    } finally {
      giveBack(content);
    }
  }

  private synchronized Kept take(long index) {
    for (Kept candidate : kept) {
      if (candidate.index == index) {
        candidate.users++;
        return candidate;
      }
    }
    return null;
  }

  private void giveBack(Kept content) {
    boolean close;
    synchronized (this) {
      content.users--;
      content.usedNanos = System.nanoTime();
      close = content.unwanted && content.users == 0;
    }
    if (close) {
      close(content.reader);
    }
  }

  /**
   * Takes it out of what is kept. Under this object's lock.
   *
   * @return it, if it is the caller's to close; null if its last user does
   */
  private Kept giveUp(Kept content) {
    kept.remove(content);
    content.unwanted = true;
    return content.users == 0 ? content : null;
  }

  private void run() {
    while (true) {
      Waiting next;
      List<Kept> unused = new ArrayList<>();
      synchronized (this) {
        try {
          next = waiting.poll();
          if (next == null && !closed) {
            if (kept.isEmpty()) {
              wait();
            } else {
              wait(1_000);
            }
            next = waiting.poll();
          }
        } catch (InterruptedException e) {
          return;
        }
        for (Kept candidate : List.copyOf(kept)) {
          if (candidate.users == 0
              && (closed || System.nanoTime() - candidate.usedNanos > KEPT_UNUSED_NANOS)) {
            unused.add(giveUp(candidate));
          }
        }
        digesting = next == null ? null : next.reader();
      }
      unused.forEach(each -> close(each.reader));
      if (next != null) {
        digest(next);
      }
      synchronized (this) {
        digesting = null;
        if (closed && waiting.isEmpty()) {
          return;
        }
      }
    }
  }

  private void digest(Waiting next) {
    try (ContentReader reader = next.reader()) {
      synchronized (this) {
        if (closed) {
          return;
        }
      }
      Checkpoint checkpoint = next.checkpoint();
      ContentPart slice =
          reader.slice(
              ContentPlace.decode(checkpoint.place()), checkpoint.rowsMax(), checkpoint.bytesMax());
      AppliedState state = next.state();
      synchronized (this) {
        if (reports.size() == REPORTS_MAX) {
          reports.poll();
        }
        if (slice.next().length == 0) {
          passes++;
        }
        reports.add(
            new CheckpointReport(
                state.index(), state.digest(), slice.digest(), slice.table(), slice.next()));
      }
    } catch (SQLException e) {
      if (SqlErrors.isDamage(e)) {
        damaged.accept("the database file is damaged: " + e.getMessage());
      } else {
        LOG.warn("the content at index {} is not compared", next.state().index(), e);
      }
    } catch (ProtocolException e) {
      LOG.error("the checkpoint at index {} has no place", next.state().index(), e);
    }
  }

  private static void close(ContentReader reader) {
    try {
      reader.close();
    } catch (SQLException e) {
      LOG.warn("a reader did not close", e);
    }
  }

  /** Lets all go. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (digesting != null) {
        digesting.interrupt();
      }
      for (Iterator<Kept> each = List.copyOf(kept).iterator(); each.hasNext(); ) {
        Kept content = each.next();
        if (content.users > 0) {
          content.reader.interrupt();
          giveUp(content);
        }
      }
      notifyAll();
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
