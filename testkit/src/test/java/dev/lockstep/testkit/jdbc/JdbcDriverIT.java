package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.testkit.LocalCluster;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The driver against three real nodes. */
final class JdbcDriverIT {
  @TempDir static Path directory;

  private static LocalCluster nodes;

  private Connection connection;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
  }

  private static String leader() {
    return nodes.awaitLeader(Duration.ofSeconds(30));
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection(nodes.jdbcUrl());
    dropAll();
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  private void dropAll() throws SQLException {
    List<String> drops = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT 'DROP ' || type || ' \"' || name || '\"' FROM sqlite_schema WHERE type IN"
                    + " ('view','table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY"
                    + " type DESC, rowid DESC")) {
      while (rows.next()) {
        drops.add(rows.getString(1));
      }
    }
    for (String drop : drops) {
      update(drop);
    }
  }

  private int update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  // ---- errors

  @Test
  void aTextThatIsTooLongWithTheKeysAskedForIsRefusedAndNothingStops() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)");
    String insert = "INSERT INTO t(name) VALUES (1)";
    String before = "INSERT INTO t(name) VALUES ('";
    String longest = before + "x".repeat((1 << 20) - before.length() - 2) + "')";
    assertThat(update(longest)).isEqualTo(1);
    for (boolean autoCommit : new boolean[] {true, false}) {
      connection.setAutoCommit(autoCommit);
      try (Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.executeUpdate(longest, Statement.RETURN_GENERATED_KEYS))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"));
        assertThat(statement.executeUpdate(insert, Statement.RETURN_GENERATED_KEYS)).isEqualTo(1);
      }
      if (!autoCommit) {
        connection.commit();
      }
    }
    connection.setAutoCommit(true);
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSERT INTO t(id, code, name) VALUES (1, 'a', 'x') | 23505 | UNIQUE constraint failed:"
            + " t.id",
        "INSERT INTO t(id, code, name) VALUES (2, 'a', 'x') | 23505 | UNIQUE constraint failed:"
            + " t.code",
        "INSERT INTO t(id, code) VALUES (2, 'b')            | 23502 | NOT NULL constraint failed:"
            + " t.name",
        "INSERT INTO t VALUES (2, 'b', 'x', -1, null)       | 23514 | CHECK constraint failed",
        "INSERT INTO t VALUES (2, 'b', 'x', 1, 99)          | 23503 | FOREIGN KEY constraint"
            + " failed",
        "DELETE FROM p                                      | 23503 | FOREIGN KEY constraint"
            + " failed",
      })
  void constraintsHaveTheirStatesInAutocommitAndInTransactions(
      String sql, String state, String message) throws SQLException {
    update("CREATE TABLE p(id INTEGER PRIMARY KEY)");
    update(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT NOT NULL,"
            + " n INT CHECK (n > 0), p INT REFERENCES p(id))");
    update("INSERT INTO p VALUES (1)");
    update("INSERT INTO t VALUES (1, 'a', 'x', 1, 1)");
    for (boolean autoCommit : new boolean[] {true, false}) {
      connection.setAutoCommit(autoCommit);
      assertThatThrownBy(() -> update(sql))
          .isInstanceOf(SQLIntegrityConstraintViolationException.class)
          .hasMessageContaining(message)
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo(state);
                assertThat(e.getErrorCode()).isEqualTo(19);
              });
    }
    connection.rollback();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELEC 1                          | 42601",
        "SELECT * FROM nowhere            | 42P01",
        "SELECT no_column FROM sqlite_schema | 42703",
        "SELECT nofunction(1)             | 42883",
      })
  void wrongStatementsAreSyntaxErrors(String sql, String state) {
    assertThatThrownBy(() -> update(sql))
        .isInstanceOf(SQLSyntaxErrorException.class)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  @Test
  void aValueThatAStrictTableRefusesIsADataError() throws SQLException {
    update("CREATE TABLE s(id INTEGER PRIMARY KEY, n INT) STRICT");
    assertThatThrownBy(() -> update("INSERT INTO s VALUES (1, 'x')"))
        .isInstanceOf(SQLDataException.class);
  }

  @Test
  void aQueryForAnUpdateAndAnUpdateForAQueryAreRefusedBeforeTheyHaveAnEffect() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("INSERT INTO t VALUES (1)"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> statement.executeUpdate("SELECT 1"))
          .isInstanceOf(SQLException.class);
    }
    assertThat(number("SELECT count(*) FROM t")).isZero();
  }

  // ---- keys and batches

  @Test
  void generatedKeysComeBackByFlagAndByName() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)");
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO t(name) VALUES (?), (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, "a");
      insert.setString(2, "b");
      assertThat(insert.executeUpdate()).isEqualTo(2);
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertThat(keys.getMetaData().getColumnLabel(1)).isEqualTo("id");
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong("id")).isEqualTo(1);
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong(1)).isEqualTo(2);
        assertThat(keys.next()).isFalse();
      }
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO t(name) VALUES (?)", new String[] {"id", "at"})) {
      insert.setString(1, "c");
      insert.executeUpdate();
      ResultSet keys = insert.getGeneratedKeys();
      assertThat(keys.next()).isTrue();
      assertThat(keys.getInt("id")).isEqualTo(3);
      assertThat(keys.getTimestamp("at").toInstant())
          .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    }
    assertThat(number("SELECT last_insert_rowid()")).isEqualTo(3);
  }

  @Test
  void generatedKeysComeBackByTheColumnsPlaces() throws SQLException {
    update("CREATE TABLE \"a_b\"(name TEXT, id INTEGER PRIMARY KEY)");
    update("CREATE TABLE axb(other TEXT)");
    try (Statement insert = connection.createStatement()) {
      insert.executeUpdate("INSERT INTO main.a_b(name) VALUES ('into')", new int[] {2, 1});
      ResultSet keys = insert.getGeneratedKeys();
      assertThat(keys.next()).isTrue();
      assertThat(keys.getInt("id")).isEqualTo(1);
      assertThat(keys.getString(2)).isEqualTo("into");
      assertThatThrownBy(
              () -> insert.executeUpdate("INSERT INTO a_b(name) VALUES ('x')", new int[] {3}))
          .hasMessageContaining("column 3 of 2");
      assertThatThrownBy(
              () -> insert.executeUpdate("INSERT INTO nowhere VALUES ('x')", new int[] {1}))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
    }
    assertThat(number("SELECT count(*) FROM a_b")).isEqualTo(1);
  }

  @Test
  void aBatchIsOneCommandWithAllItsKeys() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT)");
    long before = appliedIndex();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO t(name) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
      for (int i = 0; i < 1_000; i++) {
        insert.setString(1, "name " + i);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(1_000).containsOnly(1);
      int keys = 0;
      for (ResultSet rows = insert.getGeneratedKeys(); rows.next(); ) {
        assertThat(rows.getInt(1)).isEqualTo(++keys);
      }
      assertThat(keys).isEqualTo(1_000);
    }
    assertThat(appliedIndex() - before).isLessThan(10);
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(1_000);
  }

  private static long appliedIndex() {
    return Long.parseLong(nodes.status(leader()).values().get("applied.index"));
  }

  @Test
  void aBatchThatFailsHalfwayChangesNothing() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
      for (int id : new int[] {1, 2, 1, 3}) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      BatchUpdateException e =
          catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);
      assertThat(e.getSQLState()).isEqualTo("23505");
      assertThat((Throwable) e)
          .hasMessageContaining("rolled back because of its entry 3: UNIQUE constraint");
      assertThat(e.getUpdateCounts()).hasSize(4).containsOnly(Statement.EXECUTE_FAILED);
      assertThat((Throwable) e.getNextException())
          .isInstanceOf(SQLIntegrityConstraintViolationException.class);
    }
    try (Statement batch = connection.createStatement()) {
      batch.addBatch("INSERT INTO t VALUES (1)");
      batch.addBatch("INSERT INTO t VALUES ('x')");
      assertThatThrownBy(batch::executeBatch).hasMessageContaining("because of its entry 2: ");
    }
    update("CREATE TABLE child(t INTEGER REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO child VALUES (?)")) {
      for (Integer parent : new Integer[] {77, null}) {
        insert.setObject(1, parent);
        insert.addBatch();
      }
      // It is looked at behind the last entry: nobody knows whose it is.
      assertThatThrownBy(insert::executeBatch).hasMessageContaining("rolled back: FOREIGN KEY");
    }
    update("DROP TABLE child");
    assertThat(number("SELECT count(*) FROM t")).isZero();
  }

  // ---- values and results

  @Test
  void valuesOfAllKindsComeBackAsTheyWereSet() throws SQLException {
    update(
        "CREATE TABLE v(i INTEGER, r REAL, t TEXT, b BLOB, d DECIMAL(10,2), bo BOOLEAN,"
            + " ts TIMESTAMP, da DATE)");
    Timestamp now = Timestamp.from(Instant.parse("2026-11-24T06:00:00.123456Z"));
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO v VALUES (?,?,?,?,?,?,?,?)")) {
      insert.setLong(1, Long.MIN_VALUE);
      insert.setDouble(2, Math.PI);
      insert.setString(3, "Grüße 😀");
      insert.setBytes(4, new byte[] {0, 1, -1});
      insert.setBigDecimal(5, new BigDecimal("10.50"));
      insert.setBoolean(6, true);
      insert.setTimestamp(7, now);
      insert.setDate(8, Date.valueOf("2026-11-24"));
      assertThat(insert.executeUpdate()).isEqualTo(1);
      insert.setObject(1, null);
      insert.setNull(2, Types.REAL);
      insert.setNull(3, Types.VARCHAR);
      insert.setBytes(4, null);
      insert.setBigDecimal(5, null);
      insert.setNull(6, Types.BOOLEAN);
      insert.setTimestamp(7, null);
      insert.setDate(8, null);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM v ORDER BY rowid")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getObject("i")).isEqualTo(Long.MIN_VALUE);
      assertThat(rows.getObject("r")).isEqualTo(Math.PI);
      assertThat(rows.getObject("t")).isEqualTo("Grüße 😀");
      assertThat(rows.getObject("b")).isEqualTo(new byte[] {0, 1, -1});
      assertThat(rows.getObject("d")).isEqualTo(new BigDecimal("10.50"));
      assertThat(rows.getObject("bo")).isEqualTo(true);
      assertThat(rows.getObject("ts")).isEqualTo(now);
      assertThat(rows.getObject("da")).isEqualTo(Date.valueOf("2026-11-24"));
      assertThat(rows.getMetaData().getColumnType(7)).isEqualTo(Types.TIMESTAMP);
      assertThat(rows.next()).isTrue();
      for (int i = 1; i <= 8; i++) {
        assertThat(rows.getObject(i)).isNull();
      }
    }
  }

  @Test
  void twoHundredThousandRowsAreStreamed() throws SQLException {
    String sql =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
            + " SELECT i, 'row ' || i AS name FROM n";
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1_000);
      long count = 0;
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          count++;
          assertThat(rows.getLong(1)).isEqualTo(count);
        }
      }
      assertThat(count).isEqualTo(200_000);
    }
    assertThat(openCursors()).isZero();
  }

  @Test
  void openResultsAreIndependentAndGivenBackWhenTheyAreClosed() throws SQLException {
    String sql =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            + " SELECT i FROM n";
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    try (Statement one = connection.createStatement();
        Statement two = connection.createStatement()) {
      one.setFetchSize(10);
      two.setFetchSize(10);
      ResultSet first = one.executeQuery(sql);
      ResultSet second = two.executeQuery(sql);
      for (int i = 1; i <= 500; i++) {
        assertThat(first.next()).isTrue();
        assertThat(second.next()).isTrue();
        assertThat(first.getInt(1) + second.getInt(1)).isEqualTo(2 * i);
        if (i % 100 == 0) {
          update("INSERT INTO t VALUES (" + i + ")");
        }
      }
      assertThat(openCursors()).isEqualTo(2);
    }
    await().until(() -> openCursors() == 0);
  }

  private static int openCursors() {
    return Integer.parseInt(nodes.status(leader()).values().get("cursors"));
  }

  @Test
  void aTextOfSeveralStatementsIsRunWhole() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1),(2);"
              + " SELECT count(*) FROM t; DELETE FROM t");
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(2);
      assertThat(statement.getMoreResults()).isTrue();
      ResultSet rows = statement.getResultSet();
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(2);
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(2);
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(-1);
    }
  }

  @Test
  void aPreparedStatementIsDescribedBeforeItIsRun() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY, name VARCHAR(20))");
    try (PreparedStatement query =
            connection.prepareStatement("SELECT id, name FROM t WHERE id = ?");
        PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?,?)")) {
      assertThat(query.getMetaData().getColumnCount()).isEqualTo(2);
      assertThat(query.getMetaData().getColumnTypeName(2)).isEqualTo("VARCHAR");
      assertThat(query.getParameterMetaData().getParameterCount()).isEqualTo(1);
      assertThat(insert.getMetaData()).isNull();
    }
  }

  // ---- transactions

  @Test
  void savepointsUndoAPartOfATransaction() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    connection.setAutoCommit(false);
    update("INSERT INTO t VALUES (1)");
    Savepoint savepoint = connection.setSavepoint("a");
    update("INSERT INTO t VALUES (2)");
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(2);
    connection.rollback(savepoint);
    update("INSERT INTO t VALUES (3)");
    connection.releaseSavepoint(savepoint);
    Savepoint unnamed = connection.setSavepoint();
    update("INSERT INTO t VALUES (4)");
    connection.rollback(unnamed);
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(number("SELECT sum(id) FROM t")).isEqualTo(4);
  }

  @Test
  void aTransactionSeesItselfAndOthersSeeItAfterItsCommit() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    try (Connection other = DriverManager.getConnection(nodes.jdbcUrl());
        Statement look = other.createStatement()) {
      connection.setAutoCommit(false);
      update("INSERT INTO t VALUES (1)");
      update("CREATE TABLE u(id INTEGER)");
      try (ResultSet tables = connection.getMetaData().getTables(null, "main", "u", null)) {
        assertThat(tables.next()).isTrue();
      }
      try (ResultSet rows = look.executeQuery("SELECT count(*) FROM t")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isZero();
      }
      connection.commit();
      try (ResultSet rows = look.executeQuery("SELECT count(*) FROM t, u")) {
        assertThat(rows.next()).isTrue();
      }
      update("INSERT INTO t VALUES (2)");
      connection.rollback();
      connection.setAutoCommit(true);
      assertThat(number("SELECT count(*) FROM t")).isEqualTo(1);
    }
  }

  @Test
  void aReadOnlyConnectionRefusesWrites() throws SQLException {
    connection.setReadOnly(true);
    assertThatThrownBy(() -> update("CREATE TABLE t(id INTEGER)"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    assertThat(number("SELECT 1")).isEqualTo(1);
  }

  // ---- cancel and time limits

  private static final String ENDLESS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

  @Test
  void aRunningQueryIsCancelled() throws Exception {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(SQLException.class, () -> statement.executeQuery(ENDLESS)));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                statement.cancel();
                return failure.isDone();
              });
      assertThat(failure.get().getSQLState()).isEqualTo("57014");
      assertThat(number("SELECT 1")).isEqualTo(1);
    }
  }

  @Test
  void aQueryThatTakesTooLongIsStopped() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.executeQuery(ENDLESS))
          .isInstanceOf(SQLTimeoutException.class);
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }

  /** Longer than the driver waits before it asks a silent node for a sign of life. */
  @Test
  void aStatementThatTakesLongIsNotTakenForADeadNode() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    connection.setAutoCommit(false);
    update("INSERT INTO t VALUES (1)");
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(7);
      assertThatThrownBy(() -> statement.executeQuery(ENDLESS))
          .isInstanceOf(SQLTimeoutException.class);
    }
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(1);
  }

  // ---- metadata

  @Test
  void metadataTellsOfTablesKeysAndIndexes() throws SQLException {
    update("CREATE TABLE artist(id INTEGER PRIMARY KEY, name VARCHAR(120) NOT NULL)");
    update(
        "CREATE TABLE album(id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT DEFAULT 'x',"
            + " artist_id INT, price DECIMAL(10,2),"
            + " CONSTRAINT fk_artist FOREIGN KEY (artist_id) REFERENCES artist ON DELETE CASCADE)");
    update("CREATE UNIQUE INDEX album_title ON album(title, artist_id DESC)");
    update("CREATE VIEW titles AS SELECT title FROM album");
    DatabaseMetaData meta = connection.getMetaData();
    assertThat(meta.getDatabaseProductName()).isEqualTo("SQLite");
    assertThat(meta.getDatabaseMajorVersion()).isEqualTo(3);
    assertThat(column(meta.getTables(null, null, "%", null), "TABLE_NAME"))
        .containsExactly("sqlite_schema", "sqlite_sequence", "album", "artist", "titles");
    assertThat(column(meta.getTables(null, null, "%", new String[] {"VIEW"}), "TABLE_NAME"))
        .containsExactly("titles");
    assertThat(column(meta.getColumns(null, null, "album", "%"), "COLUMN_NAME"))
        .containsExactly("id", "title", "artist_id", "price");
    try (ResultSet id = meta.getColumns(null, "main", "album", "id")) {
      assertThat(id.next()).isTrue();
      assertThat(id.getInt("DATA_TYPE")).isEqualTo(Types.BIGINT);
      assertThat(id.getString("IS_AUTOINCREMENT")).isEqualTo("YES");
    }
    try (ResultSet price = meta.getColumns(null, "main", "album", "price")) {
      assertThat(price.next()).isTrue();
      assertThat(price.getInt("DATA_TYPE")).isEqualTo(Types.DECIMAL);
      assertThat(price.getInt("COLUMN_SIZE")).isEqualTo(10);
      assertThat(price.getInt("DECIMAL_DIGITS")).isEqualTo(2);
    }
    assertThat(column(meta.getColumns("MAIN", "MAIN", "ALBUM", "TITLE"), "COLUMN_NAME"))
        .containsExactly("title");
    assertThat(column(meta.getPrimaryKeys(null, null, "album"), "COLUMN_NAME"))
        .containsExactly("id");
    assertThat(column(meta.getIndexInfo(null, null, "album", true, false), "COLUMN_NAME"))
        .containsExactly("title", "artist_id");
    try (ResultSet key = meta.getImportedKeys(null, null, "album")) {
      assertThat(key.next()).isTrue();
      assertThat(key.getString("PKTABLE_NAME")).isEqualTo("artist");
      assertThat(key.getString("PKCOLUMN_NAME")).isEqualTo("id");
      assertThat(key.getString("FK_NAME")).isEqualTo("fk_artist");
      assertThat(key.getInt("DELETE_RULE")).isEqualTo(DatabaseMetaData.importedKeyCascade);
      assertThat(key.next()).isFalse();
    }
    assertThat(column(meta.getExportedKeys(null, null, "artist"), "FKTABLE_NAME"))
        .containsExactly("album");
  }

  @Test
  void aViewThatDoesNotWorkDoesNotSpoilTheColumnsOfOthers() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    update("CREATE TABLE gone(id INTEGER)");
    update("CREATE VIEW v AS SELECT id FROM gone");
    update("DROP TABLE gone");
    List<String> tables =
        column(connection.getMetaData().getColumns(null, null, "%", "%"), "TABLE_NAME");
    tables.removeIf(table -> table.startsWith("sqlite_"));
    assertThat(tables).containsExactly("t");
  }

  private static List<String> column(ResultSet rows, String label) throws SQLException {
    try (rows) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(label));
      }
      return values;
    }
  }

  // ---- failover

  @Test
  void aPoolGoesOnWhenTheLeaderIsKilled() throws Exception {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY, worker INT, n INT)");
    HikariConfig config = new HikariConfig();
    config.setDataSourceClassName("dev.lockstep.jdbc.LockstepDataSource");
    config.addDataSourceProperty("url", nodes.jdbcUrl());
    config.addDataSourceProperty("applicationName", "failover");
    config.setMaximumPoolSize(4);
    AtomicInteger acknowledged = new AtomicInteger();
    try (HikariDataSource pool = new HikariDataSource(config)) {
      List<CompletableFuture<Void>> workers = new ArrayList<>();
      List<SQLException> errors = new CopyOnWriteArrayList<>();
      for (int i = 0; i < 4; i++) {
        int worker = i;
        workers.add(
            CompletableFuture.runAsync(() -> insert(pool, worker, 300, acknowledged, errors)));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.get() > 200);
      String killed = leader();
      nodes.kill(killed);
      for (CompletableFuture<Void> worker : workers) {
        worker.get(60, TimeUnit.SECONDS);
      }
      assertThat(errors).isEmpty();
      assertThat(acknowledged.get()).isEqualTo(1_200);
      nodes.start(killed);
    }
    assertThat(number("SELECT count(*) FROM t")).isEqualTo(1_200);
    assertThat(number("SELECT count(DISTINCT worker * 1000 + n) FROM t")).isEqualTo(1_200);
  }

  private static void insert(
      HikariDataSource pool,
      int worker,
      int count,
      AtomicInteger acknowledged,
      List<SQLException> errors) {
    for (int n = 0; n < count; n++) {
      try (Connection one = pool.getConnection();
          PreparedStatement insert =
              one.prepareStatement("INSERT INTO t(worker, n) VALUES (?,?)")) {
        insert.setInt(1, worker);
        insert.setInt(2, n);
        insert.executeUpdate();
        acknowledged.incrementAndGet();
      } catch (SQLException e) {
        errors.add(e);
      }
    }
  }

  @Test
  void aTransactionGoesOnAtTheNextLeader() throws Exception {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    connection.setAutoCommit(false);
    update("INSERT INTO t VALUES (1)");
    String killed = leader();
    nodes.kill(killed);
    update("INSERT INTO t VALUES (2)");
    connection.commit();
    connection.setAutoCommit(true);
    assertThat(number("SELECT group_concat(id) = '1,2' FROM t")).isEqualTo(1);
    nodes.start(killed);
  }

  @Test
  void followersServeReadsOfReadOnlyConnections() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    update("INSERT INTO t VALUES (1)");
    for (String consistency : List.of("linearizable", "bounded", "local", "session")) {
      String properties = "?targetServerType=preferFollower&readConsistency=" + consistency;
      try (Connection reader = DriverManager.getConnection(nodes.jdbcUrl() + properties)) {
        reader.setReadOnly(true);
        try (Statement statement = reader.createStatement()) {
          await()
              .until(
                  () -> {
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM t");
                    return rows.next() && rows.getInt(1) == 1;
                  });
        }
      }
    }
  }

  @Test
  void nothingIsLeftOfAConnectionThatWasClosed() throws SQLException {
    update("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    connection.close();
    await()
        .until(
            () -> {
              Map<String, String> values = nodes.status(leader()).values();
              return values.get("connections").equals("0")
                  && values.get("transactions").equals("0")
                  && values.get("cursors").equals("0")
                  && values.get("readers.inUse").equals("0");
            });
  }
}
