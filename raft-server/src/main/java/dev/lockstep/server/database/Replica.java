package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.ReplicatedLog;
import dev.lockstep.server.log.StateMachine;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/**
 * One member's copy of a database, and the loop that applies commands to it. The methods of {@link
 * StateMachine} are called by the log's thread; all others by any thread.
 */
public final class Replica implements StateMachine, AutoCloseable {
  private Replica() {}

  /**
   * Opens the state, or creates it.
   *
   * @throws StateException if it belongs to another cluster or database, is of a newer format, or
   *     cannot be read
   */
  public static Replica open(ReplicaOptions options) {
    throw new UnsupportedOperationException("follows");
  }

  public AppliedState applied() {
    throw new UnsupportedOperationException("follows");
  }

  public long appliedIndex() {
    return applied().index();
  }

  /** The latest clock of all applied commands: a proposer never goes back behind it. */
  public long lastClockMillis() {
    return applied().clockMillis();
  }

  /**
   * Waits for an entry to be applied and stored.
   *
   * @param completion called once: with null by the applying thread, or by the caller if the entry
   *     is applied already; with a failure of kind STOPPED when the replica closes or stops before
   * @return gives the waiting up, without a call of the completion, if it has not been called
   */
  public Waiting whenApplied(long index, ReplicatedLog.Completion completion) {
    throw new UnsupportedOperationException("follows");
  }

  /** What is known of a session; empty if it is not open. */
  public Optional<SessionState> session(SessionId session) {
    throw new UnsupportedOperationException("follows");
  }

  /** The file with the state, for read-only connections. */
  public Path currentFile() {
    throw new UnsupportedOperationException("follows");
  }

  /** To be called before the log starts. */
  public void addListener(ReplicaListener listener) {
    throw new UnsupportedOperationException("follows");
  }

  public TransactionRegistry transactions() {
    throw new UnsupportedOperationException("follows");
  }

  /** Why the replica applies nothing any more; empty while it does. */
  public Optional<String> fault() {
    throw new UnsupportedOperationException("follows");
  }

  @Override
  public void apply(Iterator<CommittedEntry> batch) {
    throw new UnsupportedOperationException("follows");
  }

  @Override
  public SnapshotWriter beginSnapshot() {
    throw new UnsupportedOperationException("follows");
  }

  @Override
  public void loadSnapshot(Path directory, long index, long term) {
    throw new UnsupportedOperationException("follows");
  }

  @Override
  public void leadershipGained(long term) {
    throw new UnsupportedOperationException("follows");
  }

  @Override
  public void leadershipLost(LogStatus status) {
    throw new UnsupportedOperationException("follows");
  }

  @Override
  public void leaderChanged(String leader, long term) {
    throw new UnsupportedOperationException("follows");
  }

  @Override
  public void stopped(String reason) {
    throw new UnsupportedOperationException("follows");
  }

  /** Rolls back all transactions, releases all who wait, closes the file. Idempotent. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("follows");
  }

  /** Somebody who waits for an entry. */
  public interface Waiting {
    /** Gives up waiting. */
    void cancel();
  }
}
