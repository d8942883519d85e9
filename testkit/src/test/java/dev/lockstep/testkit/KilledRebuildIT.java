package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.node.RebuildRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed while one of them takes another's state: whatever the moment, in the
 * end all are whole and alike, and what was acknowledged is there.
 */
final class KilledRebuildIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int ROWS = 240;
  private static final int ROW_BYTES = 100_000;
  private static final int KILLS_ANYWHERE = 3;
  private static final int MORE_MILLIS_MAX = 40;
  private static final String DATA = "data.db";
  private static final String MANIFEST = "manifest";

  @TempDir Path directory;
  private ProcessCluster cluster;
  private SteadyWriters writers;
  private final long seed = Long.getLong("lockstep.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @BeforeEach
  void start() throws Exception {
    System.out.println("-Dlockstep.seed=" + seed);
    cluster =
        ProcessCluster.start(
            directory,
            3,
            "--snapshot-entries",
            "500",
            "--snapshot-mib-per-second",
            "16",
            "--checkpoint-commands",
            "100",
            "--checkpoint-millis",
            "500");
    cluster.awaitLeader(PATIENCE);
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE large (id INTEGER PRIMARY KEY, content BLOB)");
      for (int i = 0; i < ROWS; i++) {
        statement.execute("INSERT INTO large (content) VALUES (randomblob(" + ROW_BYTES + "))");
      }
    }
    writers = SteadyWriters.start(cluster.jdbcUrl(), 2);
    awaitMoreWritten();
  }

  @AfterEach
  void stop() throws InterruptedException {
    // Killed first: writers that are in the middle of something give up at once.
    cluster.close();
    if (writers != null) {
      writers.close();
    }
  }

  @Test
  void nodeThatIsKilledAnywhereInARebuildIsWholeInTheEnd() throws Exception {
    String node = follower();
    changeBehindTheBackOf(node);
    for (Point point : points()) {
      awaitPoint(node, point);
      cluster.kill(node);
      awaitMoreWritten();
      if (!Files.exists(mark(node))) {
        // The rebuild was over but for the opening: the operator wants another.
        RebuildRequest.write(directory.resolve(node), ProcessCluster.DATABASE);
      }
      cluster.start(node);
    }

    awaitService(node);
    assertThat(cluster.status(node).orElseThrow()).containsEntry("rebuild.count", "1");
    assertThatAllAreAlike();
  }

  @Test
  void sourceThatIsKilledIsReplacedByAnother() throws Exception {
    String node = follower();
    String leader = cluster.awaitLeader(PATIENCE);
    cluster.stop(node);
    RebuildRequest.write(directory.resolve(node), ProcessCluster.DATABASE);
    cluster.start(node);
    // A follower is asked first.
    String source =
        cluster.nodes().stream()
            .filter(id -> !id.equals(node) && !id.equals(leader))
            .findFirst()
            .orElseThrow();
    long bytes = random.nextInt(ROWS * ROW_BYTES / 2);
    awaitFiles(() -> size(received(node).resolve(DATA)) > bytes);

    cluster.kill(source);

    awaitService(node);
    awaitMoreWritten();
    cluster.start(source);
    awaitService(source);
    assertThatAllAreAlike();
  }

  /** Moments of a rebuild, as they show in the node's files, in their order. */
  private enum Point {
    MARKED,
    RECEIVING,
    RECEIVED,
    REPLACING,
    REPLACED
  }

  /** Each, and some twice, in any order. */
  private List<Point> points() {
    List<Point> points = new ArrayList<>(List.of(Point.values()));
    for (int i = 0; i < KILLS_ANYWHERE; i++) {
      points.add(Point.values()[random.nextInt(Point.values().length)]);
    }
    Collections.shuffle(points, random);
    System.out.println("kills: " + points);
    return points;
  }

  /** Waits for the point, or for a later one if it was over quickly, and then a moment more. */
  private void awaitPoint(String node, Point point) throws InterruptedException {
    await().atMost(PATIENCE).until(() -> Files.exists(mark(node)));
    long bytes = random.nextInt(ROWS * ROW_BYTES);
    awaitFiles(
        () -> {
          boolean over = !Files.exists(mark(node));
          return switch (point) {
            case MARKED -> true;
            case RECEIVING -> over || size(received(node).resolve(DATA)) > bytes;
            case RECEIVED -> over || Files.exists(received(node).resolve(MANIFEST));
            case REPLACING -> over || Files.exists(replacement(node));
            case REPLACED -> over;
          };
        });
    Thread.sleep(random.nextInt(MORE_MILLIS_MAX));
  }

  /** Waits for what shows in files for a moment only. */
  private static void awaitFiles(Callable<Boolean> condition) {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(condition);
  }

  private Path database(String node) {
    return directory.resolve(node).resolve(ProcessCluster.DATABASE);
  }

  private Path mark(String node) {
    return database(node).resolve("rebuild");
  }

  private Path received(String node) {
    return database(node).resolve("received");
  }

  private Path replacement(String node) {
    return database(node).resolve("log/snapshots/temp/state").resolve(DATA);
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private String follower() {
    String leader = cluster.awaitLeader(PATIENCE);
    return cluster.nodes().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  private void changeBehindTheBackOf(String node) throws SQLException, IOException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + cluster.stateFile(node));
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 30000");
      assertThat(statement.executeUpdate("DELETE FROM large WHERE id = 7")).isEqualTo(1);
    }
  }

  private void awaitMoreWritten() {
    long goal = writers.written() + 50;
    await().atMost(PATIENCE).until(() -> writers.written() > goal);
  }

  private void awaitService(String node) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Map<String, String> status = cluster.status(node).orElse(Map.of());
              return "".equals(status.get("fault")) && "".equals(status.get("rebuild"));
            });
  }

  private void assertThatAllAreAlike() throws Exception {
    writers.endAndCheck();
    SameState.await(cluster, PATIENCE);
    for (String id : cluster.nodes()) {
      assertThat(cluster.status(id).orElseThrow()).containsEntry("fault", "");
    }
    SameState.stopAndCompare(cluster);
    for (String id : cluster.nodes()) {
      assertThat(namesIn(database(id))).isSubsetOf("copies", "log", "state");
      assertThat(namesIn(database(id).resolve("copies"))).isEmpty();
      // The state, and the one before it.
      assertThat(namesIn(database(id).resolve("state")))
          .hasSizeBetween(1, 2)
          .allMatch(name -> name.matches("\\d+"));
      assertThat(namesIn(database(id).resolve("log/snapshots"))).hasSize(1);
    }
  }

  private static List<String> namesIn(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
