package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions in memory, and with them the named locks that they hold. The applying thread sees
 * and makes the changes of the transaction in progress; other threads see what was committed,
 * through {@link #committed(SessionId)}.
 *
 * <p>What it decides (who makes room, which results are kept) depends on the stored sessions and
 * the order of the log alone, not on where transactions were cut.
 */
final class SessionTable {
  private final SessionLimits limits;
  private volatile Map<SessionId, Session> committed = new ConcurrentHashMap<>();

  /** Changed since the last commit; null stands for a removed session. */
  private final Map<SessionId, Session> changed = new LinkedHashMap<>();

  private final LockTable locks = new LockTable();
  private final Set<Long> removedRows = new TreeSet<>();
  private int count;

  /** Bytes of all kept results, those of the transaction in progress included. */
  private long resultBytes;

  /** The same as of the last commit. */
  private long committedResultBytes;

  /** Bytes of the results in {@link #committed}. */
  private long memoryBytes;

  SessionTable(SessionLimits limits) {
    this.limits = limits;
  }

  /** Replaces everything by what the file holds. */
  void load(StateConnection connection) throws SQLException {
    Map<SessionId, Session> stored = new ConcurrentHashMap<>();
    committedResultBytes = 0;
    memoryBytes = 0;
    connection.readSessions(
        limits.memoryBytesEach(),
        session -> {
          committedResultBytes += session.resultBytes();
          store(stored, session);
        });
    committed = stored;
    locks.load(connection);
    rollback();
  }

  LockTable locks() {
    return locks;
  }

  /** The session as the last commit left it, or null; for any thread. */
  Session committed(SessionId id) {
    return committed.get(id);
  }

  /** The session as the transaction in progress sees it, or null. */
  Session get(SessionId id) {
    Session session = changed.get(id);
    return session != null || changed.containsKey(id) ? session : committed.get(id);
  }

  /** Opens a session; where there are too many, those go that were not used for the longest. */
  void add(Session session) {
    if (count >= limits.sessionsMax()) {
      removeAll(
          all().stream()
              .sorted(Comparator.comparingLong(Session::usedAt))
              .limit(limits.removedTogether())
              .toList());
    }
    changed.put(session.id(), session);
    count++;
  }

  /** Whether the result of a session's next write is kept, in the place of its last one. */
  boolean keeps(Session session, int newResultBytes) {
    long total = resultBytes - session.resultBytes() + newResultBytes;
    return newResultBytes <= limits.resultBytesAlways()
        || (newResultBytes <= limits.resultBytesMax() && total <= limits.resultBytesTotal());
  }

  /** Replaces a session by a later version of itself. */
  void update(Session session) {
    resultBytes += session.resultBytes() - get(session.id()).resultBytes();
    changed.put(session.id(), session);
  }

  /** Removes a session, and releases its locks. */
  void remove(Session session) {
    removeAll(List.of(session));
  }

  private void removeAll(List<Session> removed) {
    Set<Long> opened = new HashSet<>();
    for (Session session : removed) {
      changed.put(session.id(), null);
      removedRows.add(session.opened());
      opened.add(session.opened());
      resultBytes -= session.resultBytes();
      count--;
    }
    locks.removeHeldBy(opened);
  }

  /** Removes all sessions that were last used before the given time of the replica's clock. */
  void removeUnusedSince(long clockMillis) {
    removeAll(all().stream().filter(session -> session.lastUsedMillis() < clockMillis).toList());
  }

  /** All sessions as the transaction in progress sees them. */
  private List<Session> all() {
    List<Session> sessions = new ArrayList<>(count);
    for (Session session : committed.values()) {
      if (!changed.containsKey(session.id())) {
        sessions.add(session);
      }
    }
    changed.values().stream().filter(Objects::nonNull).forEach(sessions::add);
    return sessions;
  }

  /** Writes the changes into the transaction that is open. */
  void write(StateConnection connection) throws SQLException {
    for (long row : removedRows) {
      connection.deleteSession(row);
    }
    for (Session session : changed.values()) {
      if (session != null) {
        connection.writeSession(session);
      }
    }
    locks.write(connection);
  }

  /** The transaction is committed: its changes are seen by all. */
  void commit() {
    changed.forEach(
        (id, session) -> {
          if (session == null) {
            Session former = committed.remove(id);
            memoryBytes -= former == null ? 0 : former.memoryBytes();
          } else {
            store(committed, session);
          }
        });
    changed.clear();
    removedRows.clear();
    locks.commit();
    committedResultBytes = resultBytes;
  }

  private void store(Map<SessionId, Session> sessions, Session session) {
    Session former = sessions.get(session.id());
    memoryBytes -= former == null ? 0 : former.memoryBytes();
    boolean held =
        session.memoryBytes() <= limits.memoryBytesEach()
            && memoryBytes + session.memoryBytes() <= limits.memoryBytesTotal();
    Session stored = held ? session : session.withoutResult();
    memoryBytes += stored.memoryBytes();
    sessions.put(session.id(), stored);
  }

  /** The transaction is rolled back. */
  void rollback() {
    changed.clear();
    removedRows.clear();
    locks.rollback();
    count = committed.size();
    resultBytes = committedResultBytes;
  }

  /** Bytes of the results in memory. */
  long memoryBytes() {
    return memoryBytes;
  }
}
