package dev.lockstep.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Looks at the nodes' memory and files several times a second, on a thread of its own. */
final class NodeWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 100;

  private final LocalCluster cluster;
  private final Thread thread = new Thread(this::run, "node-watch");
  private final TreeSet<String> snapshots = new TreeSet<>();

  /** Snapshots that were there at the beginning. */
  private final int before;

  private volatile boolean closed;
  private int looks;
  private int copying;
  private long residentMax;
  private long walMax;
  private long logMax;

  NodeWatch(LocalCluster cluster) {
    this.cluster = cluster;
    for (int node = 0; node < LocalCluster.NODES; node++) {
      snapshots.addAll(completeSnapshots(node));
    }
    before = snapshots.size();
    thread.start();
  }

  private void run() {
    while (!closed) {
      looks++;
      boolean copies = false;
      for (int node = 0; node < LocalCluster.NODES; node++) {
        residentMax = Math.max(residentMax, resident(cluster.pid(node)));
        walMax = Math.max(walMax, bytes(cluster.directory(node).resolve("state"), "-wal"));
        logMax = Math.max(logMax, bytes(cluster.directory(node).resolve("log").resolve("log"), ""));
        copies |= Files.exists(cluster.directory(node).resolve("log/snapshots/temp"));
        snapshots.addAll(completeSnapshots(node));
      }
      copying += copies ? 1 : 0;
      try {
        Thread.sleep(INTERVAL_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private List<String> completeSnapshots(int node) {
    Path directory = cluster.directory(node).resolve("log/snapshots");
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> node + " " + entry.getFileName())
          .filter(name -> name.contains("snapshot_"))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Bytes of a process in memory, 0 if it has ended. */
  private static long resident(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Bytes of all files below a directory whose names end so. */
  static long bytes(Path directory, String suffix) {
    long sum = 0;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.filter(path -> path.toString().endsWith(suffix)).toList()) {
        sum += size(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // A file went while it was looked at; the next look counts.
      return 0;
    }
    return sum;
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }

  /** After {@link #close}. */
  String result() {
    return ("%d snapshots finished, one in progress %d %% of the time; at most: memory %d MiB,"
            + " WAL %d MiB, log %d MiB")
        .formatted(
            snapshots.size() - before,
            100 * copying / Math.max(1, looks),
            residentMax >> 20,
            walMax >> 20,
            logMax >> 20);
  }
}
