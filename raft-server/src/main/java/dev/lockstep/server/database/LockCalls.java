package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.LockBusy;
import dev.lockstep.server.database.LockTable.Lock;
import dev.lockstep.sql.NamedLocks;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The calls of {@code lockstep_lock()} and {@code lockstep_unlock()} by the command that is being
 * applied. What they decide depends on the log alone: on the sessions and the clock as of this
 * entry. It takes effect if the whole command does.
 */
final class LockCalls implements NamedLocks {
  /**
   * A lock is lost to others when its session was not used for so long, by the replicated clock.
   * Drivers renew four times as often.
   */
  static final long LEASE_MILLIS = 60_000;

  private static final double SECONDS_MAX = 1e9;

  private final SessionTable sessions;
  private final LockTable locks;
  private final Map<String, Lock> changed = new LinkedHashMap<>();
  private Session session;
  private long clockMillis;
  private boolean waits;

  /** Locks that the command has taken of those that nobody had; not fewer than it holds. */
  private int added;

  private LockBusy busy;

  LockCalls(SessionTable sessions) {
    this.sessions = sessions;
    this.locks = sessions.locks();
  }

  /** The calls that follow are this session's. */
  void begin(Session caller, long clock, boolean callerWaits) {
    session = caller;
    clockMillis = clock;
    waits = callerWaits;
  }

  /**
   * The command has ended.
   *
   * @return its result: instead of an error, that it found a lock taken which it waits for
   */
  CommandResult end(CommandResult result) {
    if (result instanceof Executed) {
      changed.forEach(
          (name, lock) -> {
            if (lock == null) {
              locks.remove(name);
            } else {
              locks.put(lock);
            }
          });
    }
    CommandResult told = busy == null ? result : busy;
    abandon();
    return told;
  }

  /** Forgets the command. */
  void abandon() {
    changed.clear();
    added = 0;
    session = null;
    busy = null;
  }

  @Override
  public boolean lock(String name, double seconds) throws Refused {
    Lock held = get(name);
    if (held != null && isMine(held)) {
      if (held.count() == Integer.MAX_VALUE) {
        throw new Refused("the lock was taken too often");
      }
      changed.put(name, new Lock(name, session.id(), session.opened(), held.count() + 1));
      return true;
    }
    if (held != null && isAlive(held)) {
      if (waits && seconds > 0) {
        busy = new LockBusy(name, (long) (Math.min(seconds, SECONDS_MAX) * 1_000));
        throw new Refused("another session has the lock");
      }
      return false;
    }
    if (held == null && locks.count() + added >= LockTable.LOCKS_MAX) {
      throw new Refused("the database has " + LockTable.LOCKS_MAX + " named locks already");
    }
    added += held == null ? 1 : 0;
    changed.put(name, new Lock(name, session.id(), session.opened(), 1));
    return true;
  }

  @Override
  public boolean unlock(String name) throws Refused {
    Lock held = get(name);
    if (held == null || !isMine(held)) {
      return false;
    }
    changed.put(
        name,
        held.count() == 1 ? null : new Lock(name, held.session(), held.opened(), held.count() - 1));
    return true;
  }

  private Lock get(String name) throws Refused {
    if (session == null) {
      throw new Refused(ALONE);
    }
    return changed.containsKey(name) ? changed.get(name) : locks.get(name);
  }

  private boolean isMine(Lock lock) {
    return lock.opened() == session.opened() && lock.session().equals(session.id());
  }

  private boolean isAlive(Lock lock) {
    SessionId id = lock.session();
    Session holder = sessions.get(id);
    return holder != null
        && holder.opened() == lock.opened()
        && clockMillis - holder.lastUsedMillis() <= LEASE_MILLIS;
  }
}
