package dev.lockstep.server.log;

/**
 * When a snapshot is taken by itself, and how fast snapshots are copied. One is due when the log
 * has grown, since the last one, by as many entries or bytes as are given here, whichever comes
 * first. Bytes count against the state's size too: copying a state of 2 GiB for each 64 MiB of log
 * would write far more than it saves, so half of the state's size must have come together.
 *
 * @param entries log entries after which one is due; 0 for any number
 * @param logBytes bytes of the log after which one is due, if that is more than half of the state;
 *     0 for any number
 * @param bytesPerSecond of a snapshot that are written, sent or installed at most
 */
public record SnapshotRules(long entries, long logBytes, long bytesPerSecond) {
  public static final long DEFAULT_ENTRIES = 0;
  public static final long DEFAULT_LOG_BYTES = 64L << 20;
  public static final long DEFAULT_BYTES_PER_SECOND = 64L << 20;

  public static final SnapshotRules DEFAULT =
      new SnapshotRules(DEFAULT_ENTRIES, DEFAULT_LOG_BYTES, DEFAULT_BYTES_PER_SECOND);

  /** What the log keeps for an entry beside the command. */
  static final int ENTRY_BYTES = 64;

  public SnapshotRules {
    if (entries < 0) {
      throw new IllegalArgumentException("snapshot after " + entries + " entries");
    }
    if (logBytes < 0) {
      throw new IllegalArgumentException("snapshot after " + logBytes + " bytes of the log");
    }
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("snapshots of " + bytesPerSecond + " bytes per second");
    }
  }

  public SnapshotRules withEntries(long newEntries) {
    return new SnapshotRules(newEntries, logBytes, bytesPerSecond);
  }

  public SnapshotRules withLogBytes(long newLogBytes) {
    return new SnapshotRules(entries, newLogBytes, bytesPerSecond);
  }

  public SnapshotRules withBytesPerSecond(long newBytesPerSecond) {
    return new SnapshotRules(entries, logBytes, newBytesPerSecond);
  }

  /**
   * Whether a snapshot is due.
   *
   * @param grownEntries entries since the last one
   * @param grownCommandBytes bytes of their commands
   * @param stateBytes size of the state
   */
  public boolean due(long grownEntries, long grownCommandBytes, long stateBytes) {
    long grownBytes = grownCommandBytes + grownEntries * ENTRY_BYTES;
    return (entries > 0 && grownEntries >= entries)
        || (logBytes > 0 && grownBytes >= Math.max(logBytes, stateBytes / 2));
  }
}
