package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node has taken for one rebuild after another it has given back when they are over. */
final class RebuildCensusIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int REBUILDS = 3;

  /** Tables that are merged when RocksDB finds it right, and what it wrote on former starts. */
  private static final Pattern OF_ROCKSDB = Pattern.compile("\\.sst$|/LOG\\.old\\.");

  /** Pools of the JVM and of a node, which have more or fewer threads as there is more to do. */
  private static final Set<String> POOLS =
      Set.of(
          "JRaft-Group-Default-Executor",
          "JRaft-Rpc-Closure-Executor",
          "Append-Entries-Thread-Send",
          "Rpc-netty-server-worker",
          "bolt-netty-client-worker",
          "Bolt-default-executor",
          "Bolt-conn-warmup-executor",
          "JRaft-Peer-Requests",
          "JRaft-RPC-Processor",
          "JRaft-Node-ScheduleThreadPool",
          "JRaft-Global",
          "lockstep-worker",
          "lockstep-net",
          "lockstep-snapshot",
          "process reaper");

  @TempDir Path directory;
  private LocalCluster cluster;

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void threadsAndFilesAreAsBeforeAfterSeveralRebuilds() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    String leader = cluster.awaitLeader(PATIENCE);
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, content BLOB)");
      for (int i = 0; i < 20; i++) {
        statement.execute("INSERT INTO t (content) VALUES (randomblob(100000))");
      }
    }
    String node =
        cluster.running().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    // What the JVM keeps for good, and the node for each generation, is there after the first.
    rebuild(node, 1);
    Census before = quietCensus();

    for (int i = 0; i < REBUILDS; i++) {
      rebuild(node, i + 2);
    }

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Census after = census();
              // Fewer if some were about to end.
              after
                  .threads()
                  .forEach(
                      (name, count) ->
                          assertThat(count)
                              .as(name)
                              .isLessThanOrEqualTo(before.threads().getOrDefault(name, 0L)));
              assertThat(after.files()).isEqualTo(before.files());
              assertThat(after.open().keySet()).isEqualTo(before.open().keySet());
              // A reader more or less is kept open by a pool; one for each rebuild is a leak.
              after
                  .open()
                  .forEach(
                      (name, count) ->
                          assertThat(count)
                              .as(name)
                              .isLessThan(before.open().get(name) + REBUILDS));
            });
  }

  /**
   * What this process and the nodes have.
   *
   * @param threads how many of each name
   * @param open how many descriptors of each file
   * @param files how many below the data directories of each name
   */
  private record Census(
      Map<String, Long> threads, Map<String, Long> open, Map<String, Long> files) {}

  private Census census() throws IOException {
    return new Census(threads(), descriptors(), files());
  }

  private void rebuild(String node, int count) {
    cluster.rebuild(node, "the test says so");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Map<String, String> values = cluster.status(node).values();
              return values.get("rebuild.count").equals(String.valueOf(count))
                  && values.get("rebuild").isEmpty()
                  && values.get("fault").isEmpty();
            });
    assertThat(cluster.leader()).isPresent();
  }

  /** When all have applied the same, and nothing comes and goes any more. */
  private Census quietCensus() throws IOException {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                cluster.running().stream().map(id -> cluster.status(id).digest()).distinct().count()
                    == 1);
    AtomicReference<Census> last = new AtomicReference<>(census());
    await()
        .pollInterval(Duration.ofSeconds(1))
        .atMost(PATIENCE)
        .until(
            () -> {
              Census now = census();
              return now.equals(last.getAndSet(now));
            });
    return last.get();
  }

  private static Map<String, Long> threads() {
    return count(
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .map(RebuildCensusIT::withoutNumbers)
            .filter(name -> POOLS.stream().noneMatch(name::startsWith)));
  }

  private Map<String, Long> descriptors() throws IOException {
    try (Stream<Path> list = Files.list(DESCRIPTORS)) {
      return count(
          list.map(RebuildCensusIT::target)
              .filter(name -> name.startsWith(directory + "/") || name.contains("deleted"))
              .filter(name -> !OF_ROCKSDB.matcher(name).find())
              .map(RebuildCensusIT::withoutNumbers));
    }
  }

  private Map<String, Long> files() throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return count(
          walk.map(Path::toString)
              .filter(name -> !OF_ROCKSDB.matcher(name).find())
              .map(RebuildCensusIT::withoutNumbers));
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // Closed since it was listed.
      return "";
    }
  }

  /** Numbers are those of generations, indexes, ports and threads; nodes keep theirs. */
  private static String withoutNumbers(String name) {
    return name.replaceAll("(?<!/n)[0-9]+", "#");
  }

  private static Map<String, Long> count(Stream<String> names) {
    return names.collect(
        Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
  }
}
