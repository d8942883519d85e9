package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.node.NodeLimits;
import dev.lockstep.testkit.LocalCluster;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large results: what they take of client and node while they are read, and what is left then. */
final class StreamingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CURSOR_IDLE_MILLIS = 4_000;
  private static final long ROWS = 2_000_000;

  /** Two million rows of about 100 bytes: 200 MB. */
  private static final String LARGE =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
          + ROWS
          + ") SELECT i, printf('%0100d', i) FROM n";

  /** Memory that may differ between the beginning and the end: of that, garbage of all threads. */
  private static final long HEAP_BYTES_MORE = 24L << 20;

  @TempDir static Path directory;
  private static LocalCluster cluster;
  private Connection connection;

  @BeforeAll
  static void startNodes() throws Exception {
    NodeLimits limits = NodeLimits.DEFAULT;
    cluster =
        LocalCluster.start(
            directory,
            3,
            config ->
                config.withLimits(
                    new NodeLimits(
                        limits.connectionsMax(),
                        limits.requestsPerConnectionMax(),
                        limits.handshakeTimeoutMillis(),
                        limits.proposalsMax(),
                        limits.proposalBytesMax(),
                        limits.workersMax(),
                        limits.workQueueMax(),
                        limits.readersMax(),
                        limits.cursorsPerConnectionMax(),
                        CURSOR_IDLE_MILLIS)));
    cluster.awaitLeader(PATIENCE);
  }

  @AfterAll
  static void stopNodes() {
    cluster.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection(cluster.jdbcUrl());
    update("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, word TEXT)");
    update("DELETE FROM t");
  }

  @AfterEach
  void everythingIsGivenBack() throws SQLException {
    connection.close();
    for (String id : cluster.running()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(status(id))
                      .containsEntry("cursors", "0")
                      .containsEntry("readers.inUse", "0")
                      .containsEntry("requests.open", "0")
                      .containsEntry("connections", "0"));
    }
  }

  private static Map<String, String> status(String id) {
    return cluster.status(id).values();
  }

  private static int ofLeader(String name) {
    return Integer.parseInt(status(cluster.awaitLeader(PATIENCE)).get(name));
  }

  private int update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private long count() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static long liveHeapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void aResultOfMillionsOfRowsTakesTheMemoryOfOneBatch() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1_000);
      long early = 0;
      long late = 0;
      long read = 0;
      try (ResultSet rows = statement.executeQuery(LARGE)) {
        while (rows.next()) {
          read++;
          assertThat(rows.getLong(1)).isEqualTo(read);
          if (read == 50_000) {
            early = liveHeapBytes();
          } else if (read == ROWS - 1_500) {
            late = liveHeapBytes();
          }
        }
      }
      assertThat(read).isEqualTo(ROWS);
      assertThat(late - early).isLessThan(HEAP_BYTES_MORE);
    }
  }

  @Test
  void aResultIsCancelledWhileItIsRead() throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1_000);
      AtomicLong read = new AtomicLong();
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      SQLException.class,
                      () -> {
                        try (ResultSet rows =
                            statement.executeQuery(LARGE.replace(" WHERE i < " + ROWS, ""))) {
                          while (rows.next()) {
                            read.incrementAndGet();
                          }
                        }
                      }));
      await().atMost(PATIENCE).until(() -> read.get() > 10_000);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                statement.cancel();
                return failure.isDone();
              });
      assertThat(failure.get().getSQLState()).isEqualTo("57014");
    }
    assertThat(update("INSERT INTO t VALUES (1, 'usable')")).isEqualTo(1);
  }

  @Test
  void aSlowReaderHoldsUpNoWriteAndSeesNoneOfThem() throws SQLException {
    update(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
            + " INSERT INTO t SELECT i, 'old' FROM n");
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(10);
      try (ResultSet rows = statement.executeQuery("SELECT id, word FROM t ORDER BY id")) {
        for (int i = 1; i <= 5_000; i++) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(2)).isEqualTo("old");
          if (i % 250 == 0) {
            assertThat(update("UPDATE t SET word = 'new " + i + "'")).isEqualTo(5_000);
          }
        }
        assertThat(rows.next()).isFalse();
      }
    }
  }

  @Test
  void openResultsOfOneConnectionAreReadInTurns() throws SQLException {
    List<Statement> statements = new ArrayList<>();
    List<ResultSet> results = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Statement statement = connection.createStatement();
      statement.setFetchSize(7 + i);
      statements.add(statement);
      results.add(statement.executeQuery(LARGE));
    }
    assertThat(ofLeader("cursors")).isEqualTo(8);
    for (long row = 1; row <= 1_000; row++) {
      for (ResultSet rows : results) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).isEqualTo(row);
      }
    }
    for (Statement statement : statements) {
      statement.close();
    }
  }

  @Test
  void aResultThatIsNotReadOnIsClosedByItsNode() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1_000);
      ResultSet rows = statement.executeQuery(LARGE);
      assertThat(rows.next()).isTrue();
      assertThat(ofLeader("cursors")).isEqualTo(1);
      await().atMost(PATIENCE).until(() -> ofLeader("cursors") == 0);
      await().atMost(PATIENCE).until(() -> ofLeader("readers.inUse") == 0);
      assertThatThrownBy(
              () -> {
                while (rows.next()) {
                  rows.getLong(1);
                }
              })
          .hasMessageContaining("nothing was fetched from it for 4 s")
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("24000"));
    }
    assertThat(count()).isZero();
  }

  @Test
  void aClientThatVanishesWhileItReadsLeavesNothingBehind() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1_000);
      ResultSet rows = statement.executeQuery(LARGE);
      assertThat(rows.next()).isTrue();
      assertThat(ofLeader("readers.inUse")).isEqualTo(1);
      connection.abort(Runnable::run);
    }
    await().atMost(PATIENCE).until(() -> ofLeader("readers.inUse") == 0);
  }

  @Test
  void aClientThatVanishesWhileItsNodeWorksStopsTheWork() throws Exception {
    CompletableFuture<SQLException> failure;
    try (Statement statement = connection.createStatement()) {
      failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      SQLException.class,
                      () ->
                          statement.executeQuery(
                              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                  + " SELECT max(i) FROM n")));
      await().atMost(PATIENCE).until(() -> ofLeader("readers.inUse") == 1);
      connection.abort(Runnable::run);
    }
    assertThat(failure.get().getSQLState()).startsWith("08");
    await().atMost(PATIENCE).until(() -> ofLeader("readers.inUse") == 0);
  }
}
