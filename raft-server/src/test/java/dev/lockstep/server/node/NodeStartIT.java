package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.server.node.NodeStartException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that cannot start says why in one line, takes nothing, and can be started afterwards. */
final class NodeStartIT {
  @TempDir Path data;
  private NodeConfig config;

  @BeforeEach
  void configure() throws IOException {
    config = TestNodes.single(data);
  }

  @Test
  void clientPortInUse() throws Exception {
    int port = config.self().clientPort();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();
      assertRefused(config, Reason.ADDRESS_NOT_AVAILABLE, String.valueOf(port));
    }
    assertStarts(config);
  }

  @Test
  void raftPortInUse() throws Exception {
    int port = config.self().raftPort();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(taken.isBound()).isTrue();
      assertRefused(config, Reason.ADDRESS_NOT_AVAILABLE, String.valueOf(port));
    }
    assertStarts(config);
  }

  @Test
  void directoryInUseByAnotherNode() throws Exception {
    NodeConfig other =
        new NodeConfig(
            config.cluster(),
            config.node(),
            TestNodes.single(data).members(),
            config.dataDirectory());
    try (LockstepNode running = LockstepNode.start(config)) {
      assertThat(running.clientPort()).isPositive();
      assertRefused(other, Reason.DATA_DIRECTORY_IN_USE, config.dataDirectory().toString());
    }
    assertStarts(config);
  }

  @Test
  void directoryOfAnotherCluster() throws Exception {
    assertStarts(config);

    assertRefused(
        new NodeConfig("another", config.node(), config.members(), config.dataDirectory()),
        Reason.FOREIGN_DATA_DIRECTORY,
        "another");
    assertStarts(config);
  }

  @Test
  void directoryOfAnotherNode() throws Exception {
    assertStarts(config);
    NodeConfig.Member self = config.self();
    NodeConfig.Member other =
        new NodeConfig.Member("n9", self.host(), self.raftPort(), self.clientPort());

    assertRefused(
        new NodeConfig(config.cluster(), "n9", List.of(other), config.dataDirectory()),
        Reason.FOREIGN_DATA_DIRECTORY,
        "n9");
    assertStarts(config);
  }

  @Test
  void directoryOfANewerFormat() throws Exception {
    assertStarts(config);
    Path identity = config.dataDirectory().resolve("node.properties");
    String old = Files.readString(identity);
    assertThat(old).contains("format=1");
    Files.writeString(identity, old.replace("format=1", "format=99"));

    assertRefused(config, Reason.FOREIGN_DATA_DIRECTORY, "99");

    Files.writeString(identity, old);
    assertStarts(config);
  }

  private static void assertRefused(NodeConfig config, Reason reason, String named) {
    NodeStartException refused =
        catchThrowableOfType(
            NodeStartException.class,
            () -> {
              LockstepNode started = LockstepNode.start(config);
              started.stop();
            });
    assertThat(refused).isNotNull();
    assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
    assertThat(refused.getMessage()).contains(named).doesNotContain("\n");
  }

  private static void assertStarts(NodeConfig config) throws NodeStartException {
    try (LockstepNode started = LockstepNode.start(config)) {
      assertThat(started.clientPort()).isPositive();
    }
  }
}
