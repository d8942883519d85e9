package dev.lockstep.sql.types;

import java.util.Collections;
import java.util.List;

/**
 * What is known of a statement's result columns and parameters without executing it.
 *
 * @param columns one for each result column
 * @param parameters one for each parameter number, from 1
 */
public record StatementTypes(List<ResultColumn> columns, List<Parameter> parameters) {
  public StatementTypes {
    columns = List.copyOf(columns);
    parameters = List.copyOf(parameters);
  }

  /** Nothing is known. */
  public static StatementTypes unknown(int columns, int parameters) {
    return new StatementTypes(
        Collections.nCopies(columns, ResultColumn.UNKNOWN),
        Collections.nCopies(parameters, Parameter.UNKNOWN));
  }

  /**
   * A column of the result.
   *
   * @param rowid whether it is the key of a table to which SQLite gives a value if none is given
   */
  public record ResultColumn(ValueType type, Nullability nullability, boolean rowid) {
    static final ResultColumn UNKNOWN = new ResultColumn(ValueType.ANY, Nullability.UNKNOWN, false);
  }

  /** A parameter: the type of what it meets. */
  public record Parameter(ValueType type, Nullability nullability) {
    static final Parameter UNKNOWN = new Parameter(ValueType.ANY, Nullability.UNKNOWN);
  }
}
