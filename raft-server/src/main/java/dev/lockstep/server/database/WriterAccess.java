package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing connection and what is open on it: the applying thread and the steps of transactions
 * share it. Everything but {@link #lock} is guarded by that lock.
 */
final class WriterAccess {
  private static final Logger LOG = LoggerFactory.getLogger(WriterAccess.class);

  private final WriterLock lock = new WriterLock();
  private final Supplier<Path> file;
  private final LongSupplier appliedIndex;
  private final Function<SessionId, SessionValues> sessions;
  private final TransactionCounters counters;
  private final DiskRoom room;
  private StateConnection connection;
  private ScriptRunner runner;
  private Speculation speculation;

  /**
   * @param file the file with the committed state
   * @param appliedIndex the last entry whose effect is in it
   * @param sessions what the functions of a session answer in the committed state
   */
  WriterAccess(
      Supplier<Path> file,
      LongSupplier appliedIndex,
      Function<SessionId, SessionValues> sessions,
      TransactionCounters counters,
      DiskRoom room) {
    this.file = file;
    this.appliedIndex = appliedIndex;
    this.sessions = sessions;
    this.counters = counters;
    this.room = room;
  }

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

  /** What transactions have left open on the connection. */
  Speculation speculation() {
    return speculation;
  }

  /** The file with the committed state. */
  Path file() {
    return file.get();
  }

  /** The index of the last entry whose effect is in the file. */
  long appliedIndex() {
    return appliedIndex.getAsLong();
  }

  SessionValues sessionValues(SessionId session) {
    return sessions.apply(session);
  }

  /** Goes on with another connection, or none; the former one is the caller's to close. */
  void use(StateConnection newConnection) {
    connection = newConnection;
    if (newConnection == null) {
      runner = null;
      speculation = null;
    } else {
      runner = new ScriptRunner(newConnection, room);
      speculation = new Speculation(newConnection, runner, sessions, counters);
    }
  }

  /** Rolls back what transactions have left open, if there is something. */
  void rollback() throws SQLException {
    if (speculation != null) {
      speculation.rollback();
    }
  }

  /** Rolls back this transaction's work, if nobody uses the writer; else the next user does. */
  void abandon(ProvisionalTransaction transaction) {
    if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
      return;
    }
    try {
      abandonHeld(transaction);
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #abandon}, for who holds the lock. */
  void abandonHeld(ProvisionalTransaction transaction) {
    try {
      if (speculation != null) {
        speculation.abandon(transaction);
      }
    } catch (SQLException e) {
      LOG.warn("a transaction was not rolled back: the next user of the writer tries again", e);
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
  }
}
