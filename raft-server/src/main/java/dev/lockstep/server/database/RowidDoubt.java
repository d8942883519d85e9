package dev.lockstep.server.database;

import dev.lockstep.sql.GreatestRowid;
import java.sql.SQLException;

/**
 * A statement that failed may have given a row the greatest rowid before (see {@link
 * GreatestRowid}), so that its error may be one of chance: it must be undone and run again under
 * watch.
 */
final class RowidDoubt extends Exception {
  private static final long serialVersionUID = 1L;

  /** What it failed with. */
  private final SQLException failure;

  RowidDoubt(SQLException failure) {
    super("the statement may have used the greatest rowid", failure, false, false);
    this.failure = failure;
  }

  SQLException failure() {
    return failure;
  }
}
