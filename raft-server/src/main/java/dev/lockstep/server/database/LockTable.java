package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The named locks in memory, as {@link SessionTable} keeps sessions: the changes of the transaction
 * in progress beside what was committed. Used by the applying thread alone.
 */
final class LockTable {
  /** Locks of a database at the same time: a rule of the replicated state. */
  static final int LOCKS_MAX = 10_000;

  /**
   * A lock that is held.
   *
   * @param opened index of the entry that opened the session that holds it
   * @param count how often it must be released
   */
  record Lock(String name, SessionId session, long opened, int count) {}

  private final Map<String, Lock> committed = new HashMap<>();

  /** Changed since the last commit; null stands for a released lock. */
  private final Map<String, Lock> changed = new LinkedHashMap<>();

  /** Names that became free, or lost a holder, since they were asked for. */
  private final Set<String> released = new HashSet<>();

  private int count;

  /** Replaces everything by what the file holds. */
  void load(StateConnection connection) throws SQLException {
    committed.clear();
    connection.readLocks(lock -> committed.put(lock.name(), lock));
    rollback();
  }

  /** Null if nobody holds it. */
  Lock get(String name) {
    return changed.containsKey(name) ? changed.get(name) : committed.get(name);
  }

  /** Locks that are held, the changes of the transaction in progress included. */
  int count() {
    return count;
  }

  void put(Lock lock) {
    count += get(lock.name()) == null ? 1 : 0;
    changed.put(lock.name(), lock);
  }

  void remove(String name) {
    count -= get(name) == null ? 0 : 1;
    changed.put(name, null);
  }

  /** The sessions that these entries have opened are gone. */
  void removeHeldBy(Set<Long> opened) {
    if (count == 0 || opened.isEmpty()) {
      return;
    }
    List<String> names = new ArrayList<>();
    for (Lock lock : committed.values()) {
      if (!changed.containsKey(lock.name()) && opened.contains(lock.opened())) {
        names.add(lock.name());
      }
    }
    changed.values().stream()
        .filter(Objects::nonNull)
        .filter(lock -> opened.contains(lock.opened()))
        .forEach(lock -> names.add(lock.name()));
    names.forEach(this::remove);
  }

  /** Writes the changes into the transaction that is open. */
  void write(StateConnection connection) throws SQLException {
    for (Map.Entry<String, Lock> change : changed.entrySet()) {
      if (change.getValue() == null) {
        connection.deleteLock(change.getKey());
      } else {
        connection.writeLock(change.getValue());
      }
    }
  }

  /** The transaction is committed. */
  void commit() {
    changed.forEach(
        (name, lock) -> {
          if (lock != null) {
            committed.put(name, lock);
          } else if (committed.remove(name) != null) {
            released.add(name);
          }
        });
    changed.clear();
  }

  /** The transaction is rolled back. */
  void rollback() {
    changed.clear();
    count = committed.size();
  }

  /** The names of the locks that were released by commits since the last call. */
  Set<String> takeReleased() {
    if (released.isEmpty()) {
      return Set.of();
    }
    Set<String> names = Set.copyOf(released);
    released.clear();
    return names;
  }
}
