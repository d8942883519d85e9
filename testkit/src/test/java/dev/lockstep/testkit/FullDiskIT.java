package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.NodeStartException;
import dev.lockstep.server.node.NodeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are really full, and what applications see. */
@Timeout(180)
final class FullDiskIT {
  private static final int ATTEMPTS_MAX = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private final Map<String, SmallDisk> disks = new TreeMap<>();
  private LocalCluster cluster;

  @AfterEach
  void closeAll() throws IOException {
    try {
      if (cluster != null) {
        cluster.running().forEach(this::assertNothingIsHeld);
        cluster.close();
        await().atMost(PATIENCE).until(() -> nodeThreads().isEmpty());
      }
    } finally {
      for (SmallDisk disk : disks.values()) {
        disk.close();
      }
    }
  }

  private void assertNothingIsHeld(String id) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(cluster.status(id).values())
                    .containsEntry("requests.open", "0")
                    .containsEntry("writes.inFlight", "0")
                    .containsEntry("writes.inFlightBytes", "0")
                    .containsEntry("readers.inUse", "0")
                    .containsEntry("cursors", "0")
                    .containsEntry("transactions", "0"));
  }

  private static List<String> nodeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("lockstep-"))
        .toList();
  }

  private SmallDisk mount(String name, String path, int mebibytes) throws IOException {
    SmallDisk disk = SmallDisk.mount(directory.resolve(path), mebibytes);
    disks.put(name, disk);
    return disk;
  }

  /** Gives a directory of the database of node n1 a disk of its own. */
  private SmallDisk moveToDisk(String name, int mebibytes) throws IOException {
    cluster.stop("n1");
    Path place = directory.resolve("n1").resolve(NodeConfig.DEFAULT_DATABASE).resolve(name);
    Path former = directory.resolve(name);
    Files.move(place, former);
    SmallDisk disk = SmallDisk.mount(place, mebibytes);
    disks.put(name, disk);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(former)) {
      files = walk.toList();
    }
    for (Path file : files) {
      Path target = place.resolve(former.relativize(file).toString());
      if (!target.equals(place)) {
        Files.copy(file, target);
      }
    }
    start("n1");
    cluster.awaitLeader(PATIENCE);
    return disk;
  }

  private void start(String id) throws IOException {
    try {
      cluster.start(id);
    } catch (NodeStartException e) {
      throw new IOException(e);
    }
  }

  private Connection connect(String parameters) throws SQLException {
    return DriverManager.getConnection(cluster.jdbcUrl() + parameters);
  }

  private static int count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM t")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void insert(Connection connection, int bytes) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t(v) VALUES (?)")) {
      insert.setBytes(1, new byte[bytes]);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }

  private static void createTable(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
    }
  }

  private static String full(NodeStatus status) {
    return status.values().get("disk.full");
  }

  @Test
  void aNodeWithLittleRoomRefusesWritesServesReadsAndRecoversByItself() throws Exception {
    SmallDisk disk = mount("n1", "n1", 200);
    cluster = LocalCluster.start(directory, 1);
    cluster.awaitLeader(PATIENCE);
    try (Connection connection = connect("")) {
      createTable(connection);
      insert(connection, 1_000);

      disk.fill(5 * MIB);
      await().atMost(PATIENCE).until(() -> !full(cluster.status("n1")).isEmpty());

      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> insert(connection, 1_000))
            .isInstanceOf(SQLTransientException.class)
            .hasMessageContaining("disk of node n1 is full")
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("53100");
        assertThat(count(connection)).isEqualTo(1);
      }
      connection.setAutoCommit(false);
      insert(connection, 1_000);
      assertThatThrownBy(connection::commit)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("53100");
      connection.setAutoCommit(true);
      assertThat(connection.isValid(5)).isTrue();
      assertThat(cluster.status("n1").healthy()).isTrue();

      disk.empty();
      await().atMost(PATIENCE).until(() -> full(cluster.status("n1")).isEmpty());
      insert(connection, 1_000);
      assertThat(count(connection)).isEqualTo(2);
    }
  }

  @Test
  void aWriteThatIsInTheLogIsAppliedOnceWhenTheStateHasRoomForIt() throws Exception {
    cluster = LocalCluster.start(directory, 1);
    SmallDisk disk = moveToDisk("state", 64);
    try (Connection connection = connect("");
        Connection reader = connect("?readConsistency=local")) {
      createTable(connection);
      insert(connection, 1_000);
      // More than is kept free, but less than the next write takes.
      disk.fill(4 * MIB);
      CompletableFuture<Void> write =
          CompletableFuture.runAsync(
              () -> {
                try {
                  insert(connection, 8 * MIB);
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      await()
          .atMost(PATIENCE)
          .until(() -> full(cluster.status("n1")).startsWith("the disk is full"));
      assertThat(cluster.status("n1").healthy()).isTrue();
      assertThat(count(reader)).isEqualTo(1);
      assertThat(write).isNotDone();

      disk.empty();
      write.get();
      assertThat(count(connection)).isEqualTo(2);
      insert(connection, 1_000);
      assertThat(count(connection)).isEqualTo(3);
    }
  }

  @Test
  void aStateIsNotTakenFromAnotherNodeBeforeThereIsRoomForIt() throws Exception {
    SmallDisk disk = mount("n3", "n3", 200);
    cluster = LocalCluster.start(directory, 3);
    cluster.awaitLeader(PATIENCE);
    try (Connection connection = connect("")) {
      createTable(connection);
      for (int i = 0; i < 12; i++) {
        insert(connection, MIB);
      }
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.running().stream().map(id -> cluster.status(id).digest()).distinct().count()
                    == 1);
    // More than is kept free, but less than the state.
    disk.fill(20 * MIB);
    Path former = cluster.stateFile("n3");
    long bytes = Files.size(former);
    long free = disk.freeBytes();

    cluster.rebuild("n3", "the test says so");

    await()
        .atMost(PATIENCE)
        .until(() -> cluster.status("n3").values().get("rebuild").contains("(53100)"));
    assertThat(former).hasSize(bytes);
    assertThat(disk.freeBytes()).isCloseTo(free, within((long) MIB));
    assertThat(cluster.status("n3").fault()).contains("the test says so");

    disk.empty();
    await()
        .atMost(PATIENCE)
        .until(() -> cluster.status("n3").values().get("rebuild.count").equals("1"));
    assertThat(cluster.status("n3").fault()).isEmpty();
    try (Connection connection = connect("")) {
      assertThat(count(connection)).isEqualTo(12);
    }
  }

  @Test
  void anEngineThatFoundNoRoomForItsLogIsOpenedAgain() throws Exception {
    cluster = LocalCluster.start(directory, 1);
    SmallDisk disk = moveToDisk("log", 400);
    int rows = 0;
    boolean stopped = false;
    try (Connection connection = connect("")) {
      createTable(connection);
      insert(connection, 1_000);
      rows++;
      // Whether so many writes are let in before the last room is gone, is for the threads to say.
      for (int attempt = 0; attempt < ATTEMPTS_MAX && !stopped; attempt++) {
        disk.fill(21 * MIB);
        List<CompletableFuture<Boolean>> writes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          writes.add(CompletableFuture.supplyAsync(this::insertMuch));
        }
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    cluster.leader().isEmpty()
                        || writes.stream().allMatch(CompletableFuture::isDone));
        stopped = cluster.leader().isEmpty();
        assertThat(cluster.status("n1").healthy()).isTrue();

        disk.empty();
        await().atMost(PATIENCE).until(() -> full(cluster.status("n1")).isEmpty());
        cluster.awaitLeader(PATIENCE);
        for (CompletableFuture<Boolean> write : writes) {
          rows += write.get() ? 1 : 0;
        }
      }
      assertThat(stopped).as("the engine had no room").isTrue();
      insert(connection, 1_000);
      assertThat(count(connection)).isEqualTo(rows + 1);
    }
  }

  /** Whether it was applied; not if it was refused for lack of room. */
  private boolean insertMuch() {
    try (Connection connection = connect("?failoverTimeout=60s")) {
      insert(connection, 12 * MIB);
      return true;
    } catch (SQLException e) {
      if (e.getSQLState().equals("53100")) {
        return false;
      }
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theOthersGoOnWithoutAFullLeaderAndAFullFollowerAndTheyCatchUp() throws Exception {
    for (String id : List.of("n1", "n2", "n3")) {
      mount(id, id, 200);
    }
    cluster = LocalCluster.start(directory, 3);
    String first = cluster.awaitLeader(PATIENCE);
    try (Connection connection = connect("")) {
      createTable(connection);
      disks.get(first).fill(2 * MIB);
      await().atMost(PATIENCE).until(() -> !full(cluster.status(first)).isEmpty());
      // No exception: the leadership goes to a member with room.
      insert(connection, 100_000);
      String second = cluster.awaitLeader(PATIENCE);
      assertThat(second).isNotEqualTo(first);
      insert(connection, 100_000);
      // It is not given entries that it has no room for, and stays a follower.
      assertThat(full(cluster.status(first))).isNotEmpty();
      assertThat(cluster.status(first).healthy()).isTrue();
      assertThat(cluster.status(first).appliedIndex())
          .isLessThan(cluster.status(second).appliedIndex());

      disks.get(first).empty();
      long index = cluster.status(second).appliedIndex();
      await().atMost(PATIENCE).until(() -> cluster.status(first).appliedIndex() >= index);
      assertThat(cluster.status(first).digest()).isEqualTo(cluster.status(second).digest());
      assertThat(count(connection)).isEqualTo(2);
    }
  }
}
