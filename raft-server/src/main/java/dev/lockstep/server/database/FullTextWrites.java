package dev.lockstep.server.database;

import dev.lockstep.server.command.StatementCommand;
import java.sql.SQLException;

/**
 * Finds the commands that may write tables of full-text search. These collect in memory what is
 * inserted and store it as one segment when the transaction ends, so that their shadow tables would
 * tell which commands shared a transaction. Each node decides by the schema at the command's place
 * in the log, so that all decide alike.
 */
final class FullTextWrites {
  private final StateConnection connection;
  private final VirtualTableWrites writes;
  private boolean hasTables;

  FullTextWrites(StateConnection connection) throws SQLException {
    this.connection = connection;
    this.writes = new VirtualTableWrites(connection.writer());
    this.hasTables = connection.hasFullTextTables();
  }

  /** To be called after the commit of definitions. */
  void schemaChanged() throws SQLException {
    hasTables = connection.hasFullTextTables();
    writes.schemaChanged();
  }

  /** Whether there is a table of full-text search. */
  boolean isPossible() {
    return hasTables;
  }

  /** Runs nothing, but must be called when nothing that is not committed is on the connection. */
  boolean mayContain(PendingCommand pending) throws SQLException {
    if (!hasTables) {
      return false;
    }
    for (StatementCommand statement : pending.statements()) {
      if (statement.kind() == StatementCommand.Kind.CHANGE
          && writes.mayBe(statement.call().sql())) {
        return true;
      }
    }
    return false;
  }
}
