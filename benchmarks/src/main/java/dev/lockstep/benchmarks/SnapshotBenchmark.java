package dev.lockstep.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long writers wait while snapshots of a large database are taken, and while one is sent to a
 * node that was away. Three nodes on one machine share its disk, so that all three copies of the
 * database are written there.
 */
@Command(
    name = "benchmarks/run-snapshots.sh",
    sortOptions = false,
    description = {"Measures the pauses of writers while snapshots are taken and installed.", ""})
public final class SnapshotBenchmark implements Callable<Integer> {
  private static final int ROW_BYTES = 8_000;
  private static final int ROWS_PER_BATCH = 50;
  private static final long PATIENCE_MINUTES = 30;

  @Option(
      names = "--mib",
      paramLabel = "N",
      defaultValue = "2048",
      description = "Size of the database. Default: ${DEFAULT-VALUE}.")
  private int mib;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "How long to measure while snapshots are taken. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "8",
      description = "Writers. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--snapshot-entries",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Log entries between two snapshots. Default: ${DEFAULT-VALUE}.")
  private int entries;

  @Option(
      names = "--mib-per-second",
      paramLabel = "N",
      defaultValue = "64",
      description = "Rate of snapshots. Default: ${DEFAULT-VALUE}.")
  private int rate;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Directory for the nodes.")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "7601",
      description = "Client port of the first node. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--installation-only",
      description = "Use the database that is in the directory, and measure the installation only.")
  private boolean installationOnly;

  private long rows;

  public static void main(String[] args) {
    System.exit(new CommandLine(new SnapshotBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    rows = ((long) mib << 20) / (ROW_BYTES + 192);
    if (!installationOnly) {
      withoutSnapshots();
    }
    try (LocalCluster cluster =
        cluster("--snapshot-entries", "" + entries, "--snapshot-mib-per-second", "" + rate)) {
      cluster.start();
      if (!installationOnly) {
        measure("snapshots are taken", cluster, seconds, () -> false);
      }
      installation(cluster);
    }
    return 0;
  }

  private void withoutSnapshots() throws Exception {
    try (LocalCluster cluster = cluster("--snapshot-mib-per-second", "" + rate)) {
      cluster.start();
      long begun = System.nanoTime();
      fill(cluster);
      System.out.printf(
          "filled to %d MiB in %d s%n",
          NodeWatch.bytes(cluster.directory(0).resolve("state"), ".db") >> 20,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
    }
    try (LocalCluster cluster = cluster("--snapshot-log-mib", "0")) {
      cluster.start();
      load(cluster, seconds / 4, () -> false);
      measure("no snapshot", cluster, seconds, () -> false);
    }
  }

  private LocalCluster cluster(String... arguments) {
    LocalCluster cluster =
        new LocalCluster(data.toAbsolutePath(), port, List.of("-Xmx512m"), List.of(arguments));
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-nodes"));
    return cluster;
  }

  private void fill(LocalCluster cluster) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.url());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE large(id INTEGER PRIMARY KEY, n INTEGER, v BLOB)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO large(n, v) VALUES (0, randomblob(?))")) {
        for (long done = 0; done < rows; done += ROWS_PER_BATCH) {
          for (int i = 0; i < ROWS_PER_BATCH; i++) {
            insert.setInt(1, ROW_BYTES);
            insert.addBatch();
          }
          insert.executeBatch();
        }
      }
    }
  }

  private void measure(String what, LocalCluster cluster, int limit, BooleanSupplier done)
      throws Exception {
    DiskRate disk = DiskRate.measure(data);
    NodeWatch watch = new NodeWatch(cluster);
    long begun = System.nanoTime();
    Histogram micros;
    try (watch) {
      micros = load(cluster, limit, done);
    }
    long elapsed = System.nanoTime() - begun;
    System.out.printf(
        "%s: %d writes/s for %d s, p50 %d us, p99 %d us, p99.9 %d us, longest pause %d ms; %s;"
            + " fdatasync/s before %.0f%n",
        what,
        micros.getTotalCount() * 1_000_000_000L / elapsed,
        TimeUnit.NANOSECONDS.toSeconds(elapsed),
        micros.getValueAtPercentile(50),
        micros.getValueAtPercentile(99),
        micros.getValueAtPercentile(99.9),
        micros.getMaxValue() / 1_000,
        watch.result(),
        disk.perSecond());
  }

  /** Random rows are updated, by as many clients as there are threads. */
  private Histogram load(LocalCluster cluster, int limit, BooleanSupplier done) throws Exception {
    Histogram micros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(PATIENCE_MINUTES), 3);
    AtomicReference<Exception> failure = new AtomicReference<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(limit);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Random random = new Random(i);
      Thread writer =
          new Thread(
              () -> {
                try {
                  write(cluster, random, end, done, micros);
                } catch (SQLException e) {
                  failure.set(e);
                }
              },
              "writer-" + i);
      writers.add(writer);
      writer.start();
    }
    for (Thread writer : writers) {
      writer.join();
    }
    if (failure.get() != null) {
      throw failure.get();
    }
    return micros;
  }

  private void write(
      LocalCluster cluster, Random random, long end, BooleanSupplier done, Histogram micros)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.url());
        PreparedStatement update =
            connection.prepareStatement("UPDATE large SET n = n + 1 WHERE id = ?")) {
      while (System.nanoTime() - end < 0 && !done.getAsBoolean()) {
        update.setLong(1, 1 + random.nextLong(rows));
        long begun = System.nanoTime();
        update.executeUpdate();
        micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun));
      }
    }
  }

  /** The last node is away until the others have dropped the log that it needs. */
  private void installation(LocalCluster cluster) throws Exception {
    int away = LocalCluster.NODES - 1;
    cluster.kill(away);
    int limit = (int) TimeUnit.MINUTES.toSeconds(PATIENCE_MINUTES);
    // The first may have been begun before, and the log is kept back to the last but one.
    List<SnapshotCount> others = new ArrayList<>();
    for (int node = 0; node < away; node++) {
      others.add(new SnapshotCount(cluster.directory(node)));
    }
    load(cluster, limit, () -> others.stream().allMatch(count -> count.fresh() >= 3));
    Path state = cluster.directory(away).resolve("state");
    long before = generation(state);
    cluster.restart(away);
    measure("a snapshot is installed", cluster, limit, () -> generation(state) > before);
    measure("after the installation", cluster, seconds / 2, () -> false);
  }

  /** Grows with each snapshot that is installed. */
  private static long generation(Path state) {
    try (Stream<Path> entries = Files.list(state)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches("\\d+"))
          .mapToLong(Long::parseLong)
          .max()
          .orElse(0);
    } catch (IOException e) {
      // Looked at while one was replaced.
      return 0;
    }
  }

  /** Counts the snapshots that a node finishes from now on. Used by several threads. */
  private static final class SnapshotCount {
    private final Path directory;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    SnapshotCount(Path database) {
      this.directory = database.resolve("log/snapshots");
      fresh();
      known.addAll(seen);
    }

    int fresh() {
      try (Stream<Path> entries = Files.list(directory)) {
        entries
            .map(entry -> entry.getFileName().toString())
            .filter(name -> name.startsWith("snapshot_"))
            .forEach(seen::add);
      } catch (IOException e) {
        // Looked at while one was replaced; the next look counts it.
        return seen.size() - known.size();
      }
      return seen.size() - known.size();
    }
  }
}
