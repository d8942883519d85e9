package dev.lockstep.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three nodes on this machine, each a process. Closing it ends them. */
final class LocalCluster implements AutoCloseable {
  static final int NODES = 3;
  private static final int RAFT_PORT_OFFSET = 10;
  private static final int STOP_SECONDS = 10;
  private static final int START_SECONDS = 60;
  private static final String HOST = "127.0.0.1";
  static final String DATABASE = "bench";

  private final Path base;
  private final int firstPort;
  private final List<String> jvmOptions;
  private final List<String> arguments;
  private final List<Process> processes = new ArrayList<>();

  /**
   * @param base a directory for data and logs
   * @param firstPort client port of the first node; the others take the next ones
   */
  LocalCluster(Path base, int firstPort, List<String> jvmOptions) {
    this(base, firstPort, jvmOptions, List.of());
  }

  /**
   * @param arguments more of the command that starts a node
   */
  LocalCluster(Path base, int firstPort, List<String> jvmOptions, List<String> arguments) {
    this.arguments = List.copyOf(arguments);
    this.base = base;
    this.firstPort = firstPort;
    this.jvmOptions = List.copyOf(jvmOptions);
  }

  String url() {
    return IntStream.range(0, NODES)
        .mapToObj(i -> HOST + ":" + (firstPort + i))
        .collect(Collectors.joining(",", "jdbc:lockstep://", "/" + DATABASE));
  }

  /** What the nodes and this process, with its clients, use of the processor. */
  CpuClock cpu() {
    return CpuClock.ofThisAnd(processes);
  }

  /**
   * Starts the nodes and waits until the database takes a write.
   *
   * @throws IllegalStateException if it does not within a minute
   */
  void start() throws IOException, InterruptedException {
    Files.createDirectories(base);
    for (int i = 0; i < NODES; i++) {
      processes.add(startNode(i));
    }
    awaitWritable();
  }

  private String members() {
    return IntStream.range(0, NODES)
        .mapToObj(
            i ->
                "n%d=%s:%d:%d"
                    .formatted(i + 1, HOST, firstPort + i + RAFT_PORT_OFFSET, firstPort + i))
        .collect(Collectors.joining(","));
  }

  /** The directory of a node's database, with its {@code log} and {@code state}. */
  Path directory(int node) {
    return base.resolve(id(node)).resolve(DATABASE);
  }

  long pid(int node) {
    return processes.get(node).pid();
  }

  /** Ends a node's process at once, without its doing. */
  synchronized void kill(int node) throws InterruptedException {
    processes.get(node).destroyForcibly().waitFor();
  }

  /** Starts a node again, with the data it has. */
  synchronized void restart(int node) throws IOException {
    processes.set(node, startNode(node));
  }

  private static String id(int node) {
    return "n" + (node + 1);
  }

  private Process startNode(int node) throws IOException {
    String id = id(node);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "dev.lockstep.server.cli.Main",
            "start",
            "--cluster",
            "benchmark",
            "--node",
            id,
            "--members",
            members(),
            "--data",
            base.resolve(id).toString(),
            "--database",
            DATABASE));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(base.resolve(id + ".log").toFile()))
        .start();
  }

  private void awaitWritable() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Connection connection = DriverManager.getConnection(url());
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE IF NOT EXISTS bench_ready (id INTEGER PRIMARY KEY)");
        return;
      } catch (SQLException e) {
        boolean ended = processes.stream().anyMatch(process -> !process.isAlive());
        if (ended || System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              (ended ? "A node has ended" : "The cluster takes no write")
                  + "; the nodes' logs are in "
                  + base,
              e);
        }
        Thread.sleep(100);
      }
    }
  }

  /** Called by the main thread and by the shutdown hook. */
  @Override
  public synchronized void close() {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
