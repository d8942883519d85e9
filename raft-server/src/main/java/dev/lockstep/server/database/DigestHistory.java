package dev.lockstep.server.database;

import dev.lockstep.server.command.Digest;

/** The digests after the last entries, for the comparison with a checkpoint that comes later. */
final class DigestHistory {
  /** More than the commands that can wait for consensus at the same time. */
  static final int ENTRIES = 1 << 14;

  private final long[] indexes = new long[ENTRIES];
  private final Digest[] digests = new Digest[ENTRIES];

  void add(long index, Digest digest) {
    int slot = (int) (index & (ENTRIES - 1));
    indexes[slot] = index;
    digests[slot] = digest;
  }

  /** The digest after the entry with this index; null if it is not known (any more). */
  Digest at(long index) {
    int slot = (int) (index & (ENTRIES - 1));
    return indexes[slot] == index ? digests[slot] : null;
  }
}
