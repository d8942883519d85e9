package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions in memory. The applying thread sees and makes the changes of the transaction in
 * progress; other threads see what was committed, through {@link #committed(SessionId)}.
 */
final class SessionTable {
  /** Sessions of a database; more are refused. */
  static final int SESSIONS_MAX = 100_000;

  /** Bytes of an encoded result that is held in memory; larger ones are read from the file. */
  static final int RESULT_BYTES_IN_MEMORY_MAX = 1 << 10;

  private volatile Map<SessionId, Session> committed = new ConcurrentHashMap<>();

  /** Changed since the last commit; null stands for a removed session. */
  private final Map<SessionId, Session> changed = new LinkedHashMap<>();

  private final Set<Long> removedRows = new TreeSet<>();
  private int count;

  /** Replaces everything by what the file holds. */
  void load(StateConnection connection) throws SQLException {
    Map<SessionId, Session> stored = new ConcurrentHashMap<>();
    connection.readSessions(
        RESULT_BYTES_IN_MEMORY_MAX, session -> stored.put(session.id(), session));
    committed = stored;
    rollback();
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

  boolean isFull() {
    return count >= SESSIONS_MAX;
  }

  void add(Session session) {
    changed.put(session.id(), session);
    count++;
  }

  /** Replaces a session by a later version of itself. */
  void update(Session session) {
    changed.put(session.id(), session);
  }

  void remove(Session session) {
    changed.put(session.id(), null);
    removedRows.add(session.opened());
    count--;
  }

  /** Removes all sessions that were last used before the given time of the replica's clock. */
  void removeUnusedSince(long clockMillis) {
    for (Session session : committed.values()) {
      if (!changed.containsKey(session.id()) && session.lastUsedMillis() < clockMillis) {
        remove(session);
      }
    }
    for (Session session : changed.values().toArray(new Session[0])) {
      if (session != null && session.lastUsedMillis() < clockMillis) {
        remove(session);
      }
    }
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
  }

  /** The transaction is committed: its changes are seen by all. */
  void commit() {
    changed.forEach(
        (id, session) -> {
          if (session == null) {
            committed.remove(id);
          } else {
            byte[] result = session.result();
            boolean tooLarge = result != null && result.length > RESULT_BYTES_IN_MEMORY_MAX;
            committed.put(id, tooLarge ? session.withoutResult() : session);
          }
        });
    changed.clear();
    removedRows.clear();
  }

  /** The transaction is rolled back. */
  void rollback() {
    changed.clear();
    removedRows.clear();
    count = committed.size();
  }
}
