package dev.lockstep.sql;

import java.sql.SQLException;

/**
 * A text that was analysed under a schema that others do not see, and a copy of that schema: so the
 * types of its statements are found without holding what the schema was read from. For one thread
 * at a time.
 */
public final class SchemaDescriber implements AutoCloseable {
  private final Analysis analysis;
  private final SchemaCopy copy;

  SchemaDescriber(Analysis analysis, SchemaCopy copy) {
    this.analysis = analysis;
    this.copy = copy;
  }

  /**
   * The types of one statement.
   *
   * @param number which statement of the text, from 0
   * @return null if the text has fewer
   */
  public DescribedStatement describe(int number) throws SQLException {
    try (StatementDescriber describer = new StatementDescriber(copy.connection())) {
      return describer.describe(analysis, number);
    }
  }

  @Override
  public void close() throws SQLException {
    copy.close();
  }
}
