package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.log.SnapshotRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose state is worth nothing takes another node's, while the others go on. */
final class RebuildIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> NODES = List.of("n1", "n2", "n3");

  @TempDir Path directory;
  private LocalCluster cluster;

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void followerTakesTheStateOfAnotherNodeUnderLoad() throws Exception {
    // Snapshots all the time: the wrong state has a snapshot of its own, and the log is cut.
    cluster =
        LocalCluster.start(
            directory, 3, config -> config.withSnapshots(SnapshotRules.DEFAULT.withEntries(200)));
    cluster.awaitLeader(PATIENCE);
    try (SteadyWriters writers = SteadyWriters.start(cluster.jdbcUrl(), 2)) {
      awaitWritten(writers, 500);
      String follower = follower();

      cluster.rebuild(follower, "the test says so");

      awaitRebuilt(follower);
      awaitWritten(writers, writers.written() + 300);
      writers.endAndCheck();
    }
    assertThatAllAreAlike();
  }

  @Test
  void leaderHandsOverBeforeItTakesTheStateOfAnotherNode() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    String leader = cluster.awaitLeader(PATIENCE);
    try (SteadyWriters writers = SteadyWriters.start(cluster.jdbcUrl(), 2)) {
      awaitWritten(writers, 100);

      cluster.rebuild(leader, "the test says so");

      awaitRebuilt(leader);
      awaitWritten(writers, writers.written() + 100);
      writers.endAndCheck();
    }
    assertThatAllAreAlike();
  }

  @Test
  void fileThatIsNoDatabaseAnyMoreIsReplacedOnStart() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    cluster.awaitLeader(PATIENCE);
    try (SteadyWriters writers = SteadyWriters.start(cluster.jdbcUrl(), 1)) {
      awaitWritten(writers, 50);
      String follower = follower();
      Path file = cluster.stateFile(follower);
      cluster.stop(follower);
      Files.writeString(
          file, "this is not a database, but it is as long as a header would be".repeat(99));

      cluster.start(follower);

      awaitRebuilt(follower);
      awaitWritten(writers, writers.written() + 50);
      writers.endAndCheck();
    }
    assertThatAllAreAlike();
  }

  @Test
  void nodeThatIsStoppedBeforeItHasANewStateGoesOnAfterItsStart() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    cluster.awaitLeader(PATIENCE);
    try (SteadyWriters writers = SteadyWriters.start(cluster.jdbcUrl(), 1)) {
      awaitWritten(writers, 50);
      writers.endAndCheck();
    }
    String follower = follower();
    List<String> others = NODES.stream().filter(id -> !id.equals(follower)).toList();
    // Nobody there to take a state from.
    others.forEach(cluster::kill);
    cluster.rebuild(follower, "the test says so");
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.status(follower).values().get("rebuild").startsWith("waiting"));
    cluster.kill(follower);
    cluster.start(follower);
    assertThat(cluster.status(follower).fault()).contains("the test says so");
    for (String id : others) {
      cluster.start(id);
    }

    awaitRebuilt(follower);
    assertThatAllAreAlike();
  }

  @Test
  void whatACrashHasLeftOfARebuildIsRemovedOnStart() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    cluster.awaitLeader(PATIENCE);
    String follower = follower();
    Path data = cluster.databaseDirectory(follower);
    cluster.stop(follower);
    Files.createFile(data.resolve("rebuild.new"));
    Files.createFile(Files.createDirectory(data.resolve("received")).resolve("data.db"));

    cluster.start(follower);

    assertThat(cluster.status(follower).fault()).isEmpty();
    assertThatAllAreAlike();
  }

  @Test
  void nodeWhoseLogLagsBehindTakesNoStateBeforeItsLogHasComeThere() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    cluster.awaitLeader(PATIENCE);
    try (SteadyWriters writers = SteadyWriters.start(cluster.jdbcUrl(), 2)) {
      awaitWritten(writers, 100);
      String follower = follower();
      cluster.partition(follower);
      awaitWritten(writers, writers.written() + 300);

      // Its clients' port is not cut off: it gets the state, but not the entries.
      cluster.rebuild(follower, "the test says so");
      await()
          .atMost(PATIENCE)
          .until(() -> cluster.status(follower).values().get("rebuild").startsWith("waiting for"));
      assertThat(cluster.status(follower).values()).containsEntry("rebuild.count", "0");
      cluster.heal(follower);

      awaitRebuilt(follower);
      awaitWritten(writers, writers.written() + 100);
      writers.endAndCheck();
    }
    assertThatAllAreAlike();
  }

  private String follower() {
    String leader = cluster.awaitLeader(PATIENCE);
    return NODES.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
  }

  private static void awaitWritten(SteadyWriters writers, long rows) {
    await().atMost(PATIENCE).until(() -> writers.written() >= rows);
  }

  private void awaitRebuilt(String id) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Map<String, String> values = cluster.status(id).values();
              return values.get("rebuild.count").equals("1")
                  && values.get("rebuild").isEmpty()
                  && values.get("fault").isEmpty();
            });
  }

  private void assertThatAllAreAlike() throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                NODES.stream()
                        .map(id -> cluster.status(id))
                        .map(status -> status.appliedIndex() + " " + status.digest())
                        .distinct()
                        .count()
                    == 1);
    List<Path> files = new ArrayList<>();
    for (String id : NODES) {
      files.add(cluster.stateFile(id));
    }
    cluster.close();
    assertThat(ContentComparison.firstDifference(files.get(0), files.get(1))).isEmpty();
    assertThat(ContentComparison.firstDifference(files.get(0), files.get(2))).isEmpty();
    for (String id : NODES) {
      Path data = directory.resolve(id).resolve("shop");
      assertThat(leftovers(data)).isSubsetOf("copies", "log", "state");
      if (Files.exists(data.resolve("copies"))) {
        assertThat(leftovers(data.resolve("copies"))).isEmpty();
      }
    }
  }

  private static List<String> leftovers(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
