package dev.lockstep.liquibase;

import java.util.Date;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.LockException;
import liquibase.lockservice.DatabaseChangeLogLock;
import liquibase.lockservice.LockService;

/**
 * One migrator at a time by a lock of the cluster, which waits in the order of asking and ends with
 * its connection, where Liquibase's row in DATABASECHANGELOGLOCK stays locked when a migrator dies.
 * That table is not made.
 */
public final class LockstepLockService implements LockService {
  private Database database;
  private NamedLock lock;
  private boolean held;
  private Long waitMinutes;

  @Override
  public int getPriority() {
    return PRIORITY_DATABASE;
  }

  @Override
  public boolean supports(Database candidate) {
    return LockstepDatabase.isConnected(candidate);
  }

  @Override
  public void setDatabase(Database database) {
    this.database = database;
    this.lock = new NamedLock(database);
  }

  @Override
  public void setChangeLogLockWaitTime(long minutes) {
    waitMinutes = minutes;
  }

  /** Without effect: nothing is asked again and again. */
  @Override
  public void setChangeLogLockRecheckTime(long seconds) {}

  @Override
  public boolean hasChangeLogLock() {
    return held;
  }

  @Override
  public void waitForLock() throws LockException {
    if (!take(waitMinutes == null ? NamedLock.waitSeconds() : waitMinutes * 60)) {
      throw new LockException(lock.timeoutMessage());
    }
  }

  @Override
  public boolean acquireLock() throws LockException {
    return take(0);
  }

  private boolean take(long waitSeconds) throws LockException {
    if (!held) {
      try {
        held = lock.take(waitSeconds);
      } catch (DatabaseException e) {
        throw new LockException(e);
      }
      // What was cached before may have been changed by whoever had the lock.
      database.setCanCacheLiquibaseTableInfo(held);
    }
    return held;
  }

  /**
   * Releases it as often as it was taken, by whatever object: Liquibase throws its lock services
   * away whenever any of its commands ends, also those of other threads.
   */
  @Override
  public void releaseLock() throws LockException {
    held = false;
    database.setCanCacheLiquibaseTableInfo(false);
    try {
      lock.releaseAll();
    } catch (DatabaseException e) {
      throw new LockException(e);
    }
  }

  /** At most one: whose it is and since when is not known, so it is said to be of now. */
  @Override
  public DatabaseChangeLogLock[] listLocks() throws LockException {
    if (held) {
      return new DatabaseChangeLogLock[] {
        new DatabaseChangeLogLock(1, new Date(), "this connection")
      };
    }
    if (acquireLock()) {
      releaseLock();
      return new DatabaseChangeLogLock[0];
    }
    return new DatabaseChangeLogLock[] {
      new DatabaseChangeLogLock(1, new Date(), "another connection")
    };
  }

  /** Releases the lock of this connection; that of another one cannot be taken away. */
  @Override
  public void forceReleaseLock() throws LockException {
    boolean free = acquireLock();
    releaseLock();
    if (!free) {
      throw new LockException(
          "another connection has the lock "
              + lock.name()
              + "; it is released when that connection is closed, or a minute after it was lost");
    }
  }

  @Override
  public void reset() {
    held = false;
  }

  @Override
  public void init() {}

  @Override
  public void destroy() throws DatabaseException {
    reset();
  }
}
