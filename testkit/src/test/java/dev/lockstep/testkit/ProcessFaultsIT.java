package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Autocommit clients write while nodes are killed and paused: nothing is lost, nothing is twice.
 */
final class ProcessFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WRITERS = 4;

  @TempDir Path directory;
  private ProcessCluster cluster;
  private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicLong acknowledged = new AtomicLong();

  @BeforeEach
  void start() throws Exception {
    cluster = ProcessCluster.start(directory, 3, "--snapshot-entries", "500");
    leader();
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE note (id INTEGER PRIMARY KEY, writer INTEGER NOT NULL, number INTEGER NOT"
              + " NULL, at TEXT DEFAULT CURRENT_TIMESTAMP, chance INTEGER DEFAULT (random()))");
    }
  }

  @AfterEach
  void stop() {
    enough.set(true);
    threads.shutdownNow();
    cluster.close();
  }

  @Test
  void autocommitWritersSeeNoErrorWhileLeadersAreKilled() throws Exception {
    List<Future<Long>> writers = startWriters();
    for (int i = 0; i < 2; i++) {
      awaitProgress();
      String killed = leader();
      cluster.kill(killed);
      awaitProgress();
      cluster.start(killed);
      await().atMost(PATIENCE).until(() -> cluster.status(killed).isPresent());
    }
    awaitProgress();

    assertEachIsThereOnce(finish(writers));
    assertFilesAreEqual();
  }

  @Test
  void pausedLeaderNeitherLosesNorDoublesAWriteWhenItGoesOn() throws Exception {
    List<Future<Long>> writers = startWriters();
    awaitProgress();
    String paused = leader();
    cluster.pause(paused);
    try {
      awaitProgress();
    } finally {
      cluster.resume(paused);
    }
    awaitProgress();

    assertEachIsThereOnce(finish(writers));
    assertFilesAreEqual();
  }

  @Test
  void followerThatWasAwayLongerThanTheLogGoesBackGetsASnapshot() throws Exception {
    String leader = leader();
    String away =
        cluster.nodes().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    cluster.kill(away);
    List<Future<Long>> writers = startWriters();
    await().atMost(PATIENCE).until(() -> acknowledged.get() > 3_000);
    List<Long> counts = finish(writers);
    cluster.start(away);

    assertEachIsThereOnce(counts);
    assertFilesAreEqual();
    assertThat(cluster.stateFile(away).getParent().getFileName()).hasToString("2");
  }

  private List<Future<Long>> startWriters() {
    List<Future<Long>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(threads.submit((Callable<Long>) () -> write(writer)));
    }
    return writers;
  }

  /** Inserts the numbers from 1 on; every exception fails the test. */
  private long write(int writer) throws SQLException {
    long number = 0;
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO note (writer, number) VALUES (?, ?)")) {
      while (!enough.get()) {
        number++;
        insert.setInt(1, writer);
        insert.setLong(2, number);
        assertThat(insert.executeUpdate()).isEqualTo(1);
        acknowledged.incrementAndGet();
      }
    }
    return number;
  }

  private List<Long> finish(List<Future<Long>> writers) throws Exception {
    enough.set(true);
    List<Long> counts = new ArrayList<>();
    for (Future<Long> writer : writers) {
      counts.add(writer.get());
    }
    return counts;
  }

  private void awaitProgress() {
    long goal = acknowledged.get() + 100;
    await().atMost(PATIENCE).until(() -> acknowledged.get() > goal);
  }

  private String leader() {
    return cluster.awaitLeader(PATIENCE);
  }

  private void assertEachIsThereOnce(List<Long> counts) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT writer, count(*), count(DISTINCT number), max(number) FROM note GROUP BY"
                    + " writer ORDER BY writer")) {
      for (int writer = 0; writer < counts.size(); writer++) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(writer);
        assertThat(rows.getLong(2)).as("rows of writer " + writer).isEqualTo(counts.get(writer));
        assertThat(rows.getLong(3)).as("numbers").isEqualTo(counts.get(writer));
        assertThat(rows.getLong(4)).as("last number").isEqualTo(counts.get(writer));
      }
      assertThat(rows.next()).isFalse();
    }
  }

  private void assertFilesAreEqual() throws Exception {
    SameState.await(cluster, PATIENCE);
    SameState.stopAndCompare(cluster);
  }
}
