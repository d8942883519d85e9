package dev.lockstep.server.database;

import dev.lockstep.sql.SqlErrors;

/** Something that must not happen on this node alone: it stops serving the database. */
final class ReplicaFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean diskFull;

  ReplicaFault(String message) {
    super(message);
    this.diskFull = false;
  }

  ReplicaFault(String message, Throwable cause) {
    this(message, cause, false);
  }

  ReplicaFault(String message, Throwable cause, boolean diskFull) {
    super(message, cause);
    this.diskFull = diskFull;
  }

  /** Whether it is nothing worse than a disk without room. */
  boolean isDiskFull() {
    return diskFull;
  }

  /** Whether SQLite found no memory, which the applying thread cannot go on without. */
  boolean isNoMemory() {
    return SqlErrors.isNoMemory(getCause());
  }
}
