package dev.lockstep.testkit.jdbc;

import static org.awaitility.Awaitility.await;

import dev.lockstep.server.node.LockstepNode;
import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.NodeConfig.Member;
import dev.lockstep.server.node.NodeStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Three nodes in this JVM, with real sockets, one of which may be killed and started again. */
final class ThreeNodes implements AutoCloseable {
  private final Path directory;
  private final List<Member> members = new ArrayList<>();
  private final Map<String, LockstepNode> running = new TreeMap<>();

  ThreeNodes(Path directory) throws IOException, NodeStartException {
    this.directory = directory;
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 1; i <= 3; i++) {
        ServerSocket raft = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(raft);
        ServerSocket client = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(client);
        members.add(new Member("n" + i, "127.0.0.1", raft.getLocalPort(), client.getLocalPort()));
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    for (Member member : members) {
      start(member.id());
    }
    leader();
  }

  void start(String id) throws NodeStartException {
    running.put(id, LockstepNode.start(new NodeConfig("test", id, members, directory.resolve(id))));
  }

  /** The id of the leader, as soon as there is one. */
  String leader() {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                running.entrySet().stream()
                    .filter(node -> node.getValue().status().role().name().equals("LEADER"))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null),
            id -> id != null);
  }

  /** Kills the leader; gives its id. */
  String killLeader() {
    String id = leader();
    running.remove(id).kill();
    return id;
  }

  /** What a node says of itself, by name. */
  Map<String, String> values(String id) {
    return running.get(id).status().values();
  }

  String url(String properties) {
    return "jdbc:lockstep://"
        + members.stream()
            .map(member -> member.host() + ":" + member.clientPort())
            .collect(Collectors.joining(","))
        + "/shop"
        + properties;
  }

  @Override
  public void close() {
    running.values().forEach(LockstepNode::stop);
  }
}
