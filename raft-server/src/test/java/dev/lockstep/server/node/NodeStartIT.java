package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.node.NodeStartException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that cannot start says why in one line, takes nothing, and can be started afterwards. */
final class NodeStartIT {
  private static final Set<String> RUNNING_BEFORE =
      Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .collect(Collectors.toUnmodifiableSet());

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
      assertThat(running.status().healthy()).isTrue();
      assertRefusal(other, Reason.DATA_DIRECTORY_IN_USE, config.dataDirectory().toString());
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
  void directoryOfAnotherDatabase() throws Exception {
    assertStarts(config);

    assertRefused(
        config.withDatabase("mistyped"),
        Reason.FOREIGN_DATA_DIRECTORY,
        "keeps database " + TestNodes.DATABASE + ", not mistyped");
    assertThat(config.dataDirectory().resolve("mistyped")).doesNotExist();
    assertStarts(config);
  }

  @Test
  void addressOfAnotherMachine() throws Exception {
    // A block of addresses for documentation: nobody's.
    assertRefused(config.withBindHost("192.0.2.1"), Reason.ADDRESS_NOT_AVAILABLE, "at 192.0.2.1");
    NodeConfig.Member self = config.self();
    NodeConfig.Member away =
        new NodeConfig.Member(self.id(), "192.0.2.1", self.raftPort(), self.clientPort());
    assertRefused(
        new NodeConfig(config.cluster(), config.node(), List.of(away), config.dataDirectory()),
        Reason.ADDRESS_NOT_AVAILABLE,
        "raft port " + self.raftPort() + " at 192.0.2.1");
    assertStarts(config);
  }

  @Test
  void directoryWithFilesOfSomebodyElse() throws Exception {
    Path stranger = Files.createDirectories(config.dataDirectory()).resolve("thesis.odt");
    Files.writeString(stranger, "all of it");

    assertRefused(config, Reason.FOREIGN_DATA_DIRECTORY, "thesis.odt");
    assertThat(config.dataDirectory()).isDirectoryContaining(path -> path.equals(stranger));

    Files.delete(stranger);
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
    assertRefusal(config, reason, named);
    await().untilAsserted(() -> assertThat(threadsThatKeepTheProcess()).isEmpty());
  }

  private static void assertRefusal(NodeConfig config, Reason reason, String named) {
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

  /** All that came since this test began, but for the one that looks. */
  private static List<String> threadsThatKeepTheProcess() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !thread.isDaemon())
        .map(Thread::getName)
        .filter(name -> !name.startsWith("awaitility"))
        .filter(name -> !RUNNING_BEFORE.contains(name))
        .toList();
  }

  private static void assertStarts(NodeConfig config) throws NodeStartException {
    try (LockstepNode started = LockstepNode.start(config)) {
      assertThat(started.clientPort()).isPositive();
    }
  }
}
