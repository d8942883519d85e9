package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.node.CheckOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code lockstep verify}, in a process of its own, while writers go on. */
final class VerifyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private LocalCluster cluster;
  private SteadyWriters writers;

  private record Run(int exitCode, String output) {}

  @BeforeEach
  void start() throws Exception {
    // No checkpoints, which would find the differences first.
    CheckOptions never = new CheckOptions(Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 1, 1);
    cluster = LocalCluster.start(directory, 3, config -> config.withChecks(never));
    cluster.awaitLeader(PATIENCE);
    execute(
        cluster.jdbcUrl(),
        "CREATE TABLE noise (a TEXT, b INTEGER, n, PRIMARY KEY (a, b)) WITHOUT ROWID",
        "INSERT INTO noise WITH RECURSIVE k(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM k"
            + " WHERE i < 3000) SELECT 'a' || (i % 7), i, i FROM k");
    writers = SteadyWriters.start(cluster.jdbcUrl(), 2);
    await().atMost(PATIENCE).until(() -> writers.written() >= 50);
  }

  @AfterEach
  void stop() throws InterruptedException {
    writers.close();
    cluster.close();
  }

  @Test
  void sameContentIsFoundTheSameAndAnotherRowIsNamed() throws Exception {
    Run same = verify("n1");
    assertThat(same.output()).contains("n1, n2, n3 hold the same content at index");
    assertThat(same.exitCode()).isEqualTo(0);

    behindTheBackOf("n2", "UPDATE noise SET n = 'other' WHERE a = 'a3' AND b = 1501");
    behindTheBackOf("n2", "UPDATE noise SET n = 'later' WHERE a = 'a4' AND b = 1502");
    Run differs = verify("n3");

    assertThat(differs.output())
        .contains("the content differs at index")
        .contains("n1: table noise, row a='a3', b=1501: a='a3', b=1501, n=1501")
        .contains("n2: table noise, row a='a3', b=1501: a='a3', b=1501, n='other'")
        .contains("n3: table noise, row a='a3', b=1501: a='a3', b=1501, n=1501")
        .doesNotContain("later");
    assertThat(differs.exitCode()).isEqualTo(1);

    cluster.kill("n2");
    Run impossible = verify("n3");
    assertThat(impossible.output()).contains("the nodes could not be compared: 127.0.0.1:");
    assertThat(impossible.exitCode()).isEqualTo(2);
    writers.endAndCheck();
  }

  private Run verify(String node) throws Exception {
    String address = cluster.jdbcUrl(node).replace("jdbc:lockstep://", "").replaceAll("/.*", "");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.lockstep.server.cli.Main",
                "verify",
                address)
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), output);
    } finally {
      process.destroyForcibly();
    }
  }

  private void behindTheBackOf(String node, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + cluster.stateFile(node));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 30000");
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private static void execute(String url, String... sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : sql) {
        statement.execute(each);
      }
    }
  }
}
