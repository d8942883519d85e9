package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.SQLException;

/**
 * Says what statements do, and refuses those that cannot be replicated. SQLite itself decides: the
 * statement is compiled with EXPLAIN on a read-only connection to the database file, and the
 * program is read. Answers are cached by schema version and text.
 *
 * <p>Safe for use by any number of threads.
 */
public final class StatementAnalyzer implements AutoCloseable {
  private StatementAnalyzer() {}

  /** Opens read-only connections to the file, which must exist and be in WAL mode. */
  public static StatementAnalyzer open(Path file) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** The known answer for the present schema, or null. Takes no lock: for event loops. */
  public Analysis cached(String sql) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * The answer, computed and remembered if it was not known. May block on the disk.
   *
   * @throws StatementException if a statement is wrong or refused; nothing of the text may run
   * @throws SQLException a fault of this node (see {@link SqlErrors#classify}), not of the text
   */
  public Analysis analyze(String sql) throws StatementException, SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * As {@link #analyze}, but with the schema that the writer sees inside its open transaction: for
   * statements after DDL that is not committed. Not remembered. The caller owns the writer while
   * this runs; nothing is executed on it.
   */
  public Analysis analyzeWith(SqliteWriter writer, String sql)
      throws StatementException, SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Makes answers for other schema versions stale. To be called after DDL was committed, with
   * {@link SqliteWriter#schemaVersion()}.
   */
  public void schemaChanged(int schemaVersion) {
    throw new UnsupportedOperationException("not yet");
  }

  /**
   * Goes on with another file: after a snapshot was installed. Forgets all answers; waits until
   * analyses in progress have ended.
   */
  public void reopen(Path file) throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }

  /** Gives back the connections; idempotent. */
  @Override
  public void close() throws SQLException {
    throw new UnsupportedOperationException("not yet");
  }
}
