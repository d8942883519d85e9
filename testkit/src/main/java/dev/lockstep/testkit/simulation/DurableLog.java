package dev.lockstep.testkit.simulation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a member has on its disk for the log: it survives crashes, besides what was not forced. */
final class DurableLog {
  /**
   * @param command null for the entry without content with which a leader begins its term
   * @param ticket number of the proposal, unique in the group; 0 without one
   */
  record Entry(long index, long term, byte[] command, long ticket) {}

  /**
   * @param index last index whose effects it holds
   */
  record Snapshot(long index, long term, Path directory) {}

  private final List<Entry> entries = new ArrayList<>();
  private long baseIndex;
  private long baseTerm;
  private long forced;

  /** The newest term this member has seen; forced at once, with the vote that was given in it. */
  long term;

  /** The newest complete snapshot, or null. */
  Snapshot snapshot;

  /** The index before the first entry that is still there. */
  long baseIndex() {
    return baseIndex;
  }

  long lastIndex() {
    return baseIndex + entries.size();
  }

  long lastTerm() {
    return termAt(lastIndex());
  }

  /** The last index that is certain to survive a crash. */
  long forced() {
    return forced;
  }

  long termAt(long index) {
    return index == baseIndex ? baseTerm : entry(index).term;
  }

  Entry entry(long index) {
    return entries.get((int) (index - baseIndex - 1));
  }

  void append(Entry entry) {
    if (entry.index != lastIndex() + 1) {
      throw new SimulationFailure("entry " + entry.index + " appended after " + lastIndex());
    }
    entries.add(entry);
  }

  void force() {
    forced = lastIndex();
  }

  void truncateAfter(long index) {
    entries.subList((int) (index - baseIndex), entries.size()).clear();
    forced = Math.min(forced, index);
  }

  void dropUntil(long index) {
    if (index > baseIndex) {
      long term = termAt(index);
      entries.subList(0, (int) (index - baseIndex)).clear();
      baseIndex = index;
      baseTerm = term;
    }
  }

  /** Makes the log begin after a snapshot; keeps what follows it, if that fits. */
  void beginAfter(Snapshot newest) {
    if (newest.index <= lastIndex()
        && newest.index >= baseIndex
        && termAt(newest.index) == newest.term) {
      dropUntil(newest.index);
    } else if (newest.index > baseIndex) {
      entries.clear();
      baseIndex = newest.index;
      baseTerm = newest.term;
      forced = newest.index;
    }
    forced = Math.max(forced, baseIndex);
  }

  /** What a crash does: of the entries that were not forced, only some are there afterwards. */
  void crash(Chance chance) {
    truncateAfter(chance.between(forced, lastIndex()));
    force();
  }

  /** The largest index up to which both logs are surely the same, or -1 if none is known here. */
  long agreement(DurableLog follower) {
    long first = Math.max(baseIndex, follower.baseIndex);
    for (long i = Math.min(lastIndex(), follower.lastIndex()); i >= first; i--) {
      if (termAt(i) == follower.termAt(i)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether a voter with this log votes for a candidate (Raft thesis, section 3.6.1). */
  boolean votesFor(DurableLog candidate) {
    return candidate.lastTerm() > lastTerm()
        || (candidate.lastTerm() == lastTerm() && candidate.lastIndex() >= lastIndex());
  }
}
