package dev.lockstep.server.database;

import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import java.util.List;

/**
 * The surroundings that the statements of one command or one transaction share: clock, seed, the
 * count of statements so far, and what the functions of the session answer. Provisional and
 * certified runs of a script make the same sequence of these.
 */
final class Script {
  private final long clockMillis;
  private final long seed;
  private int statementsRun;
  private SessionValues values;

  Script(long clockMillis, long seed, SessionValues values) {
    this.clockMillis = clockMillis;
    this.seed = seed;
    this.values = values;
  }

  /** The same surroundings for a query that leaves no trace in the script. */
  Script aside() {
    return new Script(clockMillis, seed, values);
  }

  long clockMillis() {
    return clockMillis;
  }

  long seed() {
    return seed;
  }

  /** The number of the next execution of a statement, from 0; each is given out once. */
  int nextStatement() {
    return statementsRun++;
  }

  /** Statements that are known to change nothing and show the same are not run. */
  void passOver(List<StatementCommand> statements) {
    for (StatementCommand statement : statements) {
      statementsRun += statement.call().parameterRows().size();
    }
  }

  int statementsRun() {
    return statementsRun;
  }

  /** Goes back to before a step that does not count. */
  void setStatementsRun(int count) {
    statementsRun = count;
  }

  SessionValues values() {
    return values;
  }

  void setValues(SessionValues newValues) {
    values = newValues;
  }

  static boolean containsDefinition(TransactionCommand command) {
    for (TransactionCommand.Step step : command.steps()) {
      if (containsDefinition(step.statements())) {
        return true;
      }
    }
    return false;
  }

  static boolean containsDefinition(List<StatementCommand> statements) {
    for (int i = 0; i < statements.size(); i++) {
      StatementCommand.Kind kind = statements.get(i).kind();
      if (kind == StatementCommand.Kind.DEFINITION || kind == StatementCommand.Kind.VACUUM) {
        return true;
      }
    }
    return false;
  }
}
