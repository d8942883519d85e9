package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.testkit.LocalCluster;
import dev.lockstep.testkit.jdbc.TestedPool.Pool;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools with their habits, with leaders that are killed under them. */
final class PoolsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int WORKERS = 4;

  @TempDir static Path directory;
  private static LocalCluster cluster;

  @BeforeAll
  static void startNodes() throws Exception {
    cluster = LocalCluster.start(directory, 3);
  }

  @AfterAll
  static void stopNodes() {
    cluster.close();
  }

  @BeforeEach
  void makeTables() throws SQLException {
    leader();
    execute("DROP TABLE IF EXISTS entry");
    execute("DROP TABLE IF EXISTS account");
    execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, worker INT, n INT, UNIQUE (worker, n))");
    execute("CREATE TABLE account (worker INTEGER PRIMARY KEY, balance INT NOT NULL)");
    execute("INSERT INTO account VALUES (0, 0), (1, 0), (2, 0), (3, 0)");
  }

  private static String leader() {
    return cluster.awaitLeader(PATIENCE);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  // ---- leaders killed under load

  /** What happened, counted by all workers. */
  private static final class Tally {
    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicInteger[] perWorker = {
      new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger()
    };
    private final List<SQLException> errors = new CopyOnWriteArrayList<>();
  }

  @ParameterizedTest
  @EnumSource(TestedPool.class)
  void applicationsSeeNothingOfTwoLeadersThatAreKilled(TestedPool kind) throws Exception {
    Tally tally = new Tally();
    String url = cluster.jdbcUrl() + "?targetServerType=preferFollower&failoverTimeout=60s";
    try (Pool pool = kind.open(url)) {
      List<CompletableFuture<Void>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        int worker = i;
        workers.add(
            CompletableFuture.runAsync(
                () -> {
                  while (!tally.enough.get() && tally.errors.isEmpty()) {
                    round(pool, worker, tally);
                  }
                }));
      }
      try {
        for (int i = 0; i < 2; i++) {
          awaitRounds(tally, 60);
          String killed = leader();
          cluster.kill(killed);
          awaitRounds(tally, 60);
          cluster.start(killed);
        }
        awaitRounds(tally, 60);
      } finally {
        tally.enough.set(true);
      }
      for (CompletableFuture<Void> worker : workers) {
        worker.get(120, TimeUnit.SECONDS);
      }
    }
    assertThat(tally.errors).isEmpty();
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl())) {
      for (int worker = 0; worker < WORKERS; worker++) {
        int rounds = tally.perWorker[worker].get();
        assertThat(number(connection, "SELECT count(*) FROM entry WHERE worker = " + worker))
            .isEqualTo(rounds);
        assertThat(number(connection, "SELECT balance FROM account WHERE worker = " + worker))
            .isEqualTo(rounds);
      }
    }
    awaitNothingLeft();
  }

  private static void awaitRounds(Tally tally, int more) {
    int wanted = tally.rounds.get() + more;
    await().atMost(PATIENCE).until(() -> tally.rounds.get() >= wanted || !tally.errors.isEmpty());
  }

  /** A write, a transaction and a read, each with a connection of its own. */
  private static void round(Pool pool, int worker, Tally tally) {
    int n = tally.perWorker[worker].get();
    try {
      try (Connection one = pool.source().getConnection();
          PreparedStatement insert =
              one.prepareStatement("INSERT INTO entry(worker, n) VALUES (?,?)")) {
        insert.setInt(1, worker);
        insert.setInt(2, n);
        assertThat(insert.executeUpdate()).isEqualTo(1);
      }
      try (Connection two = pool.source().getConnection()) {
        two.setAutoCommit(false);
        String own = " WHERE worker = " + worker;
        long balance = number(two, "SELECT balance FROM account" + own);
        try (Statement statement = two.createStatement()) {
          statement.executeUpdate("UPDATE account SET balance = " + (balance + 1) + own);
        }
        two.commit();
      }
      tally.perWorker[worker].incrementAndGet();
      try (Connection three = pool.source().getConnection()) {
        three.setReadOnly(true);
        long count = number(three, "SELECT count(*) FROM entry WHERE worker = " + worker);
        assertThat(count).as("linearizable on any node").isEqualTo(n + 1);
      }
      tally.rounds.incrementAndGet();
    } catch (SQLException e) {
      tally.errors.add(e);
    } catch (AssertionError e) {
      tally.errors.add(new SQLException("worker " + worker + ", round " + n, e));
    }
  }

  // ---- what users leave behind

  @ParameterizedTest
  @EnumSource(TestedPool.class)
  void whatAUserLeavesBehindIsGoneForTheNext(TestedPool kind) throws Exception {
    execute("INSERT INTO entry(worker, n) VALUES (1, 1), (1, 2), (1, 3)");
    try (Pool pool = kind.open(cluster.jdbcUrl())) {
      for (int i = 0; i < 2 * TestedPool.SIZE; i++) {
        leave(pool.source().getConnection(), i % 2 == 0);
      }
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < TestedPool.SIZE; i++) {
        Connection connection = pool.source().getConnection();
        all.add(connection);
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(connection.isReadOnly()).isFalse();
        assertThat((Throwable) connection.getWarnings()).isNull();
        assertThat(number(connection, "SELECT count(*) FROM entry")).isEqualTo(3);
      }
      Map<String, String> status = cluster.status(leader()).values();
      assertThat(status).containsEntry("transactions", "0");
      await()
          .atMost(PATIENCE)
          .until(() -> cluster.status(leader()).values().get("cursors").equals("0"));
      for (Connection connection : all) {
        connection.close();
      }
    }
    awaitNothingLeft();
  }

  /** Closes a connection without closing, committing and setting back anything. */
  private static void leave(Connection connection, boolean readOnly) throws SQLException {
    if (readOnly) {
      connection.setReadOnly(true);
    }
    connection.setAutoCommit(false);
    if (!readOnly) {
      try (Statement insert = connection.createStatement()) {
        insert.executeUpdate("INSERT INTO entry(worker, n) VALUES (9, 9)");
      }
    }
    Statement query = connection.createStatement();
    query.setFetchSize(1);
    ResultSet rows = query.executeQuery("SELECT id FROM entry ORDER BY id");
    assertThat(rows.next()).isTrue();
    connection.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_READ_ONLY);
    connection.close();
  }

  private static void awaitNothingLeft() {
    for (String id : cluster.running()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(cluster.status(id).values())
                      .containsEntry("transactions", "0")
                      .containsEntry("cursors", "0")
                      .containsEntry("readers.inUse", "0")
                      .containsEntry("connections", "0"));
    }
  }

  // ---- idle connections

  @Test
  void idleConnectionsOutliveTheLeaderTheyWereConnectedTo() throws Exception {
    try (Pool pool = TestedPool.HIKARI.open(cluster.jdbcUrl())) {
      Set<Connection> before = physicalConnections(pool);
      assertThat(before).hasSize(TestedPool.SIZE);
      String killed = leader();
      cluster.kill(killed);
      leader();
      Set<Connection> after = physicalConnections(pool);
      assertThat(after).isEqualTo(before);
      cluster.start(killed);
    }
  }

  private static Set<Connection> physicalConnections(Pool pool) throws SQLException {
    List<Connection> lent = new ArrayList<>();
    Set<Connection> physical = new HashSet<>();
    for (int i = 0; i < TestedPool.SIZE; i++) {
      Connection connection = pool.source().getConnection();
      assertThat(connection.isValid(30)).isTrue();
      assertThat(number(connection, "SELECT 1")).isEqualTo(1);
      lent.add(connection);
      physical.add(connection.unwrap(Connection.class));
    }
    for (Connection connection : lent) {
      connection.close();
    }
    return physical;
  }
}
