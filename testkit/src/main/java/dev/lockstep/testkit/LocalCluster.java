package dev.lockstep.testkit;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.log.LogStatus;
import dev.lockstep.server.log.jraft.JRaftLog;
import dev.lockstep.server.node.LockstepNode;
import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.NodeConfig.Member;
import dev.lockstep.server.node.NodeStartException;
import dev.lockstep.server.node.NodeStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A cluster inside this JVM, with real sockets. Nodes can be stopped, killed, started again with
 * their data, and cut off from the other nodes (clients still reach them). {@link #close} gives
 * everything back. Not safe for use by several threads.
 */
public final class LocalCluster implements AutoCloseable {
  private final Path directory;
  private final UnaryOperator<NodeConfig> settings;
  private final List<Member> members = new ArrayList<>();
  private final Map<String, LockstepNode> running = new TreeMap<>();
  private final Map<String, UnaryOperator<Command>> tampering = new ConcurrentHashMap<>();
  private final Set<Integer> cutOff = ConcurrentHashMap.newKeySet();

  private LocalCluster(Path directory, UnaryOperator<NodeConfig> settings) {
    this.directory = directory;
    this.settings = settings;
  }

  /** Starts nodes n1, n2, … with default settings; they need a moment to elect a leader. */
  public static LocalCluster start(Path directory, int nodeCount)
      throws IOException, NodeStartException {
    return start(directory, nodeCount, config -> config);
  }

  /**
   * Starts nodes n1, n2, …
   *
   * @param settings changes what a node starts with
   */
  public static LocalCluster start(
      Path directory, int nodeCount, UnaryOperator<NodeConfig> settings)
      throws IOException, NodeStartException {
    LocalCluster cluster = new LocalCluster(directory, settings);
    List<Integer> ports = FreePorts.find(2 * nodeCount);
    for (int i = 0; i < nodeCount; i++) {
      cluster.members.add(
          new Member("n" + (i + 1), "127.0.0.1", ports.get(2 * i), ports.get(2 * i + 1)));
    }
    try {
      for (Member member : cluster.members) {
        cluster.start(member.id());
      }
      return cluster;
    } catch (NodeStartException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Starts a node that was stopped or killed, with the data it has. */
  public void start(String id) throws NodeStartException {
    Member member = member(id);
    if (running.containsKey(id)) {
      throw new IllegalStateException(id + " is running");
    }
    NodeConfig config =
        settings.apply(new NodeConfig("test", id, List.copyOf(members), directory.resolve(id)));
    running.put(
        id,
        LockstepNode.start(
            config,
            (options, machine) ->
                JRaftLog.open(
                    options,
                    new TamperedMachine(
                        machine, () -> tampering.getOrDefault(id, UnaryOperator.identity())),
                    (host, port) ->
                        !cutOff.contains(port) && !cutOff.contains(member.raftPort()))));
  }

  /** Stops a node gracefully: it hands the leadership over. */
  public void stop(String id) {
    node(id).stop();
    running.remove(id);
  }

  /** Stops a node like a process that is killed, as far as that is possible within one. */
  public void kill(String id) {
    node(id).kill();
    running.remove(id);
  }

  /** Has a node take its state from another one, as if its own had been found wrong. */
  public void rebuild(String id, String reason) {
    node(id).rebuild(reason);
  }

  /**
   * Gives a node other commands than those in the log from now on, to make it diverge.
   *
   * @param tampering changes a command, or leaves it out by giving null, which only a follower may
   */
  public void tamper(String id, UnaryOperator<Command> tampering) {
    this.tampering.put(member(id).id(), tampering);
  }

  /** Cuts a node off: it and the other nodes do not hear each other any more. */
  public void partition(String id) {
    cutOff.add(member(id).raftPort());
  }

  /** Ends a {@link #partition}. */
  public void heal(String id) {
    cutOff.remove(member(id).raftPort());
  }

  /** The ids of the running nodes. */
  public List<String> running() {
    return List.copyOf(running.keySet());
  }

  /** What a running node says of itself. */
  public NodeStatus status(String id) {
    return node(id).status();
  }

  /** The id of the node that leads, of several that believe so the one of the latest term. */
  public Optional<String> leader() {
    return running.entrySet().stream()
        .map(entry -> Map.entry(entry.getKey(), entry.getValue().status()))
        .filter(entry -> entry.getValue().role() == LogStatus.Role.LEADER)
        .max((a, b) -> Long.compare(a.getValue().term(), b.getValue().term()))
        .map(Map.Entry::getKey);
  }

  /** Waits until a node leads; gives its id. */
  public String awaitLeader(Duration patience) {
    return Waiting.until("leader", patience, this::leader);
  }

  /** A URL that names all nodes. */
  public String jdbcUrl() {
    return jdbcUrl(members.stream().map(Member::id).toArray(String[]::new));
  }

  /** A URL that names some nodes; the driver learns of the others from them. */
  public String jdbcUrl(String... ids) {
    return "jdbc:lockstep://"
        + List.of(ids).stream()
            .map(id -> member(id).host() + ":" + member(id).clientPort())
            .collect(Collectors.joining(","))
        + "/"
        + NodeConfig.DEFAULT_DATABASE;
  }

  /** The directory of a node's database, with its {@code log} and {@code state}. */
  public Path databaseDirectory(String id) {
    return directory.resolve(member(id).id()).resolve(NodeConfig.DEFAULT_DATABASE);
  }

  /** A node's file with the state; complete with its WAL, to be read when the node has stopped. */
  public Path stateFile(String id) {
    return node(id).databaseFile();
  }

  private Member member(String id) {
    return members.stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(id + " is not one of " + members));
  }

  private LockstepNode node(String id) {
    LockstepNode node = running.get(member(id).id());
    if (node == null) {
      throw new IllegalStateException(id + " is not running");
    }
    return node;
  }

  /** Stops all nodes that run. */
  @Override
  public void close() {
    cutOff.clear();
    running.values().forEach(LockstepNode::stop);
    running.clear();
  }
}
