package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the four levels of consistency show at a follower that is behind: each shows what the next
 * weaker one does not. All of it in autocommit mode and in read-only transactions.
 */
final class ConsistencyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private LocalCluster cluster;
  private String leader;
  private String behind;
  private String other;
  private final CountDownLatch applyAgain = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void start() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    leader = cluster.awaitLeader(PATIENCE);
    write("CREATE TABLE mark (n INTEGER)");
    write("INSERT INTO mark VALUES (1)");
    for (String id : cluster.running()) {
      if (!id.equals(leader)) {
        other = behind;
        behind = id;
      }
    }
    for (String id : new String[] {behind, other}) {
      try (Connection reader = reader(id, "local", false)) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> newest(reader) == 1);
      }
    }
    await().atMost(PATIENCE).until(() -> connections(behind) + connections(other) == 0);
  }

  @AfterEach
  void stop() {
    applyAgain.countDown();
    threads.shutdownNow();
    cluster.close();
  }

  private void write(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl(leader));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A connection whose reads are served by this node, as long as it serves them. */
  private Connection reader(String node, String consistency, boolean inTransactions)
      throws SQLException {
    Connection reader =
        DriverManager.getConnection(
            cluster.jdbcUrl(node)
                + "?targetServerType=any&readOnly=true&readConsistency="
                + consistency);
    reader.setAutoCommit(!inTransactions);
    assertThat(connections(node)).isPositive();
    return reader;
  }

  private int connections(String node) {
    return Integer.parseInt(cluster.status(node).values().get("connections"));
  }

  private static int newest(Connection reader) throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery("SELECT max(n) FROM mark")) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    } finally {
      if (!reader.getAutoCommit()) {
        reader.commit();
      }
    }
  }

  /** The node gets what is committed, and applies none of it until {@link #applyAgain}. */
  private void holdBack(String node) {
    cluster.tamper(
        node,
        command -> {
          try {
            applyAgain.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return command;
        });
  }

  private Future<Integer> begunToRead(Connection reader, String node) {
    int openBefore = openRequests(node);
    Future<Integer> read = threads.submit(() -> newest(reader));
    await().atMost(PATIENCE).until(() -> openRequests(node) > openBefore || read.isDone());
    return read;
  }

  private int openRequests(String node) {
    return Integer.parseInt(cluster.status(node).values().get("requests.open"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void localShowsWhatTheNodeHas(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "local", inTransactions)) {
      cluster.partition(behind);
      write("INSERT INTO mark VALUES (2)");
      assertThat(newest(reader)).isEqualTo(1);
      cluster.heal(behind);
      await().atMost(PATIENCE).until(() -> newest(reader) == 2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void boundedShowsNothingThatIsOlderThanItsBound(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "bounded&maxStaleness=0", inTransactions)) {
      assertThat(newest(reader)).isEqualTo(1);
      cluster.partition(behind);
      write("INSERT INTO mark VALUES (2)");
      assertThat(newest(reader)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void boundedAsksNobodyWithinItsBound(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "bounded&maxStaleness=60m", inTransactions)) {
      assertThat(newest(reader)).isEqualTo(1);
      cluster.partition(behind);
      write("INSERT INTO mark VALUES (2)");
      assertThat(newest(reader)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sessionWaitsForItsOwnWrites(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "session", inTransactions)) {
      holdBack(behind);
      reader.setReadOnly(false);
      try (Statement statement = reader.createStatement()) {
        statement.executeUpdate("INSERT INTO mark VALUES (2)");
      }
      if (inTransactions) {
        reader.commit();
      }
      reader.setReadOnly(true);
      Future<Integer> read = begunToRead(reader, behind);
      applyAgain.countDown();
      assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sessionLeavesANodeThatDoesNotCatchUp(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "session", inTransactions)) {
      cluster.partition(behind);
      reader.setReadOnly(false);
      try (Statement statement = reader.createStatement()) {
        statement.executeUpdate("INSERT INTO mark VALUES (2)");
      }
      if (inTransactions) {
        reader.commit();
      }
      reader.setReadOnly(true);
      Future<Integer> read = threads.submit(() -> newest(reader));
      assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sessionDoesNotWaitForWritesOfOthers(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "session", inTransactions)) {
      holdBack(behind);
      write("INSERT INTO mark VALUES (2)");
      assertThat(newest(reader)).isEqualTo(1);
    }
  }

  /** The other connection has the same URL, as one of the same pool. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void processWaitsForWritesOfOtherConnections(boolean inTransactions) throws Exception {
    String url = cluster.jdbcUrl() + "?readConsistency=process&targetServerType=preferFollower";
    cluster.stop(other);
    try (Connection reader = DriverManager.getConnection(url);
        Connection writer = DriverManager.getConnection(url);
        Statement statement = writer.createStatement()) {
      reader.setReadOnly(true);
      reader.setAutoCommit(!inTransactions);
      assertThat(newest(reader)).isEqualTo(1);
      holdBack(behind);
      statement.executeUpdate("INSERT INTO mark VALUES (2)");
      Future<Integer> read = begunToRead(reader, behind);
      applyAgain.countDown();
      assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void linearizableWaitsForWritesOfOthers(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "linearizable", inTransactions)) {
      holdBack(behind);
      write("INSERT INTO mark VALUES (2)");
      Future<Integer> read = begunToRead(reader, behind);
      assertThat(read.isDone()).isFalse();
      applyAgain.countDown();
      assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void linearizableLeavesANodeThatIsCutOff(boolean inTransactions) throws Exception {
    try (Connection reader = reader(behind, "linearizable", inTransactions)) {
      cluster.partition(behind);
      write("INSERT INTO mark VALUES (2)");
      assertThat(newest(reader)).isEqualTo(2);
    }
  }

  /** The node that served is killed, and the one that is left to serve is behind it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sessionNeverGoesBackWhenItsNodeIsKilled(boolean inTransactions) throws Exception {
    try (Connection reader = readerWithOneNodeBehind("session", inTransactions)) {
      cluster.kill(other);
      assertThat(newest(reader)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void linearizableNeverGoesBackWhenItsNodeIsKilled(boolean inTransactions) throws Exception {
    try (Connection reader = readerWithOneNodeBehind("linearizable", inTransactions)) {
      cluster.kill(other);
      Future<Integer> read = threads.submit(() -> newest(reader));
      await()
          .atMost(PATIENCE)
          .until(() -> read.isDone() || connections(behind) > 0 && openRequests(behind) > 0);
      applyAgain.countDown();
      assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }
  }

  /** That it can happen at all: the weakest level does go back. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void localGoesBackWhenItsNodeIsKilled(boolean inTransactions) throws Exception {
    try (Connection reader = readerWithOneNodeBehind("local", inTransactions)) {
      cluster.kill(other);
      assertThat(newest(reader)).isEqualTo(1);
    }
  }

  /** A connection that was served by {@link #other} and has seen what {@link #behind} has not. */
  private Connection readerWithOneNodeBehind(String consistency, boolean inTransactions)
      throws SQLException {
    Connection reader =
        DriverManager.getConnection(
            cluster.jdbcUrl(behind, other)
                + "?targetServerType=preferFollower&loadBalanceHosts=false&readOnly=true"
                + "&readConsistency="
                + consistency);
    reader.setAutoCommit(!inTransactions);
    assertThat(newest(reader)).isEqualTo(1);
    // The other one was asked, too, and is told that it is not needed.
    await().atMost(PATIENCE).until(() -> connections(behind) + connections(other) == 1);
    if (connections(behind) > 0) {
      String served = behind;
      behind = other;
      other = served;
    }
    holdBack(behind);
    write("INSERT INTO mark VALUES (2)");
    await().atMost(PATIENCE).until(() -> newest(reader) == 2);
    return reader;
  }
}
