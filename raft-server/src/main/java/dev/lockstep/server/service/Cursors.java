package dev.lockstep.server.service;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The open cursors of one connection. One is either here, or taken by the request that fetches from
 * it. Safe for use by several threads.
 */
final class Cursors {
  /** Cursors closed by the idle limit that are remembered, to say so when they are asked for. */
  private static final int EXPIRED_MAX = 256;

  private final int cursorsMax;
  private final Map<Long, Entry> open = new HashMap<>();

  private final Map<Long, Boolean> expired =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > EXPIRED_MAX;
        }
      };

  private long lastId;
  private boolean closed;

  private static final class Entry {
    private final Cursor cursor;
    private boolean taken;
    private long idleSinceNanos;

    Entry(Cursor cursor, long idleSinceNanos) {
      this.cursor = cursor;
      this.idleSinceNanos = idleSinceNanos;
    }
  }

  Cursors(int cursorsMax) {
    this.cursorsMax = cursorsMax;
  }

  /**
   * Takes the cursor over.
   *
   * @return its number, or 0 if there are too many or the connection is gone: it stays the caller's
   */
  synchronized long add(Cursor cursor) {
    if (closed || open.size() >= cursorsMax) {
      return 0;
    }
    open.put(++lastId, new Entry(cursor, System.nanoTime()));
    return lastId;
  }

  /** The cursor for use until {@link #giveBack}; null if there is no such one, or it is in use. */
  synchronized Cursor take(long id) {
    Entry entry = open.get(id);
    if (entry == null || entry.taken) {
      return null;
    }
    entry.taken = true;
    return entry.cursor;
  }

  /** Ends the use of a taken cursor; closes it if it is exhausted or the connection is gone. */
  void giveBack(long id, boolean keep) {
    Cursor unwanted = null;
    synchronized (this) {
      Entry entry = open.get(id);
      entry.taken = false;
      entry.idleSinceNanos = System.nanoTime();
      if (!keep || closed) {
        open.remove(id);
        unwanted = entry.cursor;
      }
    }
    if (unwanted != null) {
      unwanted.close();
    }
  }

  /** Whether the cursor was closed because nobody fetched from it. */
  synchronized boolean expired(long id) {
    return expired.containsKey(id);
  }

  /**
   * Removes a cursor that nobody uses.
   *
   * @return the cursor, for the caller to close, or null
   */
  synchronized Cursor remove(long id) {
    expired.remove(id);
    Entry entry = open.get(id);
    if (entry == null || entry.taken) {
      return null;
    }
    open.remove(id);
    return entry.cursor;
  }

  /** Removes the cursors that were idle too long; they are the caller's to close. */
  synchronized List<Cursor> expire(long nanoTime, long idleNanosMax) {
    List<Cursor> removed = new ArrayList<>();
    for (Iterator<Map.Entry<Long, Entry>> each = open.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<Long, Entry> candidate = each.next();
      Entry entry = candidate.getValue();
      if (!entry.taken && nanoTime - entry.idleSinceNanos > idleNanosMax) {
        each.remove();
        expired.put(candidate.getKey(), true);
        removed.add(entry.cursor);
      }
    }
    return removed;
  }

  synchronized int count() {
    return open.size();
  }

  /**
   * The connection is gone: those in use are closed when they are given back.
   *
   * @return the others, for the caller to close
   */
  synchronized List<Cursor> close() {
    closed = true;
    List<Cursor> removed = new ArrayList<>();
    open.values().removeIf(entry -> !entry.taken && removed.add(entry.cursor));
    return removed;
  }
}
