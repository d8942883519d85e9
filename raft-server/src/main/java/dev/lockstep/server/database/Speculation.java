package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.TransactionCommand;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The open SQLite transaction of a leader: the committed state, on it the transactions that are
 * proposed and not applied, in the order of their proposal, and on these the steps of one that goes
 * on. Each has a savepoint of its own, so that any number of them can be kept. Nothing of it counts
 * before the log says the same. Guarded by the writer's lock.
 */
final class Speculation {
  private final StateConnection connection;
  private final ScriptRunner runner;
  private final Function<SessionId, SessionValues> sessions;
  private final TransactionCounters counters;

  private final List<ProposedTransaction> proposed = new ArrayList<>();

  /** Whether the SQLite transaction is open. */
  private boolean open;

  /** As many of the proposed ones, from the first, are in it. */
  private int built;

  /** Savepoints of proposed ones, and of the one on top, that are open. */
  private int savepoints;

  /** Whose steps are on top of all proposed ones; null if nobody's. */
  private ProvisionalTransaction top;

  private boolean definitions;

  Speculation(
      StateConnection connection,
      ScriptRunner runner,
      Function<SessionId, SessionValues> sessions,
      TransactionCounters counters) {
    this.connection = connection;
    this.runner = runner;
    this.sessions = sessions;
    this.counters = counters;
  }

  /** Whether the transaction's steps are in place, on everything that is proposed at present. */
  boolean isOn(ProvisionalTransaction transaction) throws SQLException {
    dropOver();
    return open && top == transaction && built == proposed.size();
  }

  /** Whether nothing but the committed state is under the transaction on top. */
  boolean isOnCommittedState() {
    return open && proposed.isEmpty();
  }

  /**
   * Makes room on top of all proposed ones for a transaction's steps.
   *
   * @return the surroundings of its script
   * @throws Interrupted if somebody needs the connection; {@link #rollback} must follow
   */
  Script enter(ProvisionalTransaction transaction, TransactionStart start)
      throws SQLException, Interrupted {
    build();
    savepoint(built);
    connection.savepoint();
    top = transaction;
    return new Script(start.clockMillis(), start.seed(), valuesOf(start.session(), built));
  }

  private void build() throws SQLException, Interrupted {
    dropOver();
    boolean whole = false;
    while (!whole) {
      if (!open) {
        connection.begin();
        open = true;
      }
      top = null;
      whole = true;
      while (whole && built < proposed.size()) {
        savepoint(built);
        whole = run(proposed.get(built));
        built++;
      }
      if (!whole) {
        rollback();
      }
    }
  }

  /**
   * @return false if the SQLite transaction is gone with it
   */
  private boolean run(ProposedTransaction transaction) throws SQLException, Interrupted {
    TransactionCommand command = transaction.command();
    definitions |= Script.containsDefinition(command);
    if (transaction.isDissolving()) {
      return true;
    }
    connection.savepoint();
    SessionValues before = valuesOf(command.session(), built);
    Script script = new Script(command.clockMillis(), command.seed(), before);
    counters.replayed();
    try {
      if (runner.firstDifference(command.steps(), script, null) < 0) {
        connection.releaseSavepoint();
        transaction.ran(before, script.values());
        return true;
      }
    } catch (Dissolved e) {
      transaction.dissolves();
      return false;
    }
    transaction.leaveOut();
    if (!connection.rollbackToSavepoint()) {
      transaction.dissolves();
      return false;
    }
    return true;
  }

  /** What the functions of the session answer after the first so many proposed transactions. */
  private SessionValues valuesOf(SessionId session, int count) {
    for (int i = count - 1; i >= 0; i--) {
      ProposedTransaction transaction = proposed.get(i);
      if (!transaction.isLeftOut() && transaction.command().session().equals(session)) {
        return transaction.after();
      }
    }
    return sessions.apply(session);
  }

  /** Goes to where the first so many are in place and nothing else is, with a savepoint there. */
  private void savepoint(int position) throws SQLException {
    if (savepoints > position) {
      keep(position);
    } else {
      connection.savepoint(position);
    }
    savepoints = position + 1;
  }

  private void keep(int position) throws SQLException {
    if (definitions) {
      runner.schemaMayHaveChanged();
    }
    connection.rollbackToSavepoint(position);
    built = Math.min(built, position);
    top = null;
  }

  /**
   * A transaction is about to be given to the log. If its steps are in place they stay, and the
   * next one's come on top of them.
   *
   * @param script as the steps have left it; null if they are not in place
   */
  void propose(ProvisionalTransaction transaction, ProposedTransaction proposal, Script script)
      throws SQLException {
    boolean inPlace = isOn(transaction);
    if (inPlace) {
      // The application's own savepoints end here.
      connection.releaseSavepoint();
      proposal.ran(valuesOf(proposal.command().session(), built), script.values());
      definitions |= Script.containsDefinition(proposal.command());
      built++;
      top = null;
    }
    proposed.add(proposal);
  }

  /** Forgets those whose proposals have failed, and undoes them if they are in place. */
  private void dropOver() throws SQLException {
    for (int i = 0; i < proposed.size(); i++) {
      if (proposed.get(i).isOver()) {
        if (open && savepoints > i) {
          keep(i);
          savepoints = i + 1;
        }
        proposed.removeIf(ProposedTransaction::isOver);
        return;
      }
    }
  }

  /**
   * Undoes what does not stand at the same place in the log as here.
   *
   * @param commands the next commands of the log
   * @return how many of them, from the first, are in place now and need only be recorded; then the
   *     SQLite transaction is open
   */
  int keepCommon(List<PendingCommand> commands) throws SQLException {
    int common = 0;
    // What definitions leave loaded when they are undone is not what other nodes have loaded.
    while (open
        && !definitions
        && common < Math.min(built, commands.size())
        && canStay(proposed.get(common), commands.get(common))) {
      common++;
    }
    if (common == 0) {
      rollback();
      return 0;
    }
    for (int i = 0; i < common; i++) {
      commands.get(i).setInPlace(proposed.get(i));
    }
    if (savepoints > common) {
      keep(common);
    }
    return common;
  }

  private static boolean canStay(ProposedTransaction transaction, PendingCommand command) {
    return !transaction.isOver()
        && !transaction.isLeftOut()
        && transaction.isEntry(command.entry().command())
        && !command.containsDefinition();
  }

  /** The commands are stored: the SQLite transaction is over, and so are those among them. */
  void applied(List<PendingCommand> commands) {
    closed();
    for (PendingCommand command : commands) {
      if (proposed.isEmpty()) {
        return;
      }
      if (command.command() instanceof TransactionCommand) {
        proposed.removeIf(transaction -> transaction.isEntry(command.entry().command()));
      }
    }
  }

  /** The SQLite transaction was ended by somebody else. */
  void closed() {
    open = false;
    built = 0;
    savepoints = 0;
    top = null;
    definitions = false;
  }

  /** Undoes the steps of this transaction, if they are in place. */
  void abandon(ProvisionalTransaction transaction) throws SQLException {
    dropOver();
    if (open && top == transaction) {
      if (built == 0) {
        rollback();
      } else {
        keep(built);
        savepoints = built + 1;
      }
    }
  }

  /** Undoes everything. */
  void rollback() throws SQLException {
    if (open) {
      if (definitions) {
        runner.schemaMayHaveChanged();
      }
      connection.rollback();
      closed();
    }
  }

  /** A step on top may have changed the schema. */
  void noteDefinition() {
    definitions = true;
  }
}
