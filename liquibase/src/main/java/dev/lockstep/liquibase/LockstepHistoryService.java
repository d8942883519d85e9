package dev.lockstep.liquibase;

import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;

/**
 * The table of changes, made and looked at by one migrator at a time: Liquibase does that before it
 * asks for its lock.
 */
public final class LockstepHistoryService extends StandardChangeLogHistoryService {
  private boolean initialized;

  @Override
  public int getPriority() {
    return PRIORITY_DATABASE;
  }

  @Override
  public boolean supports(Database candidate) {
    return LockstepDatabase.isConnected(candidate);
  }

  @Override
  public void reset() {
    super.reset();
    initialized = false;
  }

  @Override
  public void init() throws DatabaseException {
    if (initialized) {
      return;
    }
    NamedLock lock = new NamedLock(getDatabase());
    if (!lock.take(NamedLock.waitSeconds())) {
      throw new DatabaseException(lock.timeoutMessage());
    }
    try {
      super.init();
    } catch (DatabaseException | RuntimeException e) {
      try {
        lock.release();
      } catch (DatabaseException release) {
        e.addSuppressed(release);
      }
      throw e;
    }
    lock.release();
    initialized = true;
  }
}
