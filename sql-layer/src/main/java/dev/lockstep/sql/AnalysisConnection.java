package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/** A read-only connection that analyses texts. For one thread at a time. */
final class AnalysisConnection implements AutoCloseable {
  /**
   * An answer and the schema that it is about.
   *
   * @param schemaVersion of the state that was read
   */
  record Result(Analysis analysis, int schemaVersion) {}

  /**
   * A description and the schema that it is about.
   *
   * @param statement null if the text has no such statement
   */
  record Description(DescribedStatement statement, int schemaVersion) {}

  private final SQLiteConnection connection;
  private ReplacedFunctions functions;
  private OwnStatement begin;
  private OwnStatement end;
  private OwnStatement readSchemaVersion;
  private StatementCompiler compiler;
  private StatementDescriber describer;
  private int compilerSchemaVersion;

  private AnalysisConnection(SQLiteConnection connection) {
    this.connection = connection;
  }

  static AnalysisConnection open(Path file) throws SQLException {
    AnalysisConnection analysis = new AnalysisConnection(Connections.reader(file));
    try {
      StatementContext context = new StatementContext();
      context.begin(0, 0, 0);
      analysis.functions =
          ReplacedFunctions.register(
              analysis.connection, context, ReplacedFunctions.Session.OF_THE_CLIENT);
      analysis.begin = new OwnStatement(analysis.connection, "BEGIN");
      analysis.end = new OwnStatement(analysis.connection, "ROLLBACK");
      analysis.readSchemaVersion = new OwnStatement(analysis.connection, "PRAGMA schema_version");
      return analysis;
    } catch (SQLException | RuntimeException failure) {
      analysis.close();
      throw failure;
    }
  }

  int schemaVersion() throws SQLException {
    return (int) readSchemaVersion.queryLong();
  }

  Result analyze(String text) throws StatementException, SQLException {
    begin.execute();
    try {
      int version = readSchema();
      return new Result(TextAnalysis.of(text, connection, compiler), version);
    } finally {
      end.execute();
    }
  }

  /**
   * Describes one statement of a text.
   *
   * @param number from 0
   */
  Description describe(String text, int number) throws StatementException, SQLException {
    begin.execute();
    try {
      int version = readSchema();
      Analysis analysis = TextAnalysis.of(text, connection, compiler);
      if (describer == null) {
        describer = new StatementDescriber(connection);
      }
      return new Description(describer.describe(analysis, number), version);
    } finally {
      end.execute();
    }
  }

  /** Forgets what was of another schema; returns the version of the present one. */
  private int readSchema() throws SQLException {
    int version = schemaVersion();
    if (compiler == null || compilerSchemaVersion != version) {
      compiler = new StatementCompiler(connection);
      compilerSchemaVersion = version;
      closeDescriber();
    }
    return version;
  }

  private void closeDescriber() throws SQLException {
    StatementDescriber former = describer;
    describer = null;
    if (former != null) {
      former.close();
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      closeDescriber();
    } finally {
      closeConnection();
    }
  }

  private void closeConnection() throws SQLException {
    try {
      connection.close();
    } finally {
      if (functions != null) {
        functions.close();
      }
    }
  }
}
