package dev.lockstep.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/**
 * The one connection of a node that applies commands. SQLite's functions of time and chance are
 * replaced on it by ones bound to the command, see {@link #beginStatement}.
 *
 * <p>For one thread at a time, except {@link #requestStop}. The caller manages transactions with
 * statements (BEGIN, SAVEPOINT, ROLLBACK TO …); JDBC's autocommit stays on.
 */
public final class SqliteWriter implements ScriptConnection, AutoCloseable {
  /** Statements kept open. One costs some KiB of native memory. */
  static final int STATEMENTS_MAX = 512;

  /** Of SQLite's virtual machine, between two looks whether to stop: some ten microseconds. */
  private static final int OPERATIONS_BETWEEN_LOOKS = 1_000;

  /** Exists to give the connection a last_insert_rowid and changes; always empty. */
  private static final String ROWID_TABLE = "sqlite_lockstep_rowid";

  /** Rows from the first to the second parameter. */
  private static final String INSERT_FILLER =
      "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) INSERT INTO "
          + ROWID_TABLE
          + " SELECT i FROM n";

  private final SQLiteConnection connection;
  private final StatementContext context = new StatementContext();
  private volatile boolean stopRequested;
  private boolean closed;
  private ReplacedFunctions functions;
  private StatementCache statements;
  private OwnStatement readRowid;
  private OwnStatement insertRowid;
  private OwnStatement deleteRowid;
  private OwnStatement deleteNoRowid;
  private OwnStatement readSchemaVersion;

  private SqliteWriter(SQLiteConnection connection) {
    this.connection = connection;
  }

  /**
   * Opens or creates the file: WAL, synchronous=NORMAL, foreign keys on, recursive triggers off
   * (SQLite's default). A new file gets the table that {@link #primeLastInsertRowid} needs.
   *
   * @throws SQLException if the file cannot be opened or is not a database
   */
  public static SqliteWriter open(Path file) throws SQLException {
    SqliteWriter writer = new SqliteWriter(Connections.writer(file));
    try {
      writer.prepareOwn();
      return writer;
    } catch (SQLException | RuntimeException failure) {
      writer.close();
      throw failure;
    }
  }

  private void prepareOwn() throws SQLException {
    context.begin(0, 0, 0);
    ProgressHandler.setHandler(
        connection,
        OPERATIONS_BETWEEN_LOOKS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            return stopRequested ? 1 : 0;
          }
        });
    functions =
        ReplacedFunctions.register(
            connection, context, ReplacedFunctions.Session.OF_THE_CONNECTION);
    statements = new StatementCache(connection, STATEMENTS_MAX);
    createInternalTable("CREATE TABLE IF NOT EXISTS " + ROWID_TABLE + " (id INTEGER PRIMARY KEY)");
    readRowid = new OwnStatement(connection, "SELECT last_insert_rowid()");
    insertRowid = new OwnStatement(connection, "INSERT INTO " + ROWID_TABLE + " VALUES (?)");
    deleteRowid = new OwnStatement(connection, "DELETE FROM " + ROWID_TABLE);
    deleteNoRowid = new OwnStatement(connection, "DELETE FROM " + ROWID_TABLE + " WHERE 0");
    readSchemaVersion = new OwnStatement(connection, "PRAGMA schema_version");
  }

  /** The connection itself. Statements made on it directly are the caller's to close. */
  public Connection connection() {
    return connection;
  }

  /**
   * Creates a table of Lockstep's own, whose name begins with {@code sqlite_lockstep_}: SQLite
   * reserves it, so that users can neither create nor drop one.
   */
  public void createInternalTable(String createTable) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA writable_schema = ON");
      try {
        statement.execute(createTable);
      } finally {
        statement.execute("PRAGMA writable_schema = OFF");
      }
    }
  }

  /**
   * An open statement of the bounded cache, parameters cleared. Owned by the writer: the caller
   * does not close it, but closes its result set, and does not keep it beyond the next call of
   * {@code prepare}.
   *
   * @param sql one statement
   */
  @Override
  public PreparedStatement prepare(String sql) throws SQLException {
    return statements.prepare(sql);
  }

  /** Executes a statement without parameters and result, such as BEGIN. */
  public void execute(String sql) throws SQLException {
    statements.prepare(sql).execute();
  }

  /**
   * Binds the functions of time and chance for the statement that follows.
   *
   * @param clockMillis what 'now' is, milliseconds since 1970 UTC; beyond the years 0 to 9999,
   *     where SQLite's dates end, it is the nearest that is not
   * @param seed the command's seed
   * @param statementNumber the statement's place in the command, from 0
   */
  @Override
  public void beginStatement(long clockMillis, long seed, int statementNumber) {
    context.begin(clockMillis, seed, statementNumber);
  }

  /**
   * What {@code last_insert_rowid()}, {@code changes()} and {@code total_changes()} answer from now
   * on. The first two are the connection's own values, so that they are right inside triggers: this
   * primes them if they differ, and statements move them on. Takes time in proportion to the
   * changes.
   */
  @Override
  public void setSession(long lastInsertRowid, long changes, long totalChanges)
      throws SQLException {
    if (lastInsertRowid() != lastInsertRowid || changes() != changes) {
      prime(lastInsertRowid, changes);
    }
    context.setSession(lastInsertRowid, changes, totalChanges - totalChanges());
  }

  /** What {@code lockstep_lock()} and {@code lockstep_unlock()} do; at first they fail. */
  public void setNamedLocks(NamedLocks locks) {
    context.setLocks(locks);
  }

  /** What {@code last_insert_rowid()} answers until the next INSERT. */
  @Override
  public void setLastInsertRowid(long rowid) throws SQLException {
    if (lastInsertRowid() != rowid) {
      primeLastInsertRowid(rowid);
    }
  }

  /**
   * Makes the connection's own {@code last_insert_rowid()} the given value. Touches no user data,
   * but is a write: {@link #changes()} and {@link #totalChanges()} count it.
   */
  public void primeLastInsertRowid(long rowid) throws SQLException {
    prime(rowid, 1);
  }

  /** SQLite counts the rows of a DELETE, and sets the rowid with an INSERT. */
  private void prime(long rowid, long changes) throws SQLException {
    if (changes > 1) {
      long first = rowid >= 1 && rowid < changes ? rowid + 1 : 1;
      try (PreparedStatement filler = connection.prepareStatement(INSERT_FILLER)) {
        filler.setLong(1, first);
        filler.setLong(2, first + changes - 2);
        filler.execute();
      }
    }
    insertRowid.execute(rowid);
    deleteRowid.execute();
    if (changes <= 0) {
      deleteNoRowid.execute();
    }
  }

  /** The rowid of the last row that was inserted on this connection, or that was primed. */
  @Override
  public long lastInsertRowid() throws SQLException {
    return readRowid.queryLong();
  }

  /**
   * The rows that the last INSERT, UPDATE or DELETE changed, without triggers and foreign keys.
   * Other statements leave it as it was, and it is not valid before all rows of a RETURNING
   * statement were read.
   */
  @Override
  public long changes() throws SQLException {
    return connection.getDatabase().changes();
  }

  /** The rows changed since the connection was opened, with triggers and foreign keys. */
  @Override
  public long totalChanges() throws SQLException {
    return connection.getDatabase().total_changes();
  }

  /**
   * Makes the connection read schema and statistics from the file again before its next statement,
   * as one that has just been opened. Not inside a transaction.
   */
  public void forgetSchema() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA writable_schema = RESET");
    }
  }

  /** Whether a statement may write a virtual table, itself or by triggers; it may be wrong. */
  public boolean mayWriteVirtualTable(String sql) throws SQLException {
    try {
      return Program.explain(connection, sql).writesVirtualTable();
    } catch (SQLException failure) {
      if (SqlErrors.classify(failure).isStatementError()) {
        return false;
      }
      throw failure;
    }
  }

  /**
   * What a statement uses under the schema as it is.
   *
   * @param own {@link #ownRoots} under the same schema
   * @return null if it cannot be told, or the statement is wrong
   */
  public TableUse tableUse(String sql, Set<Integer> own) throws SQLException {
    try {
      return Program.explain(connection, sql).tableUse(own);
    } catch (SQLException failure) {
      if (SqlErrors.classify(failure).isStatementError()) {
        return null;
      }
      throw failure;
    }
  }

  /** Root pages of Lockstep's own tables. */
  public Set<Integer> ownRoots() throws SQLException {
    Set<Integer> roots = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT rootpage FROM sqlite_schema WHERE substr(lower(tbl_name), 1, "
                    + TextRules.INTERNAL_PREFIX.length()
                    + ") = '"
                    + TextRules.INTERNAL_PREFIX
                    + "'")) {
      while (rows.next()) {
        roots.add(rows.getInt(1));
      }
    }
    return roots;
  }

  /** SQLite's schema cookie, also of uncommitted DDL. Changes with every DDL statement. */
  public int schemaVersion() throws SQLException {
    return (int) readSchemaVersion.queryLong();
  }

  /** Statements open in the cache. */
  int cachedStatements() {
    return statements.size();
  }

  /**
   * As long as it is requested, statements that take long end with SQLITE_INTERRUPT. For any
   * thread.
   *
   * <p>Not by {@code sqlite3_interrupt}, which holds until no statement is active: an R*Tree keeps
   * one so until the end of a transaction that has written to it, and so even ROLLBACK would fail.
   */
  public void requestStop(boolean requested) {
    stopRequested = requested;
  }

  public boolean isStopRequested() {
    return stopRequested;
  }

  /** Gives back all cached statements and the connection; idempotent. */
  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (statements != null) {
        statements.close();
      }
    } finally {
      // Finalizes what is still open, and frees the functions.
      try (connection) {
        ProgressHandler.clearHandler(connection);
      } finally {
        if (functions != null) {
          functions.close();
        }
      }
    }
  }
}
