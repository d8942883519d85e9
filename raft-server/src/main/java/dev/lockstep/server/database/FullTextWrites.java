package dev.lockstep.server.database;

import dev.lockstep.server.command.StatementCommand;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds the commands that may write tables of full-text search. These collect in memory what is
 * inserted and store it as one segment when the transaction ends, so that their shadow tables would
 * tell which commands shared a transaction. Each node decides by the schema at the command's place
 * in the log, so that all decide alike.
 */
final class FullTextWrites {
  private static final int KNOWN_TEXTS_MAX = 1_024;

  private final StateConnection connection;
  private boolean hasTables;

  private final Map<String, Boolean> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > KNOWN_TEXTS_MAX;
        }
      };

  FullTextWrites(StateConnection connection) throws SQLException {
    this.connection = connection;
    this.hasTables = connection.hasFullTextTables();
  }

  /** To be called after the commit of definitions. */
  void schemaChanged() throws SQLException {
    hasTables = connection.hasFullTextTables();
    known.clear();
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
      if (statement.kind() == StatementCommand.Kind.CHANGE && writes(statement.call().sql())) {
        return true;
      }
    }
    return false;
  }

  private boolean writes(String sql) throws SQLException {
    Boolean writes = known.get(sql);
    if (writes == null) {
      writes = connection.writer().mayWriteVirtualTable(sql);
      known.put(sql, writes);
    }
    return writes;
  }
}
