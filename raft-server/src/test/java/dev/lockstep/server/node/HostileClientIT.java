package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.MessageType;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.ProtocolClient;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What does not keep to the protocol costs its own connection, and nobody else's. */
final class HostileClientIT {
  private static final int CONNECTIONS_MAX = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path data;
  private static LockstepNode node;

  @BeforeAll
  static void start() throws Exception {
    NodeLimits defaults = NodeLimits.DEFAULT;
    node =
        LockstepNode.start(
            TestNodes.single(data)
                .withLimits(
                    new NodeLimits(
                        CONNECTIONS_MAX,
                        defaults.requestsPerConnectionMax(),
                        defaults.proposalsMax(),
                        defaults.proposalBytesMax(),
                        defaults.workersMax(),
                        defaults.workQueueMax(),
                        defaults.readersMax(),
                        defaults.cursorsPerConnectionMax(),
                        defaults.cursorIdleMillis())));
    await().atMost(PATIENCE).until(() -> node.status().values().get("role").equals("LEADER"));
  }

  @AfterAll
  static void stop() {
    node.stop();
  }

  @AfterEach
  void nothingIsLeft() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(node.status().values())
                    .containsEntry("connections", "0")
                    .containsEntry("requests.open", "0")
                    .containsEntry("readers.inUse", "0")
                    .containsEntry("cursors", "0"));
  }

  static Stream<Arguments> strangers() {
    return Stream.of(
        Arguments.of("another protocol", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8)),
        Arguments.of("length 0", frame(0, new byte[0])),
        Arguments.of("huge length", frame(Integer.MAX_VALUE, new byte[8])),
        Arguments.of("negative length", frame(-1, new byte[8])),
        Arguments.of("Hello beyond its limit", frame(Limits.HELLO_BYTES_MAX + 1, new byte[8])),
        Arguments.of("unknown type", frame(5, new byte[] {99, 0, 0, 0, 1})),
        Arguments.of("request before Hello", encoded(new ClientMessage.Ping())),
        Arguments.of("wrong magic", frame(9, new byte[] {1, 0, 0, 0, 1, 'H', 'T', 'T', 'P'})));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strangers")
  void strangerIsToldWhyAndCutOff(String what, byte[] bytes) throws IOException {
    try (ProtocolClient good = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE);
        ProtocolClient stranger = new ProtocolClient(node.clientPort())) {
      stranger.sendBytes(bytes);

      Failure failure = (Failure) stranger.receive().message();
      assertThat(failure.kind()).as(what).isEqualTo(FailureKind.PROTOCOL);
      assertThat(failure.sqlState()).isEqualTo("08P01");
      assertThat(stranger.isAtEnd()).isTrue();
      assertThat(good.query("SELECT 1").get(0)).containsExactly(1L);
    }
  }

  static Stream<Arguments> breaches() {
    byte[] ping = encoded(new ClientMessage.Ping());
    byte[] pingAndMore = new byte[ping.length + 3];
    System.arraycopy(ping, 0, pingAndMore, 0, ping.length);
    pingAndMore[3] += 3;
    return Stream.of(
        Arguments.of("frame beyond the limit", frame(Limits.FRAME_BYTES_MAX + 1, new byte[8])),
        Arguments.of("a node's message", frame(6, new byte[] {66, 0, 0, 0, 1, 0})),
        Arguments.of("bytes after the message", pingAndMore),
        Arguments.of("cut message", frame(6, typed(MessageType.COMMIT))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breaches")
  void knownClientThatBreaksTheProtocolIsCutOff(String what, byte[] bytes) throws IOException {
    try (ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      client.sendBytes(bytes);

      Frame answer = client.receive();
      while (!(answer.message() instanceof Failure)) {
        answer = client.receive();
      }
      assertThat(((Failure) answer.message()).kind()).as(what).isEqualTo(FailureKind.PROTOCOL);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void clientThatGoesInTheMiddleOfAFrameLeavesNothing() throws IOException {
    try (ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      client.sendBytes(frame(1 << 20, new byte[1000]));
    }
  }

  @Test
  void unknownDatabaseIsRefusedByName() throws IOException {
    try (ProtocolClient client = new ProtocolClient(node.clientPort())) {
      Failure failure = (Failure) client.ask(ProtocolClient.helloOf("elsewhere"));

      assertThat(failure.sqlState()).isEqualTo("3D000");
      assertThat(failure.message()).contains("elsewhere");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void newerProtocolIsRefused() throws IOException {
    try (ProtocolClient client = new ProtocolClient(node.clientPort())) {
      Failure failure =
          (Failure)
              client.ask(new ClientMessage.Hello(900, 999, TestNodes.DATABASE, "test", Map.of()));

      assertThat(failure.message()).contains("900");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void connectionBeyondTheLimitIsToldTheLimit() throws IOException {
    List<ProtocolClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS_MAX; i++) {
        clients.add(ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE));
      }
      try (ProtocolClient oneMore = new ProtocolClient(node.clientPort())) {
        Failure failure = (Failure) oneMore.ask(ProtocolClient.helloOf(TestNodes.DATABASE));

        assertThat(failure.sqlState()).isEqualTo("53300");
        assertThat(failure.message()).contains(String.valueOf(CONNECTIONS_MAX));
      }
      clients.remove(0).close();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                try (ProtocolClient again = new ProtocolClient(node.clientPort())) {
                  return again.ask(ProtocolClient.helloOf(TestNodes.DATABASE)) instanceof Welcome;
                } catch (EOFException refused) {
                  return false;
                }
              });
    } finally {
      for (ProtocolClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void requestsOfAClientThatTakesNoAnswersAreNotRead() throws Exception {
    int requests = 10_000;
    AtomicInteger sent = new AtomicInteger();
    try (ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      // Large, so that the buffers of the sockets take only some of them.
      byte[] query =
          encoded(
              client.call("SELECT hex(zeroblob(100_000)) /* " + "x".repeat(8_000) + " */").build());
      Thread sender =
          new Thread(
              () -> {
                try {
                  while (sent.get() < requests) {
                    client.sendBytes(query);
                    sent.incrementAndGet();
                  }
                } catch (IOException closed) {
                  // The end of the test: it never gets rid of all of them.
                }
              });
      sender.start();

      AtomicInteger before = new AtomicInteger();
      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(PATIENCE)
          .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());

      assertThat(sent.get()).isLessThan(requests);
      assertThat(Integer.parseInt(node.status().values().get("requests.open")))
          .isLessThanOrEqualTo(NodeLimits.DEFAULT.requestsPerConnectionMax());
      try (ProtocolClient good = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
        assertThat(good.query("SELECT 1").get(0)).containsExactly(1L);
      }
      client.close();
      sender.join();
    }
  }

  private static byte[] typed(MessageType type) {
    return new byte[] {(byte) type.code(), 0, 0, 0, 1, 7};
  }

  private static byte[] frame(int length, byte[] content) {
    WireWriter out = new WireWriter();
    out.writeInt(length);
    out.writeRaw(content, 0, content.length);
    return out.toByteArray();
  }

  private static byte[] encoded(ClientMessage message) {
    WireWriter out = new WireWriter();
    Frame.encode(out, 1, message);
    return out.toByteArray();
  }
}
