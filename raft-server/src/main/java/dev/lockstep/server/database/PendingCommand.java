package dev.lockstep.server.database;

import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.server.command.Checkpoint;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.FixContent;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.log.CommittedEntry;
import java.util.ArrayList;
import java.util.List;

/** A committed entry on its way through a batch. */
final class PendingCommand {
  private final CommittedEntry entry;
  private final Command command;
  private CommandResult outcome;
  private CommandResult result;
  private ProposedTransaction inPlace;

  private PendingCommand(CommittedEntry entry, Command command) {
    this.entry = entry;
    this.command = command;
  }

  /**
   * @throws ReplicaFault if the entry is not a command of this database that this node can read: it
   *     would be the only one to skip it
   */
  static PendingCommand decode(CommittedEntry entry, String database) {
    Command command;
    try {
      command = Command.decode(entry.command());
    } catch (ProtocolException e) {
      throw new ReplicaFault(
          "the entry at index " + entry.index() + " cannot be read: " + e.getMessage(), e);
    }
    if (!command.database().equals(database)) {
      throw new ReplicaFault(
          "the entry at index "
              + entry.index()
              + " is for database "
              + command.database()
              + ", not "
              + database);
    }
    return new PendingCommand(entry, command);
  }

  CommittedEntry entry() {
    return entry;
  }

  long index() {
    return entry.index();
  }

  Command command() {
    return command;
  }

  /** What executing its statements gave in an earlier attempt, or null if they are to be run. */
  CommandResult outcome() {
    return outcome;
  }

  void setOutcome(CommandResult known) {
    outcome = known;
  }

  /** The command's result once its transaction is committed. */
  CommandResult result() {
    return result;
  }

  void setResult(CommandResult newResult) {
    result = newResult;
  }

  /** The transaction whose script stands in the open SQLite transaction already, or null. */
  ProposedTransaction inPlace() {
    return inPlace;
  }

  void setInPlace(ProposedTransaction transaction) {
    inPlace = transaction;
  }

  /** Whether the content as it is after this command is wanted: nothing may be applied with it. */
  boolean fixesContent() {
    return command instanceof Checkpoint || command instanceof FixContent;
  }

  boolean isVacuum() {
    return command instanceof ExecuteCommand execute
        && execute.statements().size() == 1
        && execute.statements().get(0).kind() == StatementCommand.Kind.VACUUM;
  }

  /** Whether it may change the schema, or how constraints are checked until the next commit. */
  boolean containsDefinition() {
    return Script.containsDefinition(statements());
  }

  /** The statements that it runs, of all steps if it is a transaction. */
  List<StatementCommand> statements() {
    if (command instanceof ExecuteCommand execute) {
      return execute.statements();
    }
    if (command instanceof TransactionCommand transaction) {
      List<StatementCommand> statements = new ArrayList<>();
      for (TransactionCommand.Step step : transaction.steps()) {
        statements.addAll(step.statements());
      }
      return statements;
    }
    return List.of();
  }
}
