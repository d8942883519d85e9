package dev.lockstep.sql;

/** A statement that is wrong or refused: its answer is the error, and nothing was executed. */
public final class StatementException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SqlError error;
  private final transient String probe;
  private final transient ErrorPlace place;

  public StatementException(SqlError error) {
    this(error, null);
  }

  /**
   * @param probe see {@link #probe}
   */
  StatementException(SqlError error, String probe) {
    this(error, probe, ErrorPlace.UNKNOWN);
  }

  /**
   * @param place where in the statement; in the message only after {@link #located}
   */
  StatementException(SqlError error, String probe, ErrorPlace place) {
    super(error.message() + " [" + error.sqlState() + "]");
    this.error = error;
    this.probe = probe;
    this.place = place;
  }

  /**
   * The same with the place in its message, behind SQLite's own words.
   *
   * @param text what the client sent
   * @param statement the statement's index in it
   */
  StatementException located(String text, int statement) {
    if (!place.isKnown() && place.meant().isEmpty()) {
      return this;
    }
    return locatedAt(text, StatementSplitter.startOf(text, statement));
  }

  /**
   * As {@link #located}.
   *
   * @param base where the statement begins in the text
   */
  StatementException locatedAt(String text, int base) {
    String description = place.describe(text, base);
    return new StatementException(
        new SqlError(error.sqlState(), error.vendorCode(), error.message() + description), probe);
  }

  public StatementException(String sqlState, int vendorCode, String message) {
    this(new SqlError(sqlState, vendorCode, message));
  }

  StatementException withoutProbe() {
    return new StatementException(error, null, place);
  }

  /** The same where the text is not the one that the client sent. */
  StatementException withoutPlace() {
    return new StatementException(error, probe, new ErrorPlace(-1, -1, place.meant()));
  }

  public SqlError error() {
    return error;
  }

  /**
   * A query that fails with the same error as long as the schema lacks, or has, what the error
   * tells of. Null if the error has nothing to do with the schema, or is that of a statement after
   * a definition in the same text.
   */
  public String probe() {
    return probe;
  }
}
