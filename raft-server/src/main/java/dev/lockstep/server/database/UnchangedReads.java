package dev.lockstep.server.database;

import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.command.TransactionCommand.Step;
import dev.lockstep.sql.TableUse;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the steps of a script that need not be run to be certified: queries of tables that nobody
 * has written since they were run, nor the script itself before them. On equal tables, with the
 * script's clock and seed, they show the same. Each replica decides by what it remembers, and may
 * run what another one passes over.
 */
final class UnchangedReads {
  private final RecentChanges changes;
  private final TransactionCounters counters;

  /** Root pages of what was written. */
  private final Set<Integer> written;

  /** Whether it can be told what was written. */
  private boolean known = true;

  private UnchangedReads(
      RecentChanges changes, Set<Integer> written, TransactionCounters counters) {
    this.changes = changes;
    this.written = written;
    this.counters = counters;
  }

  /**
   * @return null if there are none
   */
  static UnchangedReads of(
      TransactionCommand command, RecentChanges changes, TransactionCounters counters)
      throws SQLException {
    if (command.seenIndex() == 0 || Script.containsDefinition(command) || !reads(command)) {
      return null;
    }
    Set<Integer> written = new HashSet<>();
    return changes.collectSince(command.seenIndex(), written)
        ? new UnchangedReads(changes, written, counters)
        : null;
  }

  private static boolean reads(TransactionCommand command) {
    for (Step step : command.steps()) {
      if (isQuery(step.statements())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isQuery(List<StatementCommand> statements) {
    for (StatementCommand statement : statements) {
      if (statement.kind() != Kind.QUERY) {
        return false;
      }
    }
    return true;
  }

  /** Whether the step need not be run. To be asked once for each step, in their order. */
  boolean covers(Step step) throws SQLException {
    if (!known) {
      return false;
    }
    boolean query = isQuery(step.statements());
    boolean same = query;
    for (StatementCommand statement : step.statements()) {
      if (statement.kind() == Kind.SAVEPOINT) {
        continue;
      }
      TableUse use = changes.uses().of(statement.call().sql());
      if (use == null) {
        known = query;
        return false;
      }
      same &= use.repeatable() && Collections.disjoint(use.reads(), written);
      written.addAll(use.writes());
    }
    if (same) {
      counters.skipped();
    }
    return same;
  }
}
