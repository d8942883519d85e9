package dev.lockstep.server.service;

import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Fingerprint;
import dev.lockstep.protocol.Receipt;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.database.TransactionView;
import dev.lockstep.sql.SqliteReader;
import java.util.concurrent.TimeUnit;

/**
 * A read-only transaction of one connection: a reader with the state that its first statement has
 * pinned. Its cursors hold the reader, too. Safe for use by several threads; its steps come one
 * after another.
 */
final class SnapshotTransaction {
  private final long number;
  private final long clockMillis;
  private final long seed;
  private final long idleNanosMax;
  private final long totalNanosMax;
  private final long beganNanos = System.nanoTime();

  private ReaderPool.Lease lease;
  private long idleSinceNanos = beganNanos;
  private boolean inUse;
  private boolean over;
  private Failure expired;

  // Used by the step in progress.
  private int statements;
  private long pinnedIndex = -1;

  SnapshotTransaction(
      long number, long clockMillis, long seed, long idleMillisMax, long totalMillisMax) {
    this.number = number;
    this.clockMillis = clockMillis;
    this.seed = seed;
    this.idleNanosMax = TimeUnit.MILLISECONDS.toNanos(idleMillisMax);
    this.totalNanosMax = TimeUnit.MILLISECONDS.toNanos(totalMillisMax);
  }

  long number() {
    return number;
  }

  /** What the client keeps of a step. */
  Receipt receipt(Fingerprint seen) {
    return new Receipt(clockMillis, seed, seen);
  }

  /** Gives the reader time and chance for the next statement. */
  void fixClock(SqliteReader reader) {
    reader.fixClock(clockMillis, seed, statements++);
  }

  /** Why it was ended by a limit, or null. */
  synchronized Failure expired() {
    return expired;
  }

  synchronized boolean over() {
    return over;
  }

  /** Whether a statement has pinned the state. */
  synchronized boolean pinned() {
    return lease != null;
  }

  /**
   * The reader for the use of one step, which {@link #leave}s it; null if there is none yet or the
   * transaction is over.
   */
  synchronized ReaderPool.Lease enter() {
    if (over || lease == null) {
      return null;
    }
    inUse = true;
    return lease;
  }

  /**
   * Takes the reader over, for the use of one step that {@link #leave}s it.
   *
   * @return false if the transaction is over: the lease stays the caller's
   */
  synchronized boolean enter(ReaderPool.Lease fresh) {
    if (over) {
      return false;
    }
    lease = fresh;
    inUse = true;
    return true;
  }

  void leave() {
    ReaderPool.Lease unused = null;
    synchronized (this) {
      inUse = false;
      idleSinceNanos = System.nanoTime();
      if (over) {
        unused = lease;
        lease = null;
      }
    }
    if (unused != null) {
      unused.release();
    }
  }

  /** Ends it; a step in progress gives the reader back when it is done. Idempotent. */
  void end() {
    ReaderPool.Lease unused = null;
    synchronized (this) {
      over = true;
      if (!inUse) {
        unused = lease;
        lease = null;
      }
    }
    if (unused != null) {
      unused.release();
    }
  }

  /** Whether a limit of time is over; then the caller {@link #end}s it. */
  synchronized boolean expires(long nanoTime) {
    if (over || inUse) {
      return false;
    }
    if (nanoTime - idleSinceNanos > idleNanosMax) {
      expired = expired("25P03", "was idle for", idleNanosMax);
    } else if (nanoTime - beganNanos > totalNanosMax) {
      expired = expired("25P04", "took", totalNanosMax);
    }
    over = expired != null;
    return over;
  }

  private static Failure expired(String sqlState, String what, long nanosMax) {
    return new Failure(
        FailureKind.TRANSACTION_LOST,
        sqlState,
        "the read-only transaction "
            + what
            + " more than "
            + TimeUnit.NANOSECONDS.toMillis(nanosMax)
            + " ms");
  }

  /** What others see of it; null if it is over. */
  synchronized TransactionView view(long nanoTime) {
    return over
        ? null
        : new TransactionView(
            SessionId.NONE,
            "read only",
            lease == null ? "new" : "active",
            TimeUnit.NANOSECONDS.toMillis(nanoTime - beganNanos),
            inUse ? 0 : TimeUnit.NANOSECONDS.toMillis(nanoTime - idleSinceNanos),
            0,
            false);
  }

  /** The application has fetched from one of its results. */
  synchronized void used() {
    idleSinceNanos = System.nanoTime();
  }

  /**
   * Checks that the reader still shows the state that was pinned.
   *
   * @return false if it does not: whatever the cause, the transaction is lost
   */
  boolean isAt(long appliedIndex) {
    if (pinnedIndex < 0) {
      pinnedIndex = appliedIndex;
    }
    return pinnedIndex == appliedIndex;
  }
}
