package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;

/**
 * An empty database in memory with the schema of another: there the DDL of a text is executed, so
 * that the statements after it can be analysed before any of them runs.
 */
final class SchemaCopy implements AutoCloseable {
  private final SQLiteConnection connection;
  private ReplacedFunctions functions;

  private SchemaCopy(SQLiteConnection connection) {
    this.connection = connection;
  }

  static SchemaCopy of(Connection source) throws SQLException {
    SchemaCopy copy = new SchemaCopy(Connections.memory());
    try {
      StatementContext context = new StatementContext();
      context.begin(0, 0, 0);
      copy.functions =
          ReplacedFunctions.register(
              copy.connection, context, ReplacedFunctions.Session.OF_THE_CLIENT);
      copy.load(source);
      return copy;
    } catch (SQLException | RuntimeException failure) {
      copy.close();
      throw failure;
    }
  }

  private void load(Connection source) throws SQLException {
    try (Statement reading = source.createStatement();
        // What a virtual table or AUTOINCREMENT creates for itself is left to it.
        ResultSet rows =
            reading.executeQuery(
                "SELECT sql FROM sqlite_schema AS s WHERE sql IS NOT NULL"
                    + " AND name <> 'sqlite_sequence' AND tbl_name NOT IN"
                    + " (SELECT name FROM pragma_table_list WHERE schema = 'main'"
                    + " AND type = 'shadow') ORDER BY type <> 'table', rowid");
        Statement writing = connection.createStatement()) {
      writing.execute("PRAGMA writable_schema = ON");
      writing.execute("PRAGMA foreign_keys = OFF");
      while (rows.next()) {
        writing.execute(rows.getString(1));
      }
      writing.execute("PRAGMA foreign_keys = ON");
      writing.execute("PRAGMA writable_schema = OFF");
    }
  }

  void execute(String definition) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(definition);
    }
  }

  /** Of the copy itself, which stays its owner. */
  Connection connection() {
    return connection;
  }

  StatementCompiler compiler() throws SQLException {
    return new StatementCompiler(connection);
  }

  @Override
  public void close() throws SQLException {
    try {
      connection.close();
    } finally {
      if (functions != null) {
        functions.close();
      }
    }
  }
}
