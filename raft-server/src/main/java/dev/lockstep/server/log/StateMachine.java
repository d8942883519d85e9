package dev.lockstep.server.log;

import java.nio.file.Path;
import java.util.Iterator;

/**
 * What the log drives. Its methods are called by one thread of the engine, one after another; only
 * the work behind a {@link SnapshotWriter} may go on beside them.
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
   */
  SnapshotWriter beginSnapshot();

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

  /**
   * The log is about to close: what takes long, the copying of a snapshot above all, is to fail
   * soon. Called by whoever closes the log.
   */
  default void closing() {}

  /** This member leads the term from now on, all entries before it being applied. */
  void leadershipGained(long term);

  /** This member does not lead any more. */
  void leadershipLost(LogStatus status);

  /** This member follows another leader, or the leader is unknown (empty text). */
  void leaderChanged(String leader, long term);

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
