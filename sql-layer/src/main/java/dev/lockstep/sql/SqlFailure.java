package dev.lockstep.sql;

import java.util.Objects;

/**
 * What a failed execution means for the node.
 *
 * @param kind who is at fault
 * @param error the error's text and codes: a command's result for {@link Kind#STATEMENT}, else only
 *     for status and log
 */
public record SqlFailure(Kind kind, SqlError error) {
  /** Who is at fault. */
  public enum Kind {
    /** The statement: every node that executes it on the same content gets the same error. */
    STATEMENT,
    /** The node's disk has no room; SQLite may have rolled back the whole transaction. */
    DISK_FULL,
    /**
     * {@code interrupt()} or a time limit ended it; SQLite may have rolled back the whole
     * transaction.
     */
    INTERRUPTED,
    /** The node: I/O, corruption, no memory, misuse, a lock that nobody may hold. Not a result. */
    FAULT
  }

  public SqlFailure {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(error, "error");
  }

  public boolean isStatementError() {
    return kind == Kind.STATEMENT;
  }
}
