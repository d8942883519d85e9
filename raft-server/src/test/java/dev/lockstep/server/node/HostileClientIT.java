package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Frame;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.MessageType;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.ProtocolClient;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
import org.junit.jupiter.params.provider.ValueSource;

/** What does not keep to the protocol costs its own connection, and nobody else's. */
final class HostileClientIT {
  private static final int CONNECTIONS_MAX = 8;
  private static final long HANDSHAKE_MILLIS = 3_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path data;
  private static LockstepNode node;

  @BeforeAll
  static void start() throws Exception {
    node =
        LockstepNode.start(
            TestNodes.single(data)
                .withLimits(
                    NodeLimits.DEFAULT
                        .withConnectionsMax(CONNECTIONS_MAX)
                        .withHandshakeTimeoutMillis(HANDSHAKE_MILLIS)));
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
                    .containsEntry("sockets", "0")
                    .containsEntry("frames.heldBytes", "0")
                    .containsEntry("requests.open", "0")
                    .containsEntry("writes.inFlight", "0")
                    .containsEntry("writes.inFlightBytes", "0")
                    .containsEntry("transactions", "0")
                    .containsEntry("fault", "")
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
        Arguments.of("Hello again", encoded(ProtocolClient.helloOf(TestNodes.DATABASE))),
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
      client.sendBytes(frame(1 << 20, new byte[100_000]));
      await()
          .atMost(PATIENCE)
          .until(() -> Long.parseLong(node.status().values().get("frames.heldBytes")) >= 100_000);
    }
  }

  @Test
  void breachGivesBackWhatTheConnectionHolds() throws IOException {
    try (ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      client.openSession();
      client.inTransaction(1, "CREATE TABLE IF NOT EXISTS lost(id)");
      client.ask(client.call("SELECT 1 UNION SELECT 2").fetchSize(1).build());
      assertThat(node.status().values())
          .containsEntry("cursors", "1")
          .containsEntry("transactions", "1");

      client.sendBytes(frame(0, new byte[0]));

      await().until(() -> node.status().values().get("cursors").equals("0"));
    }
  }

  @Test
  void breachIsToldUnderTheIdOfItsRequest() throws IOException {
    try (ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      client.sendBytes(frame(5, new byte[] {99, 0, 0, 0, 77}));

      assertThat(((Failure) client.answerTo(77)).message()).contains("99");
    }
  }

  @Test
  void clientThatSaysNoHelloIsCutOff() throws IOException {
    byte[] hello = encoded(ProtocolClient.helloOf(TestNodes.DATABASE));
    try (ProtocolClient silent = new ProtocolClient(node.clientPort());
        ProtocolClient slow = new ProtocolClient(node.clientPort())) {
      slow.sendBytes(Arrays.copyOf(hello, hello.length - 1));
      for (ProtocolClient client : List.of(silent, slow)) {
        Failure failure = (Failure) client.answerTo(Frame.UNASKED);

        assertThat(failure.kind()).isEqualTo(FailureKind.PROTOCOL);
        assertThat(failure.message()).isEqualTo("no HELLO within " + HANDSHAKE_MILLIS + " ms");
        assertThat(client.isAtEnd()).isTrue();
      }
    }
  }

  /** Whatever decodes must be answered, whatever does not must be told: nothing ends in silence. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void changedBytesAreAnsweredOrRefused(long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      try (ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
        List<ClientMessage> messages = requests(client);
        byte[] bytes = encoded(messages.get(random.nextInt(messages.size())));
        int changes = 1 + random.nextInt(3);
        for (int j = 0; j < changes; j++) {
          // Neither the length nor the request id: an answer is waited for.
          int at = random.nextInt(bytes.length - 8);
          bytes[at == 0 ? 4 : at + 8] ^= (byte) (1 << random.nextInt(8));
        }
        client.sendBytes(bytes);

        ServerMessage answer = client.answerTo(1);
        assertThat(answer).as("seed %d, round %d", seed, i).isNotNull();
      }
    }
    try (ProtocolClient good = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      assertThat(good.query("SELECT 1").get(0)).containsExactly(1L);
    }
  }

  private static List<ClientMessage> requests(ProtocolClient client) {
    SessionId session = new SessionId(1, 1);
    return List.of(
        new ClientMessage.OpenSession(session),
        new ClientMessage.CloseSession(session),
        client.call("SELECT ?", 1L).fetchSize(1).timeoutMillis(1_000).build(),
        client.call("INSERT INTO nowhere VALUES (?, ?)", "a", 2.5).sequence(1).build(),
        client.call("SELECT 1").transaction(1).build(),
        client.call("SELECT 1").transaction(1).sequence(1).readOnly().build(),
        new ClientMessage.Fetch(1, 1),
        new ClientMessage.CloseCursor(1),
        new ClientMessage.Commit(session, 1, 1),
        new ClientMessage.Rollback(session, 1),
        new ClientMessage.Describe("SELECT 1", 0),
        new ClientMessage.Cancel(1, 1),
        new ClientMessage.Ping(),
        new ClientMessage.GetStatus());
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

  @Test
  void writesOfAClientThatReadsNothingAreTakenAFewAtATime() throws Exception {
    int writes = 10_000;
    try (ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      client.openSession();
      client.execute("CREATE TABLE flood(id INTEGER PRIMARY KEY)");
      long sequence = client.sequence();
      WireWriter all = new WireWriter();
      for (int i = 1; i <= writes; i++) {
        Frame.encode(
            all,
            1_000 + i,
            client.call("INSERT INTO flood VALUES (?)", (long) i).sequence(sequence + i).build());
      }
      Thread sender =
          new Thread(
              () -> {
                try {
                  client.sendBytes(all.toByteArray());
                } catch (IOException closed) {
                  // The end of the test came first.
                }
              });
      sender.start();
      int inFlightMax = 0;
      try (ProtocolClient good = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
        long applied = 0;
        while (applied < 500) {
          Map<String, String> status = node.status().values();
          inFlightMax = Math.max(inFlightMax, Integer.parseInt(status.get("writes.inFlight")));
          assertThat(Integer.parseInt(status.get("requests.open")))
              .isLessThanOrEqualTo(NodeLimits.DEFAULT.requestsPerConnectionMax());
          applied = (long) good.query("SELECT count(*) FROM flood").get(0).get(0);
        }
      }
      assertThat(inFlightMax).isBetween(1, NodeLimits.DEFAULT.requestsPerConnectionMax());
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
