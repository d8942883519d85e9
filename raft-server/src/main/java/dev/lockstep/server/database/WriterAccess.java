package dev.lockstep.server.database;

import java.sql.SQLException;

/**
 * The writing connection and what is open on it: the applying thread and the steps of transactions
 * share it. Everything but {@link #lock} is guarded by that lock.
 */
final class WriterAccess {
  private final WriterLock lock = new WriterLock();
  private StateConnection connection;
  private ScriptRunner runner;
  private ProvisionalTransaction open;

  WriterLock lock() {
    return lock;
  }

  /** Null when the replica is closed. */
  StateConnection connection() {
    return connection;
  }

  ScriptRunner runner() {
    return runner;
  }

  /** Goes on with another connection, or none; the former one is the caller's to close. */
  void use(StateConnection newConnection) {
    connection = newConnection;
    runner = newConnection == null ? null : new ScriptRunner(newConnection);
    open = null;
  }

  /** The transaction has begun its SQLite transaction. */
  void opened(ProvisionalTransaction transaction) {
    open = transaction;
  }

  boolean isOpen(ProvisionalTransaction transaction) {
    return open == transaction;
  }

  /** Rolls back what a transaction has left open, if there is something. */
  void rollbackOpen() throws SQLException {
    if (open != null) {
      open = null;
      runner.schemaMayHaveChanged();
      connection.rollback();
    }
  }

  /** Rolls back this transaction's work, if nobody uses the writer; else the next user does. */
  void abandon(ProvisionalTransaction transaction) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (open == transaction) {
        rollbackOpen();
      }
    } catch (SQLException e) {
      // Still open: the next user tries again, and fails with the reason.
      open = transaction;
    } finally {
      lock.unlock();
    }
  }

  /** From now on the work may be interrupted. */
  void start(WriterLock.Interruptible work) {
    runner.requestStop(false);
    lock.setRunning(work);
  }

  /** Nobody interrupts the work any more. */
  void finish() {
    lock.setRunning(null);
    runner.requestStop(false);
  }

  /** Makes the running work end; called under the lock's protection of what runs. */
  void interruptRunning() {
    runner.requestStop(true);
    connection.interrupt();
  }
}
