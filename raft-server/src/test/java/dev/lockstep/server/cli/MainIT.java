package dev.lockstep.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.node.LockstepNode;
import dev.lockstep.server.node.NodeConfig;
import dev.lockstep.server.node.TestNodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line with real ports and directories: exit codes and what the user is told. */
final class MainIT {
  @TempDir Path data;
  private NodeConfig config;

  @BeforeEach
  void configure() throws IOException {
    config = TestNodes.single(data);
  }

  @Test
  void takenClientPortEndsTheStart() throws IOException {
    int port = config.self().clientPort();
    try (ServerSocket taken = listen(port)) {
      assertFailed(start(config), 3, "client port " + taken.getLocalPort() + " at 127.0.0.1");
    }
  }

  @Test
  void takenRaftPortEndsTheStart() throws IOException {
    int port = config.self().raftPort();
    try (ServerSocket taken = listen(port)) {
      assertFailed(start(config), 3, "raft port " + taken.getLocalPort() + " at 127.0.0.1");
    }
  }

  @Test
  void unknownHostEndsTheStart() {
    NodeConfig elsewhere = config.withBindHost("host.invalid");

    assertFailed(start(elsewhere), 3, "client address host.invalid: unknown host");
  }

  @Test
  void directoryOfAnotherNodeEndsTheStart() throws Exception {
    LockstepNode.start(config).stop();
    NodeConfig other =
        new NodeConfig("other", config.node(), config.members(), config.dataDirectory());

    assertFailed(start(other), 4, "belongs to node n1 of cluster test, not to node n1 of cluster");
  }

  @Test
  void directoryInUseEndsTheStart() throws Exception {
    try (LockstepNode running = LockstepNode.start(config)) {
      assertThat(running.clientPort()).isPositive();
      NodeConfig second = TestNodes.single(data);

      assertFailed(start(second), 4, config.dataDirectory() + " is in use by another process");
    }
  }

  @Test
  void fileInPlaceOfTheDirectoryEndsTheStart() throws IOException {
    Files.writeString(config.dataDirectory(), "a file");

    assertFailed(start(config), 1, config.dataDirectory() + " is a file");
  }

  @Test
  void statusOfARunningNode() throws Exception {
    try (LockstepNode running = LockstepNode.start(config)) {
      await().until(() -> running.status().leads());

      CommandRun run = status(running.clientPort());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out().lines())
          .contains("node: n1", "cluster: test", "role: LEADER", "leader: n1", "fault: ");
      assertThat(run.err()).isEmpty();
    }
  }

  @Test
  void statusWhereNobodyListens() {
    assertFailed(status(config.self().clientPort()), 1, "Connection refused");
  }

  @Test
  void statusWhereNobodyAnswers() throws IOException {
    try (ServerSocket silent = listen(0)) {
      String address = "127.0.0.1:" + silent.getLocalPort();

      CommandRun run = CommandRun.of("status", address, "--timeout-millis", "100");

      assertFailed(run, 1, address + ": Read timed out");
    }
  }

  @Test
  void statusOfSomethingElse() throws Exception {
    assertFailed(statusAnsweredBy(""), 1, "the connection was closed before the answer came");
    assertFailed(
        statusAnsweredBy("\0\0\0\50cut"), 1, "the connection was closed before the answer came");
    assertFailed(statusAnsweredBy("SSH-2.0-OpenSSH\r\n"), 1, "frame of 1397966893 bytes");
  }

  /** Asks a server for its status that answers whatever comes with this text and closes. */
  private static CommandRun statusAnsweredBy(String text) throws Exception {
    try (ServerSocket stranger = listen(0)) {
      Thread answering =
          new Thread(
              () -> {
                try (Socket client = stranger.accept()) {
                  // All of the request is read, so that the close is no reset.
                  client.getInputStream().read(new byte[1_000]);
                  client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      answering.start();
      CommandRun run = status(stranger.getLocalPort());
      answering.join();
      return run;
    }
  }

  private static CommandRun start(NodeConfig config) {
    NodeConfig.Member self = config.self();
    return CommandRun.of(
        "start",
        "--cluster=" + config.cluster(),
        "--node=" + config.node(),
        "--bind=" + config.bindHost(),
        "--data=" + config.dataDirectory(),
        "--members=%s=%s:%d:%d"
            .formatted(self.id(), self.host(), self.raftPort(), self.clientPort()));
  }

  private static CommandRun status(int port) {
    return CommandRun.of("status", "127.0.0.1:" + port);
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }

  private static void assertFailed(CommandRun run, int exitCode, String named) {
    assertThat(run.err()).startsWith("lockstep: ").contains(named);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.exitCode()).isEqualTo(exitCode);
    assertThat(run.out()).isEmpty();
  }
}
