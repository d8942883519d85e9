package dev.lockstep.sql;

import java.util.List;

/**
 * What the statements of one text do, in their order.
 *
 * @param statements at least one, unless the text holds nothing but comments and blanks
 */
public record Analysis(List<AnalyzedStatement> statements) {
  public Analysis {
    statements = List.copyOf(statements);
  }

  /** Whether any of them changes the replicated state. */
  public boolean writes() {
    for (AnalyzedStatement statement : statements) {
      if (statement.writes()) {
        return true;
      }
    }
    return false;
  }
}
