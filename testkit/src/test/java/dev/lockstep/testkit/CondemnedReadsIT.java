package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody reads the wrong row of a node that has diverged, also not those who take any state. */
final class CondemnedReadsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LOCAL = "?readConsistency=local&targetServerType=any&readOnly=true";

  @TempDir Path directory;
  private LocalCluster cluster;
  private String wrong;

  @BeforeEach
  void start() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    String leader = cluster.awaitLeader(PATIENCE);
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (v TEXT)");
      statement.execute("INSERT INTO t VALUES ('right')");
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.running().stream().map(id -> cluster.status(id).digest()).distinct().count()
                    == 1);
    wrong = cluster.running().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + cluster.stateFile(wrong));
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE t SET v = 'wrong'");
    }
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** Condemned for as long as it is cut off: it takes no state that its log has not come to. */
  private void condemn() throws SQLException {
    cluster.partition(wrong);
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE later (v TEXT)");
    }
    cluster.rebuild(wrong, "this replica has diverged: the test says so");
  }

  @Test
  void localReadGoesToAnotherNode() throws Exception {
    try (Connection before = DriverManager.getConnection(cluster.jdbcUrl(wrong) + LOCAL)) {
      assertThat(read(before)).isEqualTo("wrong");
      condemn();

      assertThat(read(before)).isEqualTo("right");
      try (Connection after = DriverManager.getConnection(cluster.jdbcUrl(wrong) + LOCAL)) {
        assertThat(read(after)).isEqualTo("right");
      }
      assertThat(cluster.status(wrong).fault()).contains("this replica has diverged");
    }
  }

  @Test
  void localReadSaysWhyThereIsNoNodeForIt() throws Exception {
    try (Connection before =
        DriverManager.getConnection(cluster.jdbcUrl(wrong) + LOCAL + "&failoverTimeout=2s")) {
      condemn();
      for (String id : List.copyOf(cluster.running())) {
        if (!id.equals(wrong)) {
          cluster.kill(id);
        }
      }

      assertThatThrownBy(() -> read(before))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("this replica has diverged")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("08006");
    }
  }

  private static String read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT v FROM t")) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}
