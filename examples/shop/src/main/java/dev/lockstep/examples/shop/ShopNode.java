package dev.lockstep.examples.shop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One node of the cluster: a JVM of its own, with its own directory. */
final class ShopNode {
  private static final int STOP_SECONDS = 10;

  private final NodeAddress address;
  private final Path directory;
  private final Path log;
  private final List<String> command;
  private Process process;

  /**
   * @param members all nodes, as the command line wants them
   * @param base the directory for all nodes' data and logs
   */
  ShopNode(NodeAddress address, String members, Path base) {
    this.address = address;
    this.directory = base.resolve(address.id());
    this.log = base.resolve(address.id() + ".log");
    this.command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            NodeMain.class.getName(),
            "start",
            "--cluster",
            "shop-demo",
            "--node",
            address.id(),
            "--members",
            members,
            "--data",
            directory.toString(),
            "--database",
            ShopCluster.DATABASE);
  }

  NodeAddress address() {
    return address;
  }

  /** Where the node keeps everything. */
  Path directory() {
    return directory;
  }

  /** What the node writes to its standard output and error. */
  Path log() {
    return log;
  }

  long pid() {
    return process.pid();
  }

  boolean isRunning() {
    return process != null && process.isAlive();
  }

  void start() throws IOException {
    if (isRunning()) {
      throw new IllegalStateException(address.id() + " is running");
    }
    process =
        new ProcessBuilder(new ArrayList<>(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /** SIGKILL: the node gets no chance to say goodbye. Returns when the process has gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Asks the node to stop, to be called for all nodes before {@link #awaitStopped} for any. */
  void requestStop() {
    if (process != null) {
      process.destroy();
    }
  }

  void awaitStopped() throws InterruptedException {
    if (process != null && !process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  /** The end of what the node has written, for an error message. */
  String lastLogLines(int count) {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    } catch (IOException e) {
      return "(" + log + " cannot be read: " + e.getMessage() + ")";
    }
  }
}
