package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.protocol.ClientMessage.Cancel;
import dev.lockstep.protocol.ClientMessage.CloseSession;
import dev.lockstep.protocol.ClientMessage.RenewSession;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Done;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.TransactionOptions;
import dev.lockstep.server.ProtocolClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for named locks at a node. */
final class NamedLockIT {
  private static final String LOCK = "SELECT lockstep_lock('job', 600)";
  private static final String UNLOCK = "SELECT lockstep_unlock('job')";
  private static final int ID = 77;

  @TempDir private static Path directory;
  private static LockstepNode node;

  private ProtocolClient ann;
  private ProtocolClient bob;
  private ProtocolClient eve;

  @BeforeAll
  static void startNode() throws Exception {
    node = LockstepNode.start(TestNodes.single(directory));
    await().until(() -> node.status().leads());
  }

  @AfterAll
  static void stopNode() {
    node.stop();
  }

  @BeforeEach
  void connect() throws IOException {
    ann = open();
    bob = open();
    eve = open();
    assertAnswer(ann.execute(LOCK), 1);
  }

  private static ProtocolClient open() throws IOException {
    ProtocolClient client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE);
    client.openSession();
    return client;
  }

  @AfterEach
  void everythingWasGivenBack() throws IOException {
    for (ProtocolClient client : List.of(ann, bob, eve)) {
      client.close();
    }
    await()
        .untilAsserted(
            () ->
                assertThat(node.status().values())
                    .containsEntry("requests.open", "0")
                    .containsEntry("writes.inFlight", "0")
                    .containsEntry("writes.inFlightBytes", "0")
                    .containsEntry("locks.waiting", "0"));
    try (ProtocolClient cleaner = open()) {
      for (ProtocolClient client : List.of(ann, bob, eve)) {
        cleaner.ask(new CloseSession(client.session()));
      }
    }
  }

  private static void assertAnswer(ServerMessage answer, long expected) {
    assertThat(answer).isInstanceOf(Executed.class);
    assertThat(ProtocolClient.rowsOf((Executed) answer)).containsExactly(List.of(expected));
  }

  private static void assertFailure(ServerMessage answer, FailureKind kind, String sqlState) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.sqlState()).as(failure.message()).isEqualTo(sqlState);
              assertThat(failure.kind()).isEqualTo(kind);
            });
  }

  private static void awaitWaiting(int count) {
    await()
        .untilAsserted(
            () ->
                assertThat(node.status().values())
                    .containsEntry("locks.waiting", String.valueOf(count)));
  }

  private static void waitFor(ProtocolClient client, String sql) throws IOException {
    long sequence = client.sequence() + 1;
    client.resume(client.session(), sequence);
    client.send(ID, client.call(sql).sequence(sequence).build());
  }

  @Test
  void whoWaitsGetsTheLockWhenItIsReleasedInTheOrderOfComing() throws Exception {
    waitFor(bob, LOCK);
    awaitWaiting(1);
    waitFor(eve, LOCK);
    awaitWaiting(2);

    assertAnswer(ann.execute(UNLOCK), 1);

    assertAnswer(bob.answerTo(ID), 1);
    awaitWaiting(1);
    assertAnswer(bob.execute(UNLOCK), 1);
    assertAnswer(eve.answerTo(ID), 1);
  }

  @Test
  void aClosedSessionGivesItsLockToWhoWaits() throws Exception {
    waitFor(bob, LOCK);
    awaitWaiting(1);
    ann.ask(new CloseSession(ann.session()));
    assertAnswer(bob.answerTo(ID), 1);
  }

  @Test
  void whenItsTimeIsOverAWaiterIsAnsweredAndCanGoOn() throws Exception {
    assertAnswer(bob.execute("SELECT lockstep_lock('job', 0.3)"), 0);
    assertAnswer(bob.execute("SELECT lockstep_lock('job', 0)"), 0);
    assertAnswer(ann.execute(UNLOCK), 1);
    assertAnswer(bob.execute("SELECT lockstep_lock('job', 0.3)"), 1);
  }

  @Test
  void aCancelledWaiterDoesNotGetTheLockLater() throws Exception {
    ProtocolClient waiter = new ProtocolClient(node.clientPort());
    try {
      ServerMessage.Welcome welcome = waiter.hello(TestNodes.DATABASE);
      waiter.openSession();
      waitFor(waiter, LOCK);
      awaitWaiting(1);

      eve.ask(new Cancel(welcome.connection(), welcome.cancelKey()));

      assertFailure(waiter.answerTo(ID), FailureKind.STATEMENT, "57014");
      assertAnswer(ann.execute(UNLOCK), 1);
      assertAnswer(bob.execute(LOCK), 1);
    } finally {
      waiter.close();
    }
  }

  @Test
  void theLimitOfTheStatementEndsTheWaiting() throws Exception {
    ServerMessage answer = bob.ask(bob.call(LOCK).sequence(1).timeoutMillis(300).build());
    assertFailure(answer, FailureKind.STATEMENT, "57014");
    awaitWaiting(0);
  }

  @Test
  void aWaiterWhoseConnectionIsLostIsForgotten() throws Exception {
    waitFor(bob, LOCK);
    awaitWaiting(1);
    bob.close();
    awaitWaiting(0);
    assertAnswer(ann.execute(UNLOCK), 1);
    assertAnswer(eve.execute("SELECT lockstep_lock('job', 0)"), 1);
  }

  @Test
  void theNextRequestOfTheConnectionWaitsForTheLock() throws Exception {
    waitFor(bob, LOCK);
    bob.send(ID + 1, bob.call("SELECT 5").build());
    awaitWaiting(1);
    assertAnswer(ann.execute(UNLOCK), 1);
    assertThat(bob.receive().requestId()).isEqualTo(ID);
    assertThat(bob.receive().requestId()).isEqualTo(ID + 1);
  }

  @Test
  void locksAreForAutocommitModeAndForSelectsThatStandAlone() throws Exception {
    bob.execute("CREATE TABLE IF NOT EXISTS t(x)");
    assertFailure(
        bob.ask(bob.call(LOCK).transaction(1).begin(TransactionOptions.DEFAULT).build()),
        FailureKind.STATEMENT,
        "25001");
    assertFailure(
        bob.ask(bob.call(LOCK).sequence(90).readOnly().build()), FailureKind.STATEMENT, "25006");
    assertFailure(bob.execute(LOCK + "; SELECT 1"), FailureKind.STATEMENT, "0AL01");
    assertFailure(
        bob.execute("INSERT INTO t SELECT lockstep_lock('x', 1)"), FailureKind.STATEMENT, "0AL01");
    assertFailure(
        bob.execute("CREATE TABLE u AS SELECT lockstep_unlock('x')"),
        FailureKind.STATEMENT,
        "0AL01");
  }

  @Test
  void renewalKeepsASessionAndOpensNone() throws Exception {
    assertThat(eve.ask(new RenewSession(ann.session()))).isInstanceOf(Done.class);
    assertFailure(
        eve.ask(new RenewSession(new SessionId(5, 5))), FailureKind.SESSION_UNKNOWN, "08003");
  }
}
