package dev.lockstep.sql;

import dev.lockstep.sql.types.SqlCatalog;
import dev.lockstep.sql.types.StatementTypes;
import dev.lockstep.sql.types.TypeInference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Finds the types of analysed statements. What it needs of the schema, and a copy of it, are made
 * when they are first asked for. For one thread at a time; valid for one state of the schema.
 */
final class StatementDescriber implements AutoCloseable {
  private final Connection source;
  private final TypeInference inference;
  private SchemaCopy copy;

  StatementDescriber(Connection source) {
    this.source = source;
    this.inference = new TypeInference(new SqlCatalog(source), this::copy);
  }

  private Connection copy() throws SQLException {
    if (copy == null) {
      copy = SchemaCopy.of(source);
    }
    return copy.connection();
  }

  /**
   * @param number which statement of the text, from 0; a BEGIN before all others does not count,
   *     because it has no result of its own
   * @return null if the text has fewer
   */
  DescribedStatement describe(Analysis analysis, int number) throws SQLException {
    List<AnalyzedStatement> statements = analysis.statements();
    if (!statements.isEmpty() && statements.get(0).kind() == StatementKind.TRANSACTION_CONTROL) {
      statements = statements.subList(1, statements.size());
    }
    if (number >= statements.size()) {
      return null;
    }
    AnalyzedStatement statement = statements.get(number);
    int columns = statement.columns().size();
    boolean typed =
        statement.systemRead() == null
            && (statement.kind() == StatementKind.QUERY || statement.kind() == StatementKind.DML);
    boolean afterDefinition =
        statements.subList(0, number).stream().anyMatch(s -> s.kind() == StatementKind.DDL);
    StatementTypes types =
        typed && !afterDefinition
            ? inference.of(statement.sql(), columns, statement.parameterCount())
            : StatementTypes.unknown(columns, statement.parameterCount());
    return new DescribedStatement(statement, types);
  }

  @Override
  public void close() throws SQLException {
    if (copy != null) {
      copy.close();
    }
  }
}
