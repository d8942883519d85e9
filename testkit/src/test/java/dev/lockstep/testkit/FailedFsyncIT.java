package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader's disk that refuses to make its log durable. A library that fails fsync is compiled and
 * loaded into the nodes; without a C compiler, or where LD_PRELOAD means nothing, the test is left
 * out.
 */
final class FailedFsyncIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicLong acknowledged = new AtomicLong();

  @AfterEach
  void end() {
    enough.set(true);
    threads.shutdownNow();
  }

  @Test
  void leaderWithAFailedFsyncStopsForGoodAndNothingIsLost() throws Exception {
    Path library = compileFailingFsync();
    try (ProcessCluster cluster =
        ProcessCluster.start(
            directory,
            3,
            Map.of(
                "LD_PRELOAD",
                library.toString(),
                "LOCKSTEP_FAILING_FSYNC",
                directory.resolve("{node}.fails").toString()))) {
      cluster.awaitLeader(PATIENCE);
      execute(cluster, "CREATE TABLE note (id INTEGER PRIMARY KEY)");
      Future<Long> writer = threads.submit((Callable<Long>) () -> write(cluster.jdbcUrl()));
      awaitProgress();
      String failing = cluster.awaitLeader(PATIENCE);

      Path trigger = Files.createFile(directory.resolve(failing + ".fails"));

      await().atMost(PATIENCE).until(() -> isStopped(cluster, failing));
      awaitProgress();
      assertThat(cluster.awaitLeader(PATIENCE)).isNotEqualTo(failing);
      Files.delete(trigger);
      awaitProgress();
      assertThat(isStopped(cluster, failing)).as("tries nothing by itself").isTrue();

      cluster.kill(failing);
      cluster.start(failing);
      awaitProgress();
      enough.set(true);
      long written = writer.get();
      assertThat(count(cluster)).isEqualTo(written);
      assertFilesAreEqual(cluster);
    }
  }

  private static boolean isStopped(ProcessCluster cluster, String id) {
    Map<String, String> status = cluster.status(id).orElse(Map.of());
    return "STOPPED".equals(status.get("role")) && !status.getOrDefault("fault", "").isEmpty();
  }

  private long write(String url) throws Exception {
    long number = 0;
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement insert = connection.prepareStatement("INSERT INTO note VALUES (?)")) {
      while (!enough.get()) {
        insert.setLong(1, ++number);
        assertThat(insert.executeUpdate()).isEqualTo(1);
        acknowledged.incrementAndGet();
      }
    }
    return number;
  }

  private void awaitProgress() {
    long goal = acknowledged.get() + 50;
    await().atMost(PATIENCE).until(() -> acknowledged.get() > goal);
  }

  private static void execute(ProcessCluster cluster, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long count(ProcessCluster cluster) throws Exception {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM note")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void assertFilesAreEqual(ProcessCluster cluster) throws Exception {
    SameState.await(cluster, PATIENCE);
    SameState.stopAndCompare(cluster);
  }

  private Path compileFailingFsync() throws IOException, InterruptedException {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "LD_PRELOAD needs Linux");
    Path source = directory.resolve("failing-fsync.c");
    try (InputStream in = FailedFsyncIT.class.getResourceAsStream("/failing-fsync.c")) {
      Files.copy(in, source);
    }
    Path library = directory.resolve("failing-fsync.so");
    Optional<Integer> exit =
        run("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl");
    assumeTrue(exit.isPresent(), "a C compiler (cc) is needed");
    assertThat(exit).as("exit code of the compiler").contains(0);
    return library;
  }

  /** The exit code; empty if there is no such program. */
  private static Optional<Integer> run(String... command) throws InterruptedException {
    try {
      return Optional.of(new ProcessBuilder(command).inheritIO().start().waitFor());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
