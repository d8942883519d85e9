package dev.lockstep.server.database;

import dev.lockstep.server.command.CommandResult;

/**
 * A statement failed in a way that undid more than itself (OR ROLLBACK) or less (OR FAIL): the
 * SQLite transaction around it cannot be used any more. What came before must be done again without
 * the statement, whose result is known already.
 */
final class Dissolved extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient CommandResult.Failed result;

  Dissolved(CommandResult.Failed result) {
    super(result.message(), null, false, false);
    this.result = result;
  }

  CommandResult.Failed result() {
    return result;
  }
}
