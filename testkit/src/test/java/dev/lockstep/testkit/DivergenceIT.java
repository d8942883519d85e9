package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.log.SnapshotRules;
import dev.lockstep.server.node.CheckOptions;
import dev.lockstep.server.node.NodeStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replica that was made to differ is found out, and has the right state again, while writers go
 * on and notice nothing.
 */
final class DivergenceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final List<String> NODES = List.of("n1", "n2", "n3");
  private static final String MARKED = "a text that stands in the file once";

  @TempDir Path directory;
  private LocalCluster cluster;
  private SteadyWriters writers;

  @BeforeEach
  void start() throws Exception {
    cluster =
        LocalCluster.start(
            directory,
            3,
            config ->
                config
                    .withSnapshots(SnapshotRules.DEFAULT.withEntries(1_000))
                    .withChecks(new CheckOptions(50, 200, 20, 500, 1 << 16)));
    cluster.awaitLeader(PATIENCE);
    execute(
        cluster.jdbcUrl(),
        "CREATE TABLE mark (id INTEGER PRIMARY KEY, word TEXT, chance DEFAULT (random()))",
        "CREATE TABLE noise (a TEXT, b TEXT, n INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID",
        "INSERT INTO noise WITH RECURSIVE k(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM k"
            + " WHERE i < 2000) SELECT 'a' || (i % 7), 'b' || i, i FROM k",
        "INSERT INTO mark (word) VALUES ('" + MARKED + "')");
    writers = SteadyWriters.start(cluster.jdbcUrl(), 2);
    await().atMost(PATIENCE).until(() -> writers.written() >= 100);
  }

  @AfterEach
  void stop() throws InterruptedException {
    writers.close();
    cluster.close();
  }

  @Test
  void rowOfAFollowerThatWasChangedBehindItsBack() throws Exception {
    String follower = follower();
    Detection detection = new Detection(follower);

    behindTheBackOf(follower, "UPDATE noise SET n = 0 WHERE a = 'a3' AND b = 'b10'");

    detection.expect();
    assertThatAllAreAlike();
  }

  @Test
  void rowOfTheLeaderThatWasChangedBehindItsBack() throws Exception {
    String leader = cluster.awaitLeader(PATIENCE);
    Detection detection = new Detection(leader);

    behindTheBackOf(leader, "DELETE FROM noise WHERE a = 'a3' AND b = 'b10'");

    detection.expect();
    assertThatAllAreAlike();
  }

  @Test
  void byteInTheFileOfAStoppedNode() throws Exception {
    String follower = follower();
    Path file = cluster.stateFile(follower);
    cluster.stop(follower);
    byte[] bytes = Files.readAllBytes(file);
    int position = find(bytes, MARKED);
    bytes[position + 2] ^= 1;
    Files.write(file, bytes);

    cluster.start(follower);
    Detection detection = new Detection(follower);

    detection.expect();
    assertThatAllAreAlike();
  }

  @Test
  void commandThatAFollowerSkipped() throws Exception {
    String follower = follower();
    Detection detection = new Detection(follower);
    AtomicBoolean done = new AtomicBoolean();

    cluster.tamper(
        follower,
        command ->
            command instanceof ExecuteCommand && done.compareAndSet(false, true) ? null : command);

    detection.expect();
    assertThatAllAreAlike();
  }

  @Test
  void functionThatGivesTheLeaderOtherValues() throws Exception {
    String leader = cluster.awaitLeader(PATIENCE);
    Detection detection = new Detection(leader);
    AtomicBoolean once = new AtomicBoolean();
    cluster.tamper(leader, otherSeed(once));

    execute(cluster.jdbcUrl(), "INSERT INTO mark (word) VALUES ('by chance')");

    detection.expect();
    assertThat(once).isTrue();
    assertThatAllAreAlike();
  }

  private static UnaryOperator<Command> otherSeed(AtomicBoolean once) {
    return command -> {
      if (command instanceof ExecuteCommand execute
          && execute.statements().get(0).call().sql().contains("by chance")
          && once.compareAndSet(false, true)) {
        return new ExecuteCommand(
            execute.database(),
            execute.session(),
            execute.sequence(),
            execute.clockMillis(),
            execute.seed() + 1,
            execute.primesSession(),
            execute.statements());
      }
      return command;
    };
  }

  /** What must happen to a node that was made to differ, from the making of this on. */
  private final class Detection {
    private final String node;
    private final String witness;
    private final long passes;

    Detection(String node) {
      this.node = node;
      this.witness = NODES.stream().filter(id -> !id.equals(node)).findFirst().orElseThrow();
      this.passes = passes();
    }

    private long passes() {
      return Long.parseLong(cluster.status(witness).values().get("checkpoint.passes"));
    }

    void expect() {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                Map<String, String> values = cluster.status(node).values();
                assertThat(passes()).as("passes over the content").isLessThanOrEqualTo(passes + 30);
                return values.get("rebuild.count").equals("1") && values.get("fault").isEmpty();
              });
      assertThat(cluster.status(node).values().get("rebuild.last"))
          .contains("this replica has diverged")
          .contains(NODES.stream().filter(id -> !id.equals(node)).toList());
      for (String other : NODES) {
        if (!other.equals(node)) {
          assertThat(cluster.status(other).values().get("rebuild.count")).isEqualTo("0");
        }
      }
    }
  }

  private String follower() {
    String leader = cluster.awaitLeader(PATIENCE);
    return NODES.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  private void behindTheBackOf(String node, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + cluster.stateFile(node));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 30000");
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private static int find(byte[] bytes, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("the file does not hold '" + text + "'");
  }

  private static void execute(String url, String... sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : sql) {
        statement.execute(each);
      }
    }
  }

  private void assertThatAllAreAlike() throws Exception {
    writers.endAndCheck();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<NodeStatus> all = NODES.stream().map(id -> cluster.status(id)).toList();
              assertThat(
                      all.stream()
                          .map(status -> status.appliedIndex() + " " + status.digest())
                          .distinct())
                  .as(() -> all.toString())
                  .hasSize(1);
            });
    List<Path> files = new ArrayList<>();
    for (String id : NODES) {
      files.add(cluster.stateFile(id));
    }
    cluster.close();
    assertThat(ContentComparison.firstDifference(files.get(0), files.get(1))).isEmpty();
    assertThat(ContentComparison.firstDifference(files.get(0), files.get(2))).isEmpty();
  }
}
