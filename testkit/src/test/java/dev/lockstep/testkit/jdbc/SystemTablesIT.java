package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema {@code lockstep} as applications and tools see it. */
final class SystemTablesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;

  private static LocalCluster nodes;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE machine(node_id TEXT PRIMARY KEY, rack TEXT)");
      statement.execute("INSERT INTO machine VALUES ('n1', 'A'), ('n2', 'B'), ('n9', 'C')");
      statement.execute("CREATE TABLE sessions(mine TEXT)");
      statement.execute("CREATE TABLE work(a)");
    }
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  @BeforeEach
  void allNodesRun() throws Exception {
    for (String id : List.of("n1", "n2", "n3")) {
      if (!nodes.running().contains(id)) {
        nodes.start(id);
      }
    }
    nodes.awaitLeader(PATIENCE);
  }

  private static Connection connect() throws SQLException {
    return connect("");
  }

  private static Connection connect(String properties) throws SQLException {
    return DriverManager.getConnection(nodes.jdbcUrl() + "?failoverTimeout=60s" + properties);
  }

  private static List<String> query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.append(i == 1 ? "" : "|").append(rows.getString(i));
        }
        all.add(row.toString());
      }
      return all;
    }
  }

  private static List<String> query(String sql) throws SQLException {
    try (Connection connection = connect()) {
      return query(connection, sql);
    }
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(PATIENCE).until(condition);
  }

  @Test
  void anyNodeTellsOfAllNodes() throws SQLException {
    for (String id : List.of("n1", "n2", "n3")) {
      try (Connection connection =
          DriverManager.getConnection(
              nodes.jdbcUrl(id) + "?targetServerType=preferFollower&readOnly=true")) {
        assertThat(query(connection, "SELECT node_id FROM lockstep.nodes ORDER BY 1"))
            .containsExactly("n1", "n2", "n3");
        assertThat(
                query(
                    connection,
                    "SELECT count(*), sum(reachable), sum(answers), sum(role = 'leader'),"
                        + " count(DISTINCT leader), count(DISTINCT term), min(applied_index) > 0,"
                        + " min(sqlite_version) LIKE '3.%', max(fault) FROM lockstep.nodes"))
            .containsExactly("3|3|1|1|1|1|1|1|");
      }
    }
  }

  @Test
  void systemTablesAreJoinedWithOnesOwn() throws SQLException {
    assertThat(
            query(
                "WITH far AS (SELECT * FROM machine WHERE rack <> 'A')"
                    + " SELECT coalesce(n.node_id, far.node_id), rack, n.port IS NULL"
                    + " FROM lockstep.nodes AS n FULL JOIN far USING (node_id)"
                    + " WHERE rack IS NOT NULL ORDER BY 1"))
        .containsExactly("n2|B|0", "n9|C|1");
    assertThat(
            query(
                "SELECT count(*) FROM lockstep.nodes WHERE node_id IN (SELECT node_id FROM"
                    + " main.machine) AND EXISTS (SELECT 1 FROM lockstep.databases WHERE name ="
                    + " 'shop')"))
        .hasSize(1);
  }

  @Test
  void onesOwnTablesOfTheSameNamesAreNotHidden() throws SQLException {
    assertThat(query("SELECT count(*), count(mine) FROM sessions")).containsExactly("0|0");
    assertThat(query("SELECT lockstep.node_id FROM machine AS lockstep ORDER BY 1"))
        .containsExactly("n1", "n2", "n9");
    assertThatThrownBy(() -> query("SELECT * FROM nodes")).hasMessageContaining("no such table");
  }

  @Test
  void columnsHaveTheirTypes() throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT node_id, port, applied_index, reachable FROM lockstep.nodes WHERE node_id ="
                    + " ?");
        PreparedStatement sessions =
            connection.prepareStatement("SELECT last_used FROM lockstep.sessions")) {
      ResultSetMetaData described = statement.getMetaData();
      statement.setString(1, "n2");
      try (ResultSet rows = statement.executeQuery()) {
        for (ResultSetMetaData columns : List.of(described, rows.getMetaData())) {
          assertThat(columns.getColumnType(1)).isEqualTo(Types.VARCHAR);
          assertThat(columns.getColumnType(2)).isEqualTo(Types.INTEGER);
          assertThat(columns.getColumnType(3)).isEqualTo(Types.BIGINT);
          assertThat(columns.getColumnType(4)).isEqualTo(Types.BOOLEAN);
          assertThat(columns.getColumnTypeName(4)).isEqualTo("BOOLEAN");
        }
        assertThat(rows.next()).isTrue();
        assertThat(rows.getObject(3)).isInstanceOf(Long.class);
        assertThat(rows.getObject(4)).isEqualTo(true);
        assertThat(rows.next()).isFalse();
      }
      try (Statement write = connection.createStatement()) {
        write.execute("INSERT INTO work VALUES (1)");
      }
      try (ResultSet rows = sessions.executeQuery()) {
        assertThat(rows.getMetaData().getColumnType(1)).isEqualTo(Types.TIMESTAMP);
        assertThat(rows.next()).isTrue();
        assertThat(rows.getTimestamp(1).toInstant())
            .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
      }
    }
  }

  @Test
  void aHeldLockIsSeenWithItsSession() throws SQLException {
    String locks =
        "SELECT l.name, l.count, s.last_sequence > 0 FROM lockstep.locks l JOIN lockstep.sessions s"
            + " USING (session_id)";
    try (Connection holder = connect()) {
      query(holder, "SELECT lockstep_lock('nightly', 0)");
      query(holder, "SELECT lockstep_lock('nightly', 0)");

      assertThat(query(locks)).containsExactly("nightly|2|1");
      try (Connection follower = connect("&targetServerType=preferFollower&readOnly=true")) {
        assertThat(query(follower, locks)).containsExactly("nightly|2|1");
      }
    }
    await("the lock's end", () -> query(locks).isEmpty());
  }

  @Test
  void openTransactionsAreSeen() throws SQLException {
    String transactions =
        "SELECT mode, state, steps, writes, session_id IS NOT NULL, age_millis >= idle_millis,"
            + " began <= datetime('now', '+1 minute') FROM lockstep.transactions ORDER BY mode";
    try (Connection writing = connect();
        Connection reading = connect("&readOnly=true");
        Connection looking = connect()) {
      reading.setAutoCommit(false);
      try (Statement statement = writing.createStatement()) {
        // Opens the session.
        statement.execute("INSERT INTO work VALUES (1)");
        writing.setAutoCommit(false);
        statement.execute("INSERT INTO work VALUES (2)");
        statement.execute("INSERT INTO work VALUES (3)");
      }
      query(reading, "SELECT count(*) FROM work");

      assertThat(query(looking, transactions))
          .containsExactly("queued|active|2|1|1|1|1", "read only|active|0|0|0|1|1");

      writing.rollback();
      reading.rollback();
      assertThat(query(looking, transactions)).isEmpty();
    }
  }

  @Test
  void statementsAreCountedWithoutTheirLiterals() throws SQLException {
    String counted =
        "SELECT calls, errors, rows, total_millis > 0 AND max_millis <= total_millis FROM"
            + " lockstep.statements WHERE text = '%s'";
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        PreparedStatement prepared =
            connection.prepareStatement("INSERT INTO work(a) VALUES (?) /* batch */")) {
      for (int i = 0; i < 5; i++) {
        statement.execute("INSERT INTO  work VALUES (" + i + "), ('secret " + i + "')");
      }
      for (int i = 0; i < 3; i++) {
        prepared.setInt(1, i);
        prepared.addBatch();
      }
      prepared.executeBatch();
      assertThatThrownBy(() -> statement.execute("INSERT INTO work VALUES (1, 2)"));
      statement.setFetchSize(2);
      try (ResultSet rows =
          statement.executeQuery("SELECT column1 FROM (VALUES (1), (2), (3), (4), (5))")) {
        while (rows.next()) {
          rows.getInt(1);
        }
      }

      assertThat(query(connection, counted.formatted("INSERT INTO work VALUES (?), (?)")))
          .containsExactly("5|0|10|1");
      assertThat(query(connection, counted.formatted("INSERT INTO work(a) VALUES (?)")))
          .containsExactly("3|0|3|1");
      assertThat(query(connection, counted.formatted("INSERT INTO work VALUES (?, ?)")))
          .containsExactly("1|1|0|1");
      assertThat(
              query(
                  connection,
                  counted.formatted("SELECT column1 FROM (VALUES (?), (?), (?), (?), (?))")))
          .containsExactly("1|0|5|1");
      assertThat(
              query(
                  connection,
                  "SELECT count(*) FROM lockstep.statements WHERE text LIKE '%secret%'"))
          .containsExactly("0");
    }
  }

  @Test
  void aKilledLeaderIsShown() throws Exception {
    String leader = nodes.awaitLeader(PATIENCE);
    nodes.kill(leader);
    await("another leader", () -> nodes.leader().filter(id -> !id.equals(leader)).isPresent());

    assertThat(
            query(
                "SELECT node_id, reachable, role, applied_index FROM lockstep.nodes WHERE NOT"
                    + " reachable"))
        .containsExactly(leader + "|0|null|null");
    assertThat(query("SELECT count(*) FROM lockstep.nodes WHERE role = 'leader'"))
        .containsExactly("1");

    nodes.start(leader);
    await(
        "the node's return",
        () -> query("SELECT sum(reachable) FROM lockstep.nodes").equals(List.of("3")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "42501 | INSERT INTO lockstep.nodes(node_id) VALUES ('n4') | can only be read",
        "42501 | UPDATE lockstep.locks SET count = 0 | can only be read",
        "42501 | DELETE FROM lockstep.sessions | can only be read",
        "42501 | DROP TABLE lockstep.nodes | can only be read",
        "42501 | CREATE TABLE lockstep.more(a) | can only be read",
        "42501 | CREATE TABLE IF NOT EXISTS lockstep.nodes(a) | can only be read",
        "42501 | ALTER TABLE lockstep.nodes ADD COLUMN a | can only be read",
        "42501 | CREATE INDEX lockstep.i ON nodes(port) | can only be read",
        "0AL01 | INSERT INTO work SELECT port FROM lockstep.nodes | replicas would write",
        "0AL01 | DELETE FROM work WHERE a IN (SELECT port FROM lockstep.nodes) | replicas would",
        "0AL01 | CREATE TABLE more AS SELECT * FROM lockstep.nodes | replicas would write",
        "0AL01 | SELECT lockstep_lock('x', 0) FROM lockstep.nodes | replicas would write",
        "42501 | CREATE VIEW w AS SELECT * FROM lockstep.nodes | cannot reference objects in",
        "0AL01 | SELECT 1 FROM lockstep.nodes; INSERT INTO work VALUES (1) | by itself",
        "42P01 | SELECT * FROM lockstep.nodez | did you mean nodes?",
        "42703 | SELECT nod_id FROM lockstep.nodes | did you mean node_id?",
        "42P01 | SELECT * FROM lockstep.nodes, nowhere | no such table: nowhere"
      })
  void whatDoesMoreThanReadIsRefused(String sqlState, String sql, String why) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (boolean autoCommit : new boolean[] {true, false}) {
        connection.setAutoCommit(autoCommit);
        assertThatThrownBy(() -> statement.execute(sql))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState))
            .hasMessageContaining(why);
      }
      connection.rollback();
    }
  }

  @Test
  void aReadOnlyTransactionSeesThemAsTheyWere() throws SQLException {
    try (Connection reading = connect("&readOnly=true");
        Connection other = connect()) {
      reading.setAutoCommit(false);
      String joined =
          "SELECT count(DISTINCT l.name), count(DISTINCT a) FROM work, lockstep.locks l";
      List<String> before = query(reading, joined);
      try (Statement writing = other.createStatement()) {
        writing.execute("INSERT INTO work VALUES ('later')");
        query(other, "SELECT lockstep_lock('later', 0)");
      }

      assertThat(query(reading, joined)).isEqualTo(before);
      assertThat(query(reading, "SELECT count(*) FROM lockstep.nodes")).containsExactly("3");
      reading.rollback();
      assertThat(query(reading, "SELECT count(*) FROM lockstep.locks WHERE name = 'later'"))
          .containsExactly("1");
      reading.rollback();
    }
  }

  @Test
  void aTransactionThatMayWriteReadsThemBesideItself() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      assertThat(
              query(connection, "SELECT count(*) FROM lockstep.nodes JOIN machine USING (node_id)"))
          .containsExactly("2");
      statement.execute("INSERT INTO machine VALUES ('n3', 'D')");
      assertThat(query(connection, "SELECT count(*) FROM lockstep.nodes")).containsExactly("3");
      assertThatThrownBy(
              () -> query(connection, "SELECT * FROM lockstep.nodes JOIN machine USING (node_id)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0AL01"))
          .hasMessageContaining("machine");
      statement.execute("CREATE TABLE inside(a)");
      assertThat(query(connection, "SELECT min(name) FROM lockstep.databases"))
          .containsExactly("shop");
      assertThatThrownBy(() -> statement.execute("INSERT INTO inside SELECT 1 FROM lockstep.locks"))
          .hasMessageContaining("replicas would write");
      statement.execute("DROP TABLE inside");
      statement.execute("DELETE FROM machine WHERE node_id = 'n3'");
      connection.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"autocommit", "writing", "read only", "closed early", "failing"})
  void nothingIsLeft(String how) throws Exception {
    String rows =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)"
            + " SELECT i, node_id FROM n, lockstep.nodes";
    long before = openStateFiles();
    try (Connection connection = connect(how.equals("read only") ? "&readOnly=true" : "");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(!how.equals("writing") && !how.equals("read only"));
      for (int i = 0; i < 10; i++) {
        statement.setFetchSize(100);
        if (how.equals("failing")) {
          assertThatThrownBy(
              () -> query(connection, "SELECT abs(-9223372036854775808) FROM lockstep.nodes"));
        } else {
          try (ResultSet result = statement.executeQuery(rows)) {
            assertThat(result.next()).isTrue();
            while (!how.equals("closed early") && result.next()) {
              assertThat(result.getInt(1)).isPositive();
            }
          }
        }
      }
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
    }
    await(
        "readers given back",
        () ->
            nodes.running().stream()
                .allMatch(id -> nodes.status(id).values().get("readers.inUse").equals("0")));
    // A reader of the pool may have been opened meanwhile, but not ten.
    assertThat(openStateFiles() - before).isLessThanOrEqualTo(3);
  }

  /** Descriptors of the nodes' database files in this process. */
  private static long openStateFiles() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(
              descriptor -> {
                try {
                  return Files.readSymbolicLink(descriptor).endsWith("data.db");
                } catch (IOException closedMeanwhile) {
                  return false;
                }
              })
          .count();
    }
  }

  @Test
  void theirDefinitionsCanBeRead() throws SQLException {
    assertThat(new TreeSet<>(query("SELECT name FROM lockstep.sqlite_schema WHERE type = 'table'")))
        .containsExactly("databases", "locks", "nodes", "sessions", "statements", "transactions");
    assertThat(query("EXPLAIN QUERY PLAN SELECT * FROM lockstep.nodes")).isNotEmpty();
  }

  private static List<String> names(ResultSet rows, String... columns) throws SQLException {
    List<String> names = new ArrayList<>();
    while (rows.next()) {
      StringBuilder name = new StringBuilder();
      for (String column : columns) {
        name.append(name.length() == 0 ? "" : "|").append(rows.getString(column));
      }
      names.add(name.toString());
    }
    return names;
  }

  @Test
  void metadataShowsThemToThoseWhoAskForTheirSchema() throws SQLException {
    try (Connection connection = connect()) {
      DatabaseMetaData metadata = connection.getMetaData();
      for (boolean autoCommit : new boolean[] {true, false}) {
        connection.setAutoCommit(autoCommit);
        try (ResultSet tables = metadata.getTables(null, "lockstep", "%", null)) {
          assertThat(names(tables, "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE"))
              .containsExactly(
                  "lockstep|databases|SYSTEM TABLE",
                  "lockstep|locks|SYSTEM TABLE",
                  "lockstep|nodes|SYSTEM TABLE",
                  "lockstep|sessions|SYSTEM TABLE",
                  "lockstep|statements|SYSTEM TABLE",
                  "lockstep|transactions|SYSTEM TABLE");
        }
        try (ResultSet columns = metadata.getColumns(null, "lockstep", "lo%", "%")) {
          assertThat(names(columns, "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "TYPE_NAME"))
              .containsExactly(
                  "lockstep|locks|name|TEXT",
                  "lockstep|locks|session_id|TEXT",
                  "lockstep|locks|count|INTEGER");
        }
      }
      connection.rollback();
      try (ResultSet tables =
          metadata.getTables(null, "LOCKSTEP", "n_des", new String[] {"SYSTEM TABLE"})) {
        assertThat(names(tables, "TABLE_NAME")).containsExactly("nodes");
      }
      try (ResultSet tables = metadata.getTables(null, "lockstep", "%", new String[] {"TABLE"})) {
        assertThat(names(tables, "TABLE_NAME")).isEmpty();
      }
      try (ResultSet schemas = metadata.getSchemas(null, "lockstep")) {
        assertThat(names(schemas, "TABLE_SCHEM")).containsExactly("lockstep");
      }
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "%", "main", "lock%", "lockste_"})
  void metadataHidesThemFromAllOthers(String schema) throws SQLException {
    try (Connection connection = connect()) {
      DatabaseMetaData metadata = connection.getMetaData();
      try (ResultSet tables = metadata.getTables(null, schema, "%", null);
          ResultSet columns = metadata.getColumns(null, schema, "%", "%");
          ResultSet schemas = metadata.getSchemas(null, schema)) {
        assertThat(names(tables, "TABLE_SCHEM")).isSubsetOf("main");
        assertThat(names(columns, "TABLE_SCHEM")).isSubsetOf("main");
        assertThat(names(schemas, "TABLE_SCHEM")).isSubsetOf("main");
      }
    }
  }

  @Test
  void theirResultsCannotBeChanged() throws SQLException {
    try (Connection connection = connect();
        Statement create = connection.createStatement();
        Statement statement =
            connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
      create.execute("CREATE TABLE locks(name TEXT PRIMARY KEY, session_id, count)");
      try (ResultSet rows = statement.executeQuery("SELECT * FROM lockstep.locks")) {
        assertThat(rows.getConcurrency()).isEqualTo(ResultSet.CONCUR_READ_ONLY);
      } finally {
        create.execute("DROP TABLE locks");
      }
    }
  }
}
