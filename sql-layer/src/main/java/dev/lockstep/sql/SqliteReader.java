package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.sqlite.SQLiteConnection;

/**
 * A read-only connection to a node's file. Time and chance are real (the time zone is UTC); 'now'
 * stands still from one {@link #prepare} to the next. The functions of the session answer what
 * {@link #setSession} said.
 *
 * <p>Reads go {@code begin()}, {@code prepare(…)}, rows, {@code end()}: only inside a snapshot is
 * it certain that a statement has the columns it was prepared with.
 *
 * <p>For one thread at a time, except {@link #interrupt()}.
 */
public final class SqliteReader implements ScriptConnection, AutoCloseable {
  /** Statements kept open on each of a node's readers. */
  static final int STATEMENTS_MAX = 64;

  private final SQLiteConnection connection;
  private final StatementContext context = new StatementContext();
  private final Object closing = new Object();
  private boolean closed;
  private ReplacedFunctions functions;
  private StatementCache statements;
  private OwnStatement begin;
  private OwnStatement end;
  private OwnStatement readSchemaVersion;
  private boolean inSnapshot;

  /** Null until a query has read it. */
  private SystemSchema system;

  private SqliteReader(SQLiteConnection connection) {
    this.connection = connection;
  }

  /** Opens the file, which must exist, read-only and with query_only. */
  public static SqliteReader open(Path file) throws SQLException {
    SqliteReader reader = new SqliteReader(Connections.reader(file));
    try {
      reader.prepareOwn();
      return reader;
    } catch (SQLException | RuntimeException failure) {
      reader.close();
      throw failure;
    }
  }

  private void prepareOwn() throws SQLException {
    functions =
        ReplacedFunctions.register(connection, context, ReplacedFunctions.Session.OF_THE_CLIENT);
    statements = new StatementCache(connection, STATEMENTS_MAX);
    begin = new OwnStatement(connection, "BEGIN");
    end = new OwnStatement(connection, "ROLLBACK");
    readSchemaVersion = new OwnStatement(connection, "PRAGMA schema_version");
  }

  /** The connection itself. Statements made on it directly are the caller's to close. */
  public Connection connection() {
    return connection;
  }

  /**
   * Pins the last committed state: all statements until {@link #end} see it. Idempotent.
   *
   * @return the schema version of that state
   */
  public int begin() throws SQLException {
    if (!inSnapshot) {
      begin.execute();
      inSnapshot = true;
    }
    // BEGIN alone pins nothing; the first read does.
    return (int) readSchemaVersion.queryLong();
  }

  /** Lets the pinned state go; result sets still open end in an error. Idempotent. */
  public void end() throws SQLException {
    if (inSnapshot) {
      inSnapshot = false;
      end.execute();
    }
  }

  /**
   * Makes the schema {@code lockstep} known to the statements that are prepared from here on, with
   * these tables filled, unless they were before. To be called inside a snapshot. The reader is not
   * to be used for others afterwards, also if this fails: it is to be closed.
   */
  public void showSystem(Set<SystemTable> tables, SystemContent content) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only = OFF");
      if (system == null) {
        system = SystemSchema.attach(connection);
      }
      for (SystemTable table : tables) {
        system.fill(table, content);
      }
      statement.execute("PRAGMA query_only = ON");
    }
  }

  /** As {@link SqliteWriter#prepare}; sets the clock to the wall time and draws a new seed. */
  @Override
  public PreparedStatement prepare(String sql) throws SQLException {
    context.begin(System.currentTimeMillis(), ThreadLocalRandom.current().nextLong(), 0);
    return statements.prepare(sql);
  }

  /**
   * Fixes time and chance for the statements that follow, until the next {@link #prepare}: those
   * made on the {@link #connection} itself.
   *
   * @param statementNumber what tells apart the statements that share clock and seed
   */
  public void fixClock(long clockMillis, long seed, int statementNumber) {
    context.begin(clockMillis, seed, statementNumber);
  }

  /** What the three functions of the session answer from now on. */
  @Override
  public void setSession(long lastInsertRowid, long changes, long totalChanges) {
    context.setSession(lastInsertRowid, changes, totalChanges);
  }

  /** Binds time and chance for the statement that was prepared last, in place of real ones. */
  @Override
  public void beginStatement(long clockMillis, long seed, int statementNumber) {
    context.begin(clockMillis, seed, statementNumber);
  }

  @Override
  public void setLastInsertRowid(long lastInsertRowid) {
    context.setSession(lastInsertRowid, context.changes(), context.totalChanges());
  }

  /** 0: nothing is inserted here. */
  @Override
  public long lastInsertRowid() {
    return 0;
  }

  /** 0: nothing is changed here. */
  @Override
  public long changes() {
    return 0;
  }

  /** 0: nothing is changed here. */
  @Override
  public long totalChanges() {
    return 0;
  }

  /** Ends what the connection is doing with SQLITE_INTERRUPT. For any thread. */
  public void interrupt() throws SQLException {
    synchronized (closing) {
      if (!closed) {
        connection.getDatabase().interrupt();
      }
    }
  }

  /** Gives back all cached statements and the connection; idempotent. */
  @Override
  public void close() throws SQLException {
    synchronized (closing) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      if (statements != null) {
        statements.close();
      }
    } finally {
      try {
        connection.close();
      } finally {
        if (functions != null) {
          functions.close();
        }
      }
    }
  }
}
