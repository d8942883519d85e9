package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that the others do not hear any more, while clients still reach it. */
final class PartitionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private LocalCluster cluster;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void start() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    leader();
    execute(cluster.jdbcUrl(), "CREATE TABLE mark (id INTEGER PRIMARY KEY, word TEXT)");
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    cluster.close();
  }

  @Test
  void writeAtThePartitionedLeaderIsAcknowledgedElsewhereAndAppliedOnce() throws Exception {
    String old = leader();
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO mark (word) VALUES ('before')");
      cluster.partition(old);

      assertThat(statement.executeUpdate("INSERT INTO mark (word) VALUES ('during')")).isEqualTo(1);

      assertThat(leader()).isNotEqualTo(old);
    }
    cluster.heal(old);
    assertThat(query("SELECT group_concat(word) FROM (SELECT word FROM mark ORDER BY id)"))
        .isEqualTo("before,during");
    assertThatAllApplyTheSame();
  }

  @Test
  void readAtThePartitionedLeaderDoesNotMissALaterWrite() throws Exception {
    String old = leader();
    try (Connection reader = DriverManager.getConnection(cluster.jdbcUrl(old));
        Statement read = reader.createStatement()) {
      try (ResultSet rows = read.executeQuery("SELECT count(*) FROM mark")) {
        assertThat(rows.next()).isTrue();
      }
      cluster.partition(old);
      String others =
          cluster.jdbcUrl(
              cluster.running().stream().filter(id -> !id.equals(old)).toArray(String[]::new));
      execute(others, "INSERT INTO mark (word) VALUES ('new')");

      Future<Long> count =
          threads.submit(
              () -> {
                try (ResultSet rows = read.executeQuery("SELECT count(*) FROM mark")) {
                  rows.next();
                  return rows.getLong(1);
                }
              });

      assertThat(count.get()).isEqualTo(1);
    }
    cluster.heal(old);
    assertThatAllApplyTheSame();
  }

  private void assertThatAllApplyTheSame() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.running().stream()
                        .map(id -> cluster.status(id).values().get("applied.digest"))
                        .distinct()
                        .count()
                    == 1);
  }

  private String leader() {
    return cluster.awaitLeader(PATIENCE);
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
