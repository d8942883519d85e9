package dev.lockstep.server.database;

import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqliteWriter;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Has FTS5 read the settings of its tables before a statement may write one. What {@code rebuild}
 * and {@code delete-all} store is marked with the number of the settings that the connection has
 * read, which is 0 as long as it has not searched: so a node that was started anew would store
 * another mark than the others.
 */
final class FullTextSettings {
  private final SqliteWriter writer;
  private final VirtualTableWrites writes;

  /** A search for each table; null if not known. */
  private List<String> searches;

  FullTextSettings(SqliteWriter writer) {
    this.writer = writer;
    this.writes = new VirtualTableWrites(writer);
  }

  void schemaMayHaveChanged() {
    searches = null;
    writes.schemaChanged();
  }

  /** To be called before a statement that changes rows. */
  void readBefore(String sql) throws SQLException {
    if (searches == null) {
      searches = searches();
    }
    if (searches.isEmpty() || !writes.mayBe(sql)) {
      return;
    }
    for (String search : searches) {
      search(search);
    }
  }

  private List<String> searches() throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = writer.connection().createStatement();
        ResultSet tables =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema"
                    + " WHERE type = 'table' AND rootpage = 0 AND sql LIKE '%fts5%'")) {
      while (tables.next()) {
        String name = tables.getString(1).replace("\"", "\"\"");
        found.add("SELECT rowid FROM \"" + name + "\"('abc') LIMIT 1");
      }
    }
    return found;
  }

  private void search(String search) throws SQLException {
    try {
      PreparedStatement statement = writer.prepare(search);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
      }
    } catch (SQLException e) {
      // A table that cannot be searched will say so itself.
      if (!SqlErrors.classify(e).isStatementError()) {
        throw e;
      }
    }
  }
}
