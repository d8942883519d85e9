package dev.lockstep.server.database;

import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import dev.lockstep.server.command.TransactionCommand.Step;
import dev.lockstep.sql.SqlError;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs statements on the writing connection, inside a SQLite transaction that the caller has
 * opened: all of them take effect or none. The one place where commands, the steps of transactions
 * before their commit, and the same steps when they are certified are executed.
 */
final class ScriptRunner {
  private final StateConnection connection;
  private final DiskRoom room;
  private final StatementRunner statements;
  private final StepDigest digest = new StepDigest();

  ScriptRunner(StateConnection connection, DiskRoom room) {
    this.connection = connection;
    this.room = room;
    this.statements = new StatementRunner(connection.writer(), connection);
  }

  /**
   * Runs the statements of a command.
   *
   * @param resultBytesMax bytes of returned rows at most
   * @throws Dissolved if the open transaction cannot be used any more, but the result is known
   * @throws Interrupted if {@link #requestStop} came between
   * @throws ReplicaFault if it failed for a reason that is this node's own
   */
  CommandResult runCommand(
      List<StatementCommand> list, Script script, boolean primesSession, int resultBytesMax)
      throws Dissolved, Interrupted {
    Failed refusal = refuse(list, Kind.SAVEPOINT);
    if (refusal != null) {
      return refusal;
    }
    // SQLite undoes a single statement by itself, and a savepoint costs as much as a small one.
    boolean savepoint =
        list.size() > 1
            || list.get(0).call().parameterRows().size() > 1
            || list.get(0).rows() != Rows.NONE
            // It may be refused when it has been executed.
            || list.get(0).kind() == Kind.DEFINITION;
    return run(list, script, savepoint, primesSession, resultBytesMax);
  }

  /** Runs the statements of one step of a transaction; otherwise like {@link #runCommand}. */
  CommandResult runStep(List<StatementCommand> list, Script script) throws Dissolved, Interrupted {
    return runStep(list, script, TransactionLimits.RESULT_BYTES_MAX);
  }

  /**
   * The same, with less room for rows than a script's steps have: if it fails for that, it cannot
   * be a step of a script.
   */
  CommandResult runStep(List<StatementCommand> list, Script script, int resultBytesMax)
      throws Dissolved, Interrupted {
    Kind kind = list.get(0).kind();
    boolean alone = list.size() == 1;
    if (!alone || kind != Kind.SAVEPOINT) {
      Failed refusal = refuse(list, Kind.SAVEPOINT);
      if (refusal != null) {
        return refusal;
      }
    } else if (list.get(0).call().sql().toLowerCase(Locale.ROOT).contains("sqlite_lockstep_")) {
      return new Failed(
          Cause.STATEMENT, "42939", "savepoint names with sqlite_lockstep_ are reserved");
    }
    boolean savepoint = !alone || (kind != Kind.SAVEPOINT && kind != Kind.QUERY);
    return run(list, script, savepoint, true, resultBytesMax);
  }

  /**
   * Runs the steps of a script until one shows something else than it has shown before.
   *
   * @param unchanged which steps need not be run; null if all do
   * @return its number, or -1 if there is none
   * @throws Dissolved with {@link #changed} if a step undoes the SQLite transaction around it,
   *     which no step of a script that is to be committed did before
   */
  int firstDifference(List<Step> steps, Script script, UnchangedReads unchanged)
      throws Dissolved, Interrupted {
    for (int i = 0; i < steps.size(); i++) {
      if (connection.writer().isStopRequested()) {
        throw new Interrupted();
      }
      Step step = steps.get(i);
      if (unchanged != null && covers(unchanged, step)) {
        script.passOver(step.statements());
        continue;
      }
      try {
        if (!digestOf(runStep(step.statements(), script)).equals(step.seen())) {
          return i;
        }
      } catch (Dissolved e) {
        throw new Dissolved(changed(i));
      }
    }
    return -1;
  }

  private static boolean covers(UnchangedReads unchanged, Step step) {
    try {
      return unchanged.covers(step);
    } catch (SQLException e) {
      throw fault(e);
    }
  }

  /** The result of a script of which a step shows something else than before. */
  static Failed changed(int step) {
    return new Failed(
        Cause.TRANSACTION_LOST,
        "40001",
        0,
        "could not serialize access: what the transaction read has changed",
        step,
        0);
  }

  /** What can only stand alone, and was let through by the leader nevertheless. */
  private static Failed refuse(List<StatementCommand> list, Kind refused) {
    for (int i = 0; i < list.size(); i++) {
      Kind kind = list.get(i).kind();
      if (kind == refused || kind == Kind.VACUUM) {
        return new Failed(
            Cause.STATEMENT,
            "25001",
            0,
            kind == Kind.VACUUM
                ? "VACUUM cannot run together with other statements or in a transaction"
                : "savepoints need a transaction, and a statement of their own",
            i,
            0);
      }
    }
    return null;
  }

  private CommandResult run(
      List<StatementCommand> list,
      Script script,
      boolean savepoint,
      boolean primesSession,
      int resultBytesMax)
      throws Dissolved, Interrupted {
    SessionValues before = script.values();
    int statementsRun = script.statementsRun();
    try {
      try {
        return runOnce(
            list,
            script,
            savepoint,
            statements.begin(
                script, primesSession, resultBytesMax, connection.writer().totalChanges()));
      } catch (RowidDoubt doubt) {
        script.setValues(before);
        script.setStatementsRun(statementsRun);
      }
      return runOnce(
          list,
          script,
          savepoint,
          statements.beginCarefully(
              script, primesSession, resultBytesMax, connection.writer().totalChanges()));
    } catch (RowidDoubt impossible) {
      throw new ReplicaFault("a statement was run carefully, and is still in doubt", impossible);
    } catch (SQLException e) {
      throw fault(e);
    }
  }

  /**
   * @throws RowidDoubt if it is to be run again; all is undone
   */
  private CommandResult runOnce(
      List<StatementCommand> list, Script script, boolean savepoint, StatementRunner.Run run)
      throws SQLException, Dissolved, Interrupted, RowidDoubt {
    SessionValues before = script.values();
    if (savepoint) {
      connection.savepoint();
    }
    try {
      List<StatementResult> results = runAll(list, run);
      if (savepoint) {
        connection.releaseSavepoint();
      }
      return new CommandResult.Executed(results);
    } catch (SQLException e) {
      script.setValues(before);
      Failed failed = failed(e, run);
      undo(failed, savepoint, run);
      return failed;
    } catch (StatementRefused e) {
      script.setValues(before);
      Failed failed = failed(e, run);
      undo(failed, savepoint, run);
      return failed;
    } catch (RowidDoubt doubt) {
      script.setValues(before);
      if (!isUndone(savepoint, run)) {
        throw new Dissolved(failed(doubt.failure(), run));
      }
      throw doubt;
    }
  }

  private List<StatementResult> runAll(List<StatementCommand> list, StatementRunner.Run run)
      throws SQLException, StatementRefused, RowidDoubt, Interrupted {
    if (list.size() == 1) {
      return List.of(statements.run(list.get(0), run));
    }
    List<StatementResult> results = new ArrayList<>(list.size());
    for (StatementCommand statement : list) {
      if (connection.writer().isStopRequested()) {
        throw new Interrupted();
      }
      results.add(statements.run(statement, run));
    }
    return results;
  }

  private Failed failed(SQLException e, StatementRunner.Run run) throws Interrupted, SQLException {
    SqlFailure failure = SqlErrors.classify(e);
    return switch (failure.kind()) {
      case STATEMENT -> failed(failure.error(), run);
      case INTERRUPTED -> throw new Interrupted();
      case DISK_FULL -> {
        // SQLite says the same when an AUTOINCREMENT table has used up its last rowid, which is
        // the statement's error on every node.
        if (room.isLow() || !connection.isSequenceUsedUp()) {
          throw e;
        }
        int vendorCode = failure.error().vendorCode();
        yield failed(new SqlError("2200H", vendorCode, failure.error().message()), run);
      }
      case FAULT -> throw e;
    };
  }

  static Failed failed(StatementRefused e, StatementRunner.Run run) {
    return new Failed(
        Cause.STATEMENT, e.sqlState(), e.vendorCode(), e.getMessage(), run.statement(), run.row());
  }

  static Failed failed(SqlError error, StatementRunner.Run run) {
    return new Failed(
        Cause.STATEMENT,
        error.sqlState(),
        error.vendorCode(),
        error.message(),
        run.statement(),
        run.row());
  }

  private void undo(Failed failed, boolean savepoint, StatementRunner.Run run)
      throws SQLException, Dissolved {
    if (!isUndone(savepoint, run)) {
      throw new Dissolved(failed);
    }
  }

  /** Undoes what has failed, or finds that SQLite has undone it; false if it cannot be. */
  private boolean isUndone(boolean savepoint, StatementRunner.Run run) throws SQLException {
    if (savepoint) {
      boolean undone = connection.rollbackToSavepoint();
      statements.schemaMayHaveChanged();
      return undone;
    }
    // A statement that failed by OR FAIL, or RAISE(FAIL), has kept what it had done until then.
    return connection.writer().totalChanges() == run.totalChangesBefore()
        && connection.inTransaction();
  }

  /** The digest of what a client saw. */
  Digest digestOf(CommandResult result) {
    return digest.of(result);
  }

  /**
   * Makes the run in progress end: its statement, if that takes long, or before the next one. For
   * any thread.
   */
  void requestStop(boolean requested) {
    connection.writer().requestStop(requested);
  }

  /** To be called when a transaction that may have changed the schema was rolled back. */
  void schemaMayHaveChanged() {
    statements.schemaMayHaveChanged();
  }

  /** An error that is not a statement's, as what it is. */
  static ReplicaFault fault(SQLException e) {
    SqlFailure failure = SqlErrors.classify(e);
    boolean diskFull = failure.kind() == SqlFailure.Kind.DISK_FULL;
    return new ReplicaFault(
        (diskFull ? "the disk is full: " : "SQLite failed: ")
            + failure.error().message()
            + " ["
            + failure.error().sqlState()
            + "]",
        e,
        diskFull);
  }
}
