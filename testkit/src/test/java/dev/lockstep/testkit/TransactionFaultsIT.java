package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions while their leaders are killed and paused: the application sees slow calls. {@code
 * -Dlockstep.transfer.kills=N} kills more leaders under the transfers.
 */
final class TransactionFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIENTS = 32;
  private static final int ACCOUNTS = 1_000;
  private static final int KILLS = Integer.getInteger("lockstep.transfer.kills", 1);

  @TempDir Path directory;
  private ProcessCluster cluster;
  private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicLong committed = new AtomicLong();
  private final AtomicLong rolledBack = new AtomicLong();
  private final AtomicLong lastCommitNanos = new AtomicLong();
  private final LongAccumulator pauseNanos = new LongAccumulator(Math::max, 0);

  @BeforeEach
  void start() throws Exception {
    cluster = ProcessCluster.start(directory, 3);
    leader();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)");
      statement.execute("CREATE TABLE transfer(client INTEGER, number INTEGER)");
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ACCOUNTS
              + ") INSERT INTO account SELECT i, 100 FROM n");
    }
  }

  @AfterEach
  void stop() {
    enough.set(true);
    threads.shutdownNow();
    cluster.close();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(cluster.jdbcUrl());
  }

  private String leader() {
    return cluster.awaitLeader(PATIENCE);
  }

  private String killLeader() throws InterruptedException {
    String killed = leader();
    cluster.kill(killed);
    return killed;
  }

  private void bringBack(String id) throws Exception {
    cluster.start(id);
    await().atMost(PATIENCE).until(() -> cluster.status(id).isPresent());
  }

  // ---- one transaction

  @Test
  void aTransactionOutlivesItsLeaderWhereverItStands() throws Exception {
    try (Connection connection = connect();
        Connection reader = connect();
        Statement statement = connection.createStatement();
        Statement streaming = reader.createStatement()) {
      streaming.setFetchSize(7);
      ResultSet stream = streaming.executeQuery("SELECT id FROM account ORDER BY id");
      assertThat(stream.next()).isTrue();
      connection.setAutoCommit(false);
      statement.execute(
          "CREATE TABLE made(id INTEGER PRIMARY KEY AUTOINCREMENT, at DEFAULT CURRENT_TIMESTAMP)");
      assertThat(number(statement, "SELECT sum(balance) FROM account")).isEqualTo(ACCOUNTS * 100L);

      // After a read and a definition; in the middle of another connection's result.
      String first = killLeader();
      statement.executeUpdate("INSERT INTO made DEFAULT VALUES", Statement.RETURN_GENERATED_KEYS);
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong(1)).isEqualTo(1);
      }
      int read = 1;
      while (stream.next()) {
        assertThat(stream.getInt(1)).isEqualTo(++read);
      }
      assertThat(read).isEqualTo(ACCOUNTS);
      bringBack(first);

      // In a savepoint; the next leader, too. The one that was killed first may lead again.
      Savepoint savepoint = connection.setSavepoint();
      statement.executeUpdate("DELETE FROM account");
      String second = killLeader();
      connection.rollback(savepoint);

      // In a batch.
      try (PreparedStatement batch =
          connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
        for (int id = 1; id <= 10; id++) {
          batch.setInt(1, id % 2 == 0 ? 1 : -1);
          batch.setInt(2, id);
          batch.addBatch();
        }
        bringBack(second);
        String third = killLeader();
        assertThat(batch.executeBatch()).hasSize(10).containsOnly(1);
        bringBack(third);
      }

      // At the commit.
      String fourth = killLeader();
      connection.commit();
      assertThat(number(statement, "SELECT sum(balance) FROM account")).isEqualTo(ACCOUNTS * 100L);
      assertThat(number(statement, "SELECT balance FROM account WHERE id = 1")).isEqualTo(99);
      assertThat(number(statement, "SELECT count(*) FROM made")).isEqualTo(1);
      connection.commit();
      bringBack(fourth);
    }
  }

  @Test
  void aReadOnlyTransactionOutlivesItsNodeUnlessItsRowsHaveChanged() throws Exception {
    try (Connection connection = connect();
        Connection writer = connect();
        Statement statement = connection.createStatement();
        Statement change = writer.createStatement()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      assertThat(number(statement, "SELECT sum(balance) FROM account")).isEqualTo(ACCOUNTS * 100L);
      change.executeUpdate("UPDATE account SET balance = balance + 5 WHERE id = 1");
      assertThat(number(statement, "SELECT balance FROM account WHERE id = 1"))
          .as("the snapshot does not move")
          .isEqualTo(100);
      connection.commit();
      assertThat(number(statement, "SELECT balance FROM account WHERE id = 1")).isEqualTo(105);
      String killed = killLeader();
      assertThat(number(statement, "SELECT count(*) FROM account")).isEqualTo(ACCOUNTS);
      bringBack(killed);
      change.executeUpdate("UPDATE account SET balance = balance - 5 WHERE id = 1");
      String next = killLeader();
      assertThatThrownBy(() -> number(statement, "SELECT 1"))
          .isInstanceOf(SQLTransactionRollbackException.class);
      assertThat(number(statement, "SELECT balance FROM account WHERE id = 1")).isEqualTo(100);
      connection.rollback();
      bringBack(next);
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  // ---- many

  @Test
  void transfersSeeNothingButConflictsWhileLeadersAreKilledAndPaused() throws Exception {
    lastCommitNanos.set(System.nanoTime());
    List<Future<Long>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      clients.add(threads.submit((Callable<Long>) () -> transfers(client)));
    }
    for (int i = 0; i < KILLS; i++) {
      awaitProgress();
      pauseNanos.reset();
      String killed = killLeader();
      awaitProgress();
      reportPause("the leader is killed");
      bringBack(killed);
    }
    awaitProgress();
    String paused = leader();
    pauseNanos.reset();
    cluster.pause(paused);
    try {
      awaitProgress();
      reportPause("the leader is stopped and does not answer");
    } finally {
      cluster.resume(paused);
    }
    awaitProgress();
    enough.set(true);
    long told = 0;
    for (Future<Long> client : clients) {
      told += client.get();
    }
    System.out.printf("%d transfers, %d rolled back with 40001%n", told, rolledBack.get());
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertThat(number(statement, "SELECT sum(balance) FROM account")).isEqualTo(ACCOUNTS * 100L);
      assertThat(number(statement, "SELECT count(*) FROM transfer")).isEqualTo(told);
      assertThat(
              number(statement, "SELECT count(DISTINCT client * 1000000 + number) FROM transfer"))
          .isEqualTo(told);
    }
  }

  private void awaitProgress() {
    long goal = committed.get() + 200;
    await().atMost(PATIENCE).until(() -> committed.get() > goal);
  }

  private void noteCommit() {
    committed.incrementAndGet();
    long now = System.nanoTime();
    pauseNanos.accumulate(now - lastCommitNanos.getAndSet(now));
  }

  private void reportPause(String event) {
    System.out.printf(
        "no commit for %d ms when %s under %d clients%n",
        pauseNanos.get() / 1_000_000, event, CLIENTS);
  }

  /** Transfers until it is enough; every exception but 40001 fails the test. */
  private long transfers(int client) throws SQLException {
    Random random = new Random(client);
    long number = 0;
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      while (!enough.get()) {
        int from = 1 + random.nextInt(ACCOUNTS);
        int to = 1 + (from + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        try {
          transfer(connection, from, to, client, number);
          number++;
          noteCommit();
        } catch (SQLException e) {
          if (!"40001".equals(e.getSQLState())) {
            throw e;
          }
          rolledBack.incrementAndGet();
        }
      }
    }
    return number;
  }

  private static void transfer(Connection connection, int from, int to, int client, long number)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long have = number(statement, "SELECT balance FROM account WHERE id = " + from);
      long has = number(statement, "SELECT balance FROM account WHERE id = " + to);
      statement.executeUpdate("UPDATE account SET balance = " + (have - 1) + " WHERE id = " + from);
      statement.executeUpdate("UPDATE account SET balance = " + (has + 1) + " WHERE id = " + to);
      statement.executeUpdate("INSERT INTO transfer VALUES (" + client + ", " + number + ")");
      connection.commit();
    }
  }
}
