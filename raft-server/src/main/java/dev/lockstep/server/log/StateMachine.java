package dev.lockstep.server.log;

import java.nio.file.Path;
import java.util.Iterator;

/**
 * What the log drives. Its methods are called by one thread of the engine, one after another; only
 * {@link #hasRoom}, {@link #closing} and the work behind a {@link SnapshotWriter} may go on beside
 * them.
 */
public interface StateMachine {
  /**
   * Applies committed entries in the order of the log. Entries without content of the engine's own
   * are left out, so indexes may have gaps. Each proposal that comes with an entry is the state
   * machine's to end, after its effect is stored.
   *
   * <p>The log bounds a batch by number and bytes, and the state machine must take all of it. After
   * a restart the log gives entries again, from its last snapshot on; the state machine leaves out
   * those that its stored state has applied already.
   *
   * <p>Whatever this throws is a fault of this member: the log stops it, visibly, calls {@link
   * #stopped}, and fails all open proposals as {@link LogFailure.Kind#UNKNOWN}, but for those that
   * the iterator of this batch has given out: they stay the state machine's to end. Entries are
   * never skipped.
   */
  void apply(Iterator<CommittedEntry> batch);

  /**
   * Fixes the state as it is now; the returned writer then copies it on another thread, while
   * further entries are applied.
   *
   * <p>What it throws is no fault: there is no snapshot this time, for instance because the state
   * is ahead of the log that is given again after a restart.
   */
  SnapshotWriter beginSnapshot();

  /**
   * Looks whether a snapshot, written here or received, is whole and is what it says: only then it
   * replaces the former one. Called by any thread, beside everything else.
   *
   * @throws Exception if it is not
   */
  default void checkSnapshot(Path directory) throws Exception {}

  /**
   * Replaces the state by a snapshot, unless the state is as new already. The directory stays the
   * log's. Also called on start, if there is a snapshot: a state that has applied at least its
   * index is kept.
   *
   * @param index last index that the snapshot holds
   * @throws Exception if the snapshot cannot be loaded: the member stops, its old state kept
   */
  void loadSnapshot(Path directory, long index, long term) throws Exception;

  /**
   * Size of the state, as far as a snapshot of it must copy it; cheap. The log compares its own
   * growth with it.
   */
  default long stateBytes() {
    return 0;
  }

  /** This member leads the term from now on, all entries before it being applied. */
  void leadershipGained(long term);

  /** This member does not lead any more. */
  void leadershipLost(LogStatus status);

  /** This member follows another leader, or the leader is unknown (empty text). */
  void leaderChanged(String leader, long term);

  /**
   * Whether this member can take new entries; without room it lets the leader wait, which goes on
   * with the others. Called by any thread, for each request with entries; must not block.
   */
  default boolean hasRoom() {
    return true;
  }

  /**
   * Whether other members may have snapshots of this state, earlier ones too: false once it is
   * known to be wrong. Called by any thread; must not block.
   */
  default boolean isTrusted() {
    return true;
  }

  /** Index of the last entry in the stored state; 0 if it has none. */
  default long appliedIndex() {
    return 0;
  }

  /** A log is about to be opened, or to be opened again, that will drive this state machine. */
  default void opening() {}

  /**
   * The log is about to be closed: an {@link #apply} that waits for something gives up, by throwing
   * whatever it likes, and what takes long, the copying of a snapshot above all, fails soon. Called
   * by any thread.
   */
  default void closing() {}

  /** The engine or the state machine failed: the member takes part in nothing any more. */
  void stopped(String reason);

  /** Copies a fixed state; used by one thread, which is not the one that applies. */
  interface SnapshotWriter extends AutoCloseable {
    /** Writes files into the empty directory and forces them to the disk. */
    void write(Path directory) throws Exception;

    /** Gives the fixed state back; called on every path, also without {@link #write}. */
    @Override
    void close();
  }
}
