package dev.lockstep.sql;

import dev.lockstep.sql.types.StatementTypes;
import java.util.Objects;

/**
 * A statement with the types of its result columns and parameters.
 *
 * @param statement what SQLite says of it
 * @param types as many as it has columns and parameters
 */
public record DescribedStatement(AnalyzedStatement statement, StatementTypes types) {
  public DescribedStatement {
    Objects.requireNonNull(statement, "statement");
    if (types.columns().size() != statement.columns().size()
        || types.parameters().size() != statement.parameterCount()) {
      throw new IllegalArgumentException("types of another statement: " + statement.sql());
    }
  }
}
