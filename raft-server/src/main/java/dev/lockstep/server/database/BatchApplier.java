package dev.lockstep.server.database;

import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.sql.SqlError;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Applies commands in SQLite transactions of as many as possible; the one place where the applied
 * index moves. A command stands alone in its transaction where its meaning depends on the commit: a
 * schema that defers constraints, DDL, VACUUM; where its traces do: full-text tables; or where the
 * content after it is wanted. So neither results nor content ever depend on how the log was cut.
 */
final class BatchApplier {
  private final StateConnection connection;
  private final ScriptRunner runner;
  private final SessionTable sessions;
  private final TransactionCounters counters;
  private final CommandApplier applier;
  private final BiConsumer<Command, AppliedState> contents;
  private AppliedState state;
  private final FullTextWrites fullTextWrites;
  private boolean constraintsDeferred;
  private long schemaVersion;

  /**
   * @param contents told of each command that wants the content fixed, after its commit
   */
  BatchApplier(
      StateConnection connection,
      ScriptRunner runner,
      SessionTable sessions,
      TransactionCounters counters,
      BiConsumer<Command, AppliedState> contents)
      throws SQLException {
    this.counters = counters;
    this.connection = connection;
    this.runner = runner;
    this.sessions = sessions;
    this.contents = contents;
    this.state = connection.readApplied();
    this.applier = new CommandApplier(connection, runner, sessions, counters, state.index());
    this.constraintsDeferred = connection.defersConstraints();
    this.fullTextWrites = new FullTextWrites(connection);
    this.schemaVersion = connection.writer().schemaVersion();
    sessions.load(connection);
  }

  /** The state as of the last commit. */
  AppliedState state() {
    return state;
  }

  /** Whether each command stands alone, because a constraint may be checked at the commit only. */
  boolean defersConstraints() {
    return constraintsDeferred;
  }

  /** Whether commands may be such that each must have a SQLite transaction of its own. */
  boolean hasFullTextTables() {
    return fullTextWrites.isPossible();
  }

  /** SQLite's schema cookie as of the last commit. */
  long schemaVersion() {
    return schemaVersion;
  }

  /**
   * Applies the commands, in the order of the log; when it returns they are stored, and have their
   * results.
   *
   * @param inPlace how many of them, from the first, stand in the SQLite transaction that is open
   *     then; none of them is one that stands alone
   * @throws ReplicaFault if something other than a statement failed; what is not stored is undone
   */
  void apply(List<PendingCommand> batch, int inPlace) {
    try {
      int from = 0;
      while (from < batch.size()) {
        if (batch.get(from).isVacuum()) {
          vacuum(batch.get(from));
        }
        int to = from + 1;
        if (!isAlone(batch.get(from))) {
          while (to < batch.size() && !isAlone(batch.get(to))) {
            to++;
          }
        }
        applyTogether(batch.subList(from, to), from < inPlace);
        if (batch.get(from).fixesContent()) {
          contents.accept(batch.get(from).command(), state);
        }
        from = to;
      }
    } catch (SQLException e) {
      throw rolledBack(ScriptRunner.fault(e), batch);
    } catch (RuntimeException e) {
      throw rolledBack(e, batch);
    }
  }

  private RuntimeException rolledBack(RuntimeException cause, List<PendingCommand> batch) {
    try {
      // They may be applied again, when the disk has room.
      rollback(batch);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
    return cause;
  }

  private boolean isAlone(PendingCommand pending) throws SQLException {
    return constraintsDeferred
        || pending.containsDefinition()
        || pending.fixesContent()
        || fullTextWrites.mayContain(pending);
  }

  private void applyTogether(List<PendingCommand> commands, boolean begun) throws SQLException {
    AppliedState after = begun ? attempt(commands) : null;
    while (after == null) {
      connection.begin();
      after = attempt(commands);
    }
    sessions.commit();
    for (PendingCommand command : commands) {
      if (command.inPlace() != null) {
        counters.committedInPlace();
      }
    }
    state = after;
    if (commands.size() == 1 && commands.get(0).containsDefinition()) {
      schemaVersion = connection.writer().schemaVersion();
      constraintsDeferred = connection.defersConstraints();
      fullTextWrites.schemaChanged();
      applier.schemaChanged();
    }
  }

  /** The state after the commit; null if all was rolled back and is to be tried again. */
  private AppliedState attempt(List<PendingCommand> commands) throws SQLException {
    AppliedState now = state;
    for (PendingCommand pending : commands) {
      try {
        now = applier.apply(pending, now);
      } catch (Dissolved e) {
        pending.setOutcome(e.result());
        rollback(commands);
        return null;
      } catch (NotInPlace e) {
        rollback(commands);
        return null;
      }
    }
    sessions.write(connection);
    connection.writeApplied(now);
    try {
      connection.commit();
    } catch (SQLException e) {
      SqlFailure failure = SqlErrors.classify(e);
      PendingCommand last = commands.get(commands.size() - 1);
      if (commands.size() > 1 || last.outcome() != null || !failure.isStatementError()) {
        throw e;
      }
      // A deferred constraint.
      SqlError error = failure.error();
      last.setOutcome(
          new Failed(Cause.STATEMENT, error.sqlState(), error.vendorCode(), error.message(), 0, 0));
      rollback(commands);
      return null;
    }
    return now;
  }

  private void rollback(List<PendingCommand> commands) throws SQLException {
    for (PendingCommand command : commands) {
      command.setInPlace(null);
    }
    rollback();
  }

  private void rollback() throws SQLException {
    sessions.rollback();
    runner.schemaMayHaveChanged();
    connection.rollback();
  }

  /**
   * Runs VACUUM before the transaction that records it. After a crash between the two it runs
   * again: it only numbers rows that have no key of their own, by their order, so that a second
   * time changes nothing.
   */
  private void vacuum(PendingCommand pending) throws SQLException {
    ExecuteCommand command = (ExecuteCommand) pending.command();
    if (!applier.isNew(command.session(), command.sequence())) {
      return;
    }
    try {
      connection.defining();
      connection.writer().execute(command.statements().get(0).call().sql());
      pending.setOutcome(new CommandResult.Executed(List.of(StatementResult.ofCounts(0))));
    } catch (SQLException e) {
      SqlFailure failure = SqlErrors.classify(e);
      if (!failure.isStatementError()) {
        throw e;
      }
      SqlError error = failure.error();
      pending.setOutcome(
          new Failed(Cause.STATEMENT, error.sqlState(), error.vendorCode(), error.message(), 0, 0));
    }
  }
}
