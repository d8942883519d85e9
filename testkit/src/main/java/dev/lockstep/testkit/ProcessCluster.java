package dev.lockstep.testkit;

import dev.lockstep.server.node.NodeConfig.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A cluster whose nodes are processes of their own, for tests that kill or pause them. All
 * processes are ended by {@link #close}, and by the end of this JVM. Not safe for use by several
 * threads.
 */
public final class ProcessCluster implements AutoCloseable {
  /** Name of the cluster's one database. */
  public static final String DATABASE = "shop";

  private final Path directory;
  private final Map<String, ProcessNode> nodes = new TreeMap<>();
  private final Thread lastResort = new Thread(this::killAll, "process-cluster-end");

  private ProcessCluster(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts nodes n1, n2, …; they need a moment to elect a leader.
   *
   * @param directory for the data and the output of all nodes
   * @param nodeOptions more options of the command line, such as {@code --snapshot-entries}
   */
  public static ProcessCluster start(Path directory, int nodeCount, String... nodeOptions)
      throws IOException {
    return start(directory, nodeCount, Map.of(), nodeOptions);
  }

  /**
   * As {@link #start(Path, int, String...)}, with more variables in the processes' environment.
   *
   * @param environment {@code {node}} in a value stands for the node's id
   */
  public static ProcessCluster start(
      Path directory, int nodeCount, Map<String, String> environment, String... nodeOptions)
      throws IOException {
    ProcessCluster cluster = new ProcessCluster(directory);
    List<Integer> ports = FreePorts.find(2 * nodeCount);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < nodeCount; i++) {
      members.add(new Member("n" + (i + 1), "127.0.0.1", ports.get(2 * i), ports.get(2 * i + 1)));
    }
    Runtime.getRuntime().addShutdownHook(cluster.lastResort);
    try {
      for (Member member : members) {
        cluster.add(member, members, environment, nodeOptions);
      }
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void add(
      Member member, List<Member> members, Map<String, String> environment, String[] nodeOptions)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.lockstep.server.cli.Main",
                "start",
                "--cluster",
                "test",
                "--node",
                member.id(),
                "--members",
                members.stream()
                    .map(m -> m.id() + "=" + m.host() + ":" + m.raftPort() + ":" + m.clientPort())
                    .collect(Collectors.joining(",")),
                "--data",
                directory.resolve(member.id()).toString(),
                "--database",
                DATABASE));
    command.addAll(List.of(nodeOptions));
    ProcessNode node =
        new ProcessNode(
            member, directory.resolve(member.id() + ".log"), environment, List.copyOf(command));
    nodes.put(member.id(), node);
    node.start();
  }

  /** The nodes' ids. */
  public List<String> nodes() {
    return List.copyOf(nodes.keySet());
  }

  public String jdbcUrl() {
    return "jdbc:lockstep://"
        + nodes.values().stream()
            .map(node -> node.member().host() + ":" + node.member().clientPort())
            .collect(Collectors.joining(","))
        + "/"
        + DATABASE;
  }

  /** What a node says of itself, by name; empty if it does not answer. */
  public Optional<Map<String, String>> status(String id) {
    Member member = node(id).member();
    try {
      return Optional.of(NodeStatusClient.ask(member.host(), member.clientPort(), DATABASE));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The id of the node that says it leads, of several the one of the latest term. */
  public Optional<String> leader() {
    String leader = null;
    long latest = -1;
    for (String id : nodes.keySet()) {
      Map<String, String> status = status(id).orElse(Map.of());
      long term = Long.parseLong(status.getOrDefault("term", "-1"));
      if ("LEADER".equals(status.get("role")) && term > latest) {
        leader = id;
        latest = term;
      }
    }
    return Optional.ofNullable(leader);
  }

  /** Waits until a node leads; gives its id. */
  public String awaitLeader(Duration patience) {
    return Waiting.until("leader", patience, this::leader);
  }

  /** SIGKILL. */
  public void kill(String id) throws InterruptedException {
    node(id).kill();
  }

  /** SIGTERM, and waits for the end. */
  public void stop(String id) throws InterruptedException {
    node(id).stop();
  }

  /** Starts a node that was killed or stopped, with the data it has. */
  public void start(String id) throws IOException {
    node(id).start();
  }

  /** SIGSTOP: the process does nothing, but its connections stay open. */
  public void pause(String id) throws IOException, InterruptedException {
    node(id).signal("STOP");
  }

  /** SIGCONT. */
  public void resume(String id) throws IOException, InterruptedException {
    node(id).signal("CONT");
  }

  /** The file with a node's state; complete with its WAL, to be read when the node has stopped. */
  public Path stateFile(String id) throws IOException {
    try (var generations = Files.list(directory.resolve(id).resolve(DATABASE).resolve("state"))) {
      return generations
          .filter(path -> path.getFileName().toString().matches("\\d+"))
          .max((a, b) -> Long.compare(generation(a), generation(b)))
          .orElseThrow(() -> new IOException(id + " has no state"))
          .resolve("data.db");
    }
  }

  private static long generation(Path path) {
    return Long.parseLong(path.getFileName().toString());
  }

  private ProcessNode node(String id) {
    ProcessNode node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException(id + " is not one of " + nodes.keySet());
    }
    return node;
  }

  /** Kills all nodes. */
  @Override
  public void close() {
    killAll();
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException e) {
      // The JVM is about to end, and the hook runs anyway.
    }
  }

  private void killAll() {
    for (ProcessNode node : nodes.values()) {
      try {
        node.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
