package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.Digest;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqliteWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The writing connection to the state's file, with the statements on Lockstep's own tables. These
 * are prepared once and kept apart from the users' statements. For one thread at a time, except
 * {@link #interrupt}.
 */
final class StateConnection implements StatementRunner.Schema, AutoCloseable {
  /** Version of the tables below. */
  static final int FORMAT_VERSION = 1;

  private static final String LOCK_TABLE =
      "CREATE TABLE IF NOT EXISTS sqlite_lockstep_lock(name TEXT PRIMARY KEY,"
          + " session BLOB NOT NULL, opened INTEGER NOT NULL, count INTEGER NOT NULL)"
          + " WITHOUT ROWID";

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE sqlite_lockstep_state("
              + "id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL,"
              + " cluster TEXT NOT NULL, name TEXT NOT NULL, applied_index INTEGER NOT NULL,"
              + " applied_term INTEGER NOT NULL, clock INTEGER NOT NULL, digest BLOB NOT NULL)",
          "CREATE TABLE sqlite_lockstep_session("
              + "opened INTEGER PRIMARY KEY, id BLOB NOT NULL, last_used INTEGER NOT NULL,"
              + " last_sequence INTEGER NOT NULL, last_index INTEGER NOT NULL,"
              + " last_insert_rowid INTEGER NOT NULL, changes INTEGER NOT NULL,"
              + " total_changes INTEGER NOT NULL, last_result BLOB)",
          LOCK_TABLE);

  private static final String BEGIN = "BEGIN IMMEDIATE";
  private static final String COMMIT = "COMMIT";
  private static final String ROLLBACK = "ROLLBACK";
  private static final String SAVEPOINT = "SAVEPOINT sqlite_lockstep_command";
  private static final String ROLLBACK_TO_SAVEPOINT = "ROLLBACK TO sqlite_lockstep_command";
  private static final String RELEASE_SAVEPOINT = "RELEASE sqlite_lockstep_command";

  private final SqliteWriter writer;
  private final List<PreparedStatement> statements = new ArrayList<>();
  private final PreparedStatement writeApplied;
  private final PreparedStatement writeSession;
  private final PreparedStatement touchSession;
  private final PreparedStatement deleteSession;
  private final PreparedStatement readResult;
  private final PreparedStatement writeLock;
  private final PreparedStatement deleteLock;
  private boolean schemaTouched;

  private StateConnection(SqliteWriter writer) throws SQLException {
    this.writer = writer;
    writeApplied =
        prepare(
            "UPDATE sqlite_lockstep_state SET applied_index = ?, applied_term = ?, clock = ?,"
                + " digest = ? WHERE id = 1");
    writeSession =
        prepare(
            "INSERT OR REPLACE INTO sqlite_lockstep_session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    touchSession = prepare("UPDATE sqlite_lockstep_session SET last_used = ? WHERE opened = ?");
    deleteSession = prepare("DELETE FROM sqlite_lockstep_session WHERE opened = ?");
    readResult = prepare("SELECT last_result FROM sqlite_lockstep_session WHERE opened = ?");
    writeLock = prepare("INSERT OR REPLACE INTO sqlite_lockstep_lock VALUES (?, ?, ?, ?)");
    deleteLock = prepare("DELETE FROM sqlite_lockstep_lock WHERE name = ?");
  }

  /** Makes a file with an empty state. */
  static void create(Path file, String clusterId, String database) throws SQLException {
    try (SqliteWriter writer = SqliteWriter.open(file);
        Statement statement = writer.connection().createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      for (String table : TABLES) {
        writer.createInternalTable(table);
      }
      try (PreparedStatement row =
          writer
              .connection()
              .prepareStatement(
                  "INSERT INTO sqlite_lockstep_state VALUES (1, ?, ?, ?, 0, 0, 0, ?)")) {
        row.setInt(1, FORMAT_VERSION);
        row.setString(2, clusterId);
        row.setString(3, database);
        row.setBytes(4, bytesOf(Digest.ZERO));
        row.execute();
      }
      statement.execute("COMMIT");
    }
  }

  /**
   * Opens the state.
   *
   * @throws StateException if it belongs to another cluster or database, or is of a newer format
   */
  static StateConnection open(Path file, String clusterId, String database) throws SQLException {
    SqliteWriter writer = SqliteWriter.open(file);
    try {
      check(writer, file, clusterId, database);
      // Files of the first builds have no locks.
      writer.createInternalTable(LOCK_TABLE);
      try (Statement statement = writer.connection().createStatement()) {
        // Checkpoints cost two fsyncs: WalCheckpoints makes them where nobody waits.
        statement.execute("PRAGMA wal_autocheckpoint = 0");
      }
      return new StateConnection(writer);
    } catch (SQLException | RuntimeException e) {
      try (writer) {
        throw e;
      }
    }
  }

  private static void check(SqliteWriter writer, Path file, String clusterId, String database)
      throws SQLException {
    try (Statement statement = writer.connection().createStatement()) {
      try (ResultSet tables =
          statement.executeQuery(
              "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_lockstep_state'")) {
        if (!tables.next() || tables.getInt(1) == 0) {
          throw new StateException(file + " is a database, but not one of Lockstep");
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT * FROM sqlite_lockstep_state")) {
        if (!row.next()) {
          throw new StateException(file + " does not say what it holds");
        }
        int format = row.getInt("format");
        if (format != FORMAT_VERSION) {
          throw new StateException(
              file
                  + " is of format version "
                  + format
                  + "; this Lockstep reads version "
                  + FORMAT_VERSION);
        }
        expect(file, "cluster", row.getString("cluster"), clusterId);
        expect(file, "database", row.getString("name"), database);
      }
    }
  }

  private static void expect(Path file, String what, String found, String expected) {
    if (!found.equals(expected)) {
      throw new StateException(
          file + " belongs to " + what + " " + found + ", not to " + what + " " + expected);
    }
  }

  SqliteWriter writer() {
    return writer;
  }

  void begin() throws SQLException {
    writer.execute(BEGIN);
  }

  void commit() throws SQLException {
    writer.execute(COMMIT);
    forgetSchema();
  }

  /** Rolls back what is open; SQLite may have done so itself. */
  void rollback() throws SQLException {
    try {
      writer.execute(ROLLBACK);
    } catch (SQLException e) {
      if (inTransaction()) {
        throw e;
      }
    }
    forgetSchema();
  }

  /** To be called before a statement may change the schema or the planner's statistics. */
  @Override
  public void defining() {
    schemaTouched = true;
  }

  @Override
  public boolean isBeingDefined() {
    return schemaTouched;
  }

  /**
   * The schema and the statistics that a connection holds after DDL and ANALYZE, or after their
   * rollback, are not quite those that it would read from the file; plans, and so the order of
   * rows, depend on them. All nodes must have what a node has that was just restarted.
   */
  private void forgetSchema() throws SQLException {
    if (schemaTouched) {
      writer.forgetSchema();
      schemaTouched = false;
    }
  }

  /**
   * Whether a transaction is open. SQLite closes it by itself after INSERT OR ROLLBACK, RAISE
   * (ROLLBACK), an interrupt, and grave errors; sqlite-jdbc does not show that, so this tries.
   */
  boolean inTransaction() throws SQLException {
    try {
      writer.execute(BEGIN);
    } catch (SQLException e) {
      if (!SqlErrors.classify(e).isStatementError()) {
        throw e;
      }
      return true;
    }
    writer.execute(ROLLBACK);
    return false;
  }

  /** Begins something that can be undone alone; such may be nested. */
  void savepoint() throws SQLException {
    writer.execute(SAVEPOINT);
  }

  void releaseSavepoint() throws SQLException {
    writer.execute(RELEASE_SAVEPOINT);
  }

  /**
   * Undoes what was done since the innermost {@link #savepoint}, and ends it.
   *
   * @return false if SQLite has rolled back the whole transaction before
   */
  boolean rollbackToSavepoint() throws SQLException {
    try {
      writer.execute(ROLLBACK_TO_SAVEPOINT);
    } catch (SQLException e) {
      if (inTransaction()) {
        throw e;
      }
      return false;
    }
    writer.execute(RELEASE_SAVEPOINT);
    return true;
  }

  /** Begins a savepoint that {@link #rollbackToSavepoint(int)} finds by its number. */
  void savepoint(int number) throws SQLException {
    writer.execute("SAVEPOINT sqlite_lockstep_proposed_" + number);
  }

  /** Undoes what was done since this savepoint, which stays open. */
  void rollbackToSavepoint(int number) throws SQLException {
    writer.execute("ROLLBACK TO sqlite_lockstep_proposed_" + number);
  }

  AppliedState readApplied() throws SQLException {
    try (Statement statement = writer.connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT applied_index, applied_term, clock, digest FROM sqlite_lockstep_state")) {
      if (!row.next()) {
        throw new SQLException("sqlite_lockstep_state is empty");
      }
      ByteBuffer digest = ByteBuffer.wrap(row.getBytes(4));
      return new AppliedState(
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          new Digest(digest.getLong(), digest.getLong()));
    }
  }

  void writeApplied(AppliedState state) throws SQLException {
    writeApplied.setLong(1, state.index());
    writeApplied.setLong(2, state.term());
    writeApplied.setLong(3, state.clockMillis());
    writeApplied.setBytes(4, bytesOf(state.digest()));
    int rows = writeApplied.executeUpdate();
    if (rows != 1) {
      throw new ReplicaFault("sqlite_lockstep_state has " + rows + " rows instead of 1");
    }
  }

  /** Reads all sessions, with their results up to the given size. */
  void readSessions(int resultBytesMax, Consumer<Session> sink) throws SQLException {
    try (PreparedStatement statement =
        writer
            .connection()
            .prepareStatement(
                "SELECT opened, id, last_used, last_sequence, last_index, last_insert_rowid,"
                    + " changes, total_changes,"
                    + " CASE WHEN length(last_result) <= ? THEN last_result END,"
                    + " coalesce(length(last_result), 0)"
                    + " FROM sqlite_lockstep_session")) {
      statement.setInt(1, resultBytesMax);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ByteBuffer id = ByteBuffer.wrap(row.getBytes(2));
          sink.accept(
              new Session(
                  new SessionId(id.getLong(), id.getLong()),
                  row.getLong(1),
                  row.getLong(4),
                  row.getLong(5),
                  row.getLong(3),
                  row.getBytes(9),
                  row.getInt(10),
                  new SessionValues(row.getLong(6), row.getLong(7), row.getLong(8))));
        }
      }
    }
  }

  void writeSession(Session session) throws SQLException {
    if (session.result() == null && session.lastSequence() > 0) {
      // Its result stands in the file alone and is as it was.
      touchSession.setLong(1, session.lastUsedMillis());
      touchSession.setLong(2, session.opened());
      touchSession.execute();
      return;
    }
    writeSession.setLong(1, session.opened());
    writeSession.setBytes(2, bytesOf(session.id().high(), session.id().low()));
    writeSession.setLong(3, session.lastUsedMillis());
    writeSession.setLong(4, session.lastSequence());
    writeSession.setLong(5, session.lastIndex());
    writeSession.setLong(6, session.values().lastInsertRowid());
    writeSession.setLong(7, session.values().changes());
    writeSession.setLong(8, session.values().totalChanges());
    writeSession.setBytes(9, session.result());
    writeSession.execute();
  }

  void deleteSession(long opened) throws SQLException {
    deleteSession.setLong(1, opened);
    deleteSession.execute();
  }

  /** Reads all named locks. */
  void readLocks(Consumer<LockTable.Lock> sink) throws SQLException {
    try (Statement statement = writer.connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT name, session, opened, count FROM sqlite_lockstep_lock")) {
      while (row.next()) {
        ByteBuffer id = ByteBuffer.wrap(row.getBytes(2));
        sink.accept(
            new LockTable.Lock(
                row.getString(1),
                new SessionId(id.getLong(), id.getLong()),
                row.getLong(3),
                row.getInt(4)));
      }
    }
  }

  void writeLock(LockTable.Lock lock) throws SQLException {
    writeLock.setString(1, lock.name());
    writeLock.setBytes(2, bytesOf(lock.session().high(), lock.session().low()));
    writeLock.setLong(3, lock.opened());
    writeLock.setInt(4, lock.count());
    writeLock.execute();
  }

  void deleteLock(String name) throws SQLException {
    deleteLock.setString(1, name);
    deleteLock.execute();
  }

  /** The stored result of a session's last write. */
  byte[] readResult(Session session) throws SQLException {
    readResult.setLong(1, session.opened());
    try (ResultSet row = readResult.executeQuery()) {
      byte[] result = row.next() ? row.getBytes(1) : null;
      if (result == null) {
        throw new SQLException("session " + session.id() + " has no stored result");
      }
      return result;
    }
  }

  /**
   * Whether a constraint of the schema may be deferred to the end of the transaction. Any other
   * mention of the word has the same cautious consequence.
   */
  boolean defersConstraints() throws SQLException {
    return schemaHas("sql LIKE '%deferr%'");
  }

  /** Whether the schema has a table of full-text search, whose writes are stored at the commit. */
  boolean hasFullTextTables() throws SQLException {
    return schemaHas("type = 'table' AND rootpage = 0 AND sql LIKE '%fts%'");
  }

  /** Whether a trigger, a view or a default may call a function of the session. */
  @Override
  public boolean schemaUsesSession() throws SQLException {
    return schemaHas("sql LIKE '%changes%' OR sql LIKE '%last_insert_rowid%'");
  }

  /**
   * A foreign key to a table behind a virtual table makes its module fail in the middle of a write,
   * or while a transaction commits: FTS5 then says that the file is damaged, or calls itself until
   * the process has no stack left, because its own statements need a savepoint then, and a
   * savepoint makes it write.
   */
  @Override
  public String referringToShadowTable() throws SQLException {
    if (!schemaHas("type = 'table' AND rootpage = 0") || !schemaHas("sql LIKE '%references%'")) {
      return null;
    }
    try (Statement statement = writer.connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT t.name FROM main.sqlite_schema AS t,"
                    + " pragma_foreign_key_list(t.name, 'main') AS f WHERE t.type = 'table'"
                    + " AND f.\"table\" COLLATE NOCASE IN (SELECT name FROM pragma_table_list"
                    + " WHERE schema = 'main' AND type = 'shadow') LIMIT 1")) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private boolean schemaHas(String condition) throws SQLException {
    try (Statement statement = writer.connection().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE " + condition + ")")) {
      return row.next() && row.getInt(1) > 0;
    }
  }

  /** Whether an AUTOINCREMENT table has given out the greatest rowid there is. */
  boolean isSequenceUsedUp() throws SQLException {
    try (Statement statement = writer.connection().createStatement()) {
      try (ResultSet table =
          statement.executeQuery("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")) {
        if (!table.next()) {
          return false;
        }
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT 1 FROM sqlite_sequence WHERE CAST(seq AS INTEGER) = " + Long.MAX_VALUE)) {
        return row.next();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    try (writer) {
      SQLException failure = null;
      for (PreparedStatement statement : statements) {
        try {
          statement.close();
        } catch (SQLException e) {
          failure = e;
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = writer.connection().prepareStatement(sql);
    statements.add(statement);
    return statement;
  }

  private static byte[] bytesOf(Digest digest) {
    return bytesOf(digest.high(), digest.low());
  }

  private static byte[] bytesOf(long high, long low) {
    return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }
}
