package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.log.SnapshotRules;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that was away while the others dropped the log that it needs gets a snapshot, slowly; and
 * that is broken off somewhere.
 */
final class SnapshotInstallIT {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int ROWS = 50;
  private static final int ROW_BYTES = 100_000;
  private static final SnapshotRules RULES = new SnapshotRules(20, 0, 3 << 20);

  @TempDir Path directory;
  private LocalCluster cluster;
  private String away;
  private int rows;
  private final long seed = Long.getLong("lockstep.seed", System.nanoTime());

  @BeforeEach
  void start() throws Exception {
    System.out.println("-Dlockstep.seed=" + seed);
    cluster = LocalCluster.start(directory, 3, config -> config.withSnapshots(RULES));
    String leader = leader();
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl())) {
      connection
          .createStatement()
          .execute("CREATE TABLE large(id INTEGER PRIMARY KEY, content BLOB)");
    }
    write(ROWS, ROW_BYTES);
    away = cluster.running().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    cluster.kill(away);
    long known = cluster.status(leader).appliedIndex();
    Map<String, Set<Long>> taken = new HashMap<>();
    cluster.running().forEach(id -> taken.put(id, new HashSet<>()));
    // The engine keeps the log back to the snapshot before the last, and drops the rest after a
    // snapshot has its name: surely when the third has. Of both nodes, as each may lead.
    Waiting.until(
        "third snapshot of both nodes",
        PATIENCE,
        () -> {
          write(1);
          taken.forEach(
              (id, indexes) ->
                  snapshots(id).stream().filter(index -> index > known).forEach(indexes::add));
          boolean enough = taken.values().stream().allMatch(indexes -> indexes.size() >= 3);
          return enough ? Optional.of(taken) : Optional.empty();
        });
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void nodeThatIsKilledMeanwhileGetsItAgain() throws Exception {
    cluster.start(away);
    awaitTransfer();
    cluster.kill(away);
    write(5);
    cluster.start(away);
    assertThatAllHaveTheSame();
  }

  @Test
  void leaderThatIsKilledMeanwhileIsReplaced() throws Exception {
    String leader = leader();
    cluster.start(away);
    awaitTransfer();
    cluster.kill(leader);
    write(5);
    cluster.start(leader);
    assertThatAllHaveTheSame();
  }

  @Test
  void leaderThatIsCutOffMeanwhileIsReplaced() throws Exception {
    String leader = leader();
    cluster.start(away);
    awaitTransfer();
    cluster.partition(leader);
    write(5);
    cluster.heal(leader);
    assertThatAllHaveTheSame();
  }

  @Test
  void nodeThatIsCutOffMeanwhileGetsItAgain() throws Exception {
    cluster.start(away);
    awaitTransfer();
    cluster.partition(away);
    write(5);
    cluster.heal(away);
    assertThatAllHaveTheSame();
  }

  @Test
  void snapshotWithAChangedBitIsRefusedUntilItIsSentWhole() throws Exception {
    Path file = onlySnapshotOf(leader());
    int position = new Random(seed).nextInt((int) Files.size(file));
    flipBit(file, position);

    cluster.start(away);

    // Received to the end, and then begun anew.
    for (int i = 0; i < 2; i++) {
      awaitTransferred(size -> size == Files.size(file));
      awaitTransferred(size -> size < Files.size(file));
    }
    assertThat(cluster.status(away).appliedIndex()).isLessThan(leaderIndex());
    assertThat(cluster.databaseDirectory(away).resolve("state/2")).doesNotExist();
    flipBit(file, position);
    assertThatAllHaveTheSame();
  }

  /** The file of the snapshot that a node keeps, when it has no reason to take another one. */
  private Path onlySnapshotOf(String id) {
    Path directory = cluster.databaseDirectory(id).resolve("log/snapshots");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<Long> taken = snapshots(id);
              if (taken.size() != 1 || Files.exists(directory.resolve("temp"))) {
                return false;
              }
              boolean due = cluster.status(id).appliedIndex() - taken.get(0) >= RULES.entries();
              if (due) {
                // It is taken with the next entry.
                write(1);
              }
              return !due;
            });
    return directory.resolve("snapshot_" + snapshots(id).get(0)).resolve("state/data.db");
  }

  private static void flipBit(Path file, int position) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(position);
      int value = access.read();
      access.seek(position);
      access.write(value ^ 1);
    }
  }

  private interface SizeCondition {
    boolean holds(long bytes) throws IOException;
  }

  private void awaitTransferred(SizeCondition condition) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .until(
            () -> {
              try {
                return condition.holds(Files.size(transferred()));
              } catch (NoSuchFileException e) {
                return condition.holds(0);
              }
            });
  }

  /** Waits until some part of the snapshot has come, a different one each time. */
  private void awaitTransfer() {
    long part = new Random(seed).nextInt(ROWS * ROW_BYTES * 3 / 4);
    Path file = transferred();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .until(() -> Files.exists(file) && Files.size(file) > part);
    assertThat(cluster.status(away).appliedIndex()).isLessThan(leaderIndex());
  }

  private Path transferred() {
    return cluster.databaseDirectory(away).resolve("log/snapshots/temp/state/data.db");
  }

  private long leaderIndex() {
    return cluster.running().stream()
        .mapToLong(id -> cluster.status(id).appliedIndex())
        .max()
        .orElseThrow();
  }

  private void assertThatAllHaveTheSame() throws Exception {
    write(1);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.running().stream()
                        .map(id -> cluster.status(id).values().get("applied.digest"))
                        .distinct()
                        .count()
                    == 1);
    assertThat(cluster.running()).hasSize(3).allMatch(id -> cluster.status(id).healthy());
    assertThat(cluster.databaseDirectory(away).resolve("state/2"))
        .as("the installed state")
        .exists();
    await().atMost(PATIENCE).until(() -> !Files.exists(transferred()));
    List<Path> states = cluster.running().stream().map(cluster::stateFile).toList();
    cluster.close();
    for (Path state : states) {
      assertThat(ContentComparison.firstDifference(states.get(0), state)).isEmpty();
      assertThat(state.getParent().getParent())
          .isDirectoryNotContaining(entry -> entry.toString().endsWith(".new"));
    }
    assertThat(rowsIn(states.get(0))).isEqualTo(rows);
  }

  private static int rowsIn(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM large")) {
      return count.executeQuery().getInt(1);
    }
  }

  /** The indexes of the snapshots that a node has. */
  private List<Long> snapshots(String id) {
    try (Stream<Path> entries =
        Files.list(cluster.databaseDirectory(id).resolve("log/snapshots"))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith("snapshot_"))
          .map(name -> Long.parseLong(name.substring("snapshot_".length())))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private String leader() {
    return cluster.awaitLeader(PATIENCE);
  }

  private void write(int count) {
    write(count, 10);
  }

  private void write(int count, int bytes) {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO large(content) VALUES (randomblob(?))")) {
      for (int i = 0; i < count; i++) {
        insert.setInt(1, bytes);
        insert.executeUpdate();
        rows++;
      }
    } catch (SQLException e) {
      throw new AssertionError("a write failed", e);
    }
  }
}
