package dev.lockstep.server.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Configurations of nodes on free ports of this machine. */
public final class TestNodes {
  public static final String CLUSTER = "test";
  public static final String DATABASE = "shop";

  private TestNodes() {}

  public static NodeConfig single(Path data) throws IOException {
    return configs(data, 1).get(0);
  }

  static List<NodeConfig> configs(Path data, int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<NodeConfig.Member> members = new ArrayList<>();
    try {
      for (int i = 0; i < 2 * count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      for (int i = 0; i < count; i++) {
        members.add(
            new NodeConfig.Member(
                "n" + (i + 1),
                "127.0.0.1",
                sockets.get(2 * i).getLocalPort(),
                sockets.get(2 * i + 1).getLocalPort()));
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return members.stream()
        .map(
            member ->
                new NodeConfig(CLUSTER, member.id(), members, data.resolve(member.id()))
                    .withDatabase(DATABASE))
        .toList();
  }
}
