package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.Consistency;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.GeneratedKeys;
import dev.lockstep.protocol.Nullability;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Done;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.ValueInfo;
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

/** One node, asked over real sockets in the words of the protocol. */
final class SingleNodeIT {
  @TempDir static Path data;

  private static LockstepNode node;
  private ProtocolClient client;

  @BeforeAll
  static void startNode() throws Exception {
    node = LockstepNode.start(TestNodes.single(data));
    await().until(() -> node.status().leads());
  }

  @AfterAll
  static void stopNode() {
    node.stop();
  }

  @BeforeEach
  void connect() throws IOException {
    client = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE);
    client.openSession();
    ok(client.execute("DROP TABLE IF EXISTS item"));
    ok(client.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, b BLOB)"));
  }

  @AfterEach
  void everythingWasGivenBack() throws IOException {
    client.close();
    await()
        .untilAsserted(
            () ->
                assertThat(node.status().values())
                    .containsEntry("connections", "0")
                    .containsEntry("requests.open", "0")
                    .containsEntry("writes.inFlight", "0")
                    .containsEntry("writes.inFlightBytes", "0")
                    .containsEntry("readers.inUse", "0")
                    .containsEntry("cursors", "0")
                    .containsEntry("transactions", "0"));
  }

  private static Executed ok(ServerMessage answer) {
    ServerMessage result =
        answer instanceof ServerMessage.Stepped step && step.executed() != null
            ? step.executed()
            : answer;
    assertThat(result).isInstanceOf(Executed.class);
    return (Executed) result;
  }

  private static Failure failed(ServerMessage answer, String sqlState) {
    assertThat(answer).isInstanceOf(Failure.class);
    assertThat(((Failure) answer).sqlState()).as(answer.toString()).isEqualTo(sqlState);
    return (Failure) answer;
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    Executed inserted =
        ok(client.execute("INSERT INTO item VALUES (?, ?, ?, ?)", 1L, "tea", 2.5, new byte[] {7}));

    assertThat(inserted.wrote()).isTrue();
    assertThat(inserted.results().get(0).updateCounts()).containsExactly(1);
    assertThat(client.query("SELECT id, name, price, b, NULL FROM item").get(0))
        .containsExactly(1L, "tea", 2.5, new byte[] {7}, null);
  }

  @Test
  void namesTheColumnsOfAResult() throws IOException {
    Executed executed = ok(client.ask(client.call("SELECT name AS n, 1 + 1 FROM item").build()));

    StatementResult.RowSet rows = executed.results().get(0).rows();
    assertThat(rows.columns().get(0).label()).isEqualTo("n");
    assertThat(rows.columns().get(0).table()).isEqualTo("item");
    assertThat(rows.columns().get(0).declaredType()).isEqualTo("TEXT");
    assertThat(rows.columns().get(1).label()).isEqualTo("1 + 1");
  }

  @Test
  void sameSequenceAgainIsAnsweredFromTheSession() throws IOException {
    long sequence = client.sequence() + 1;
    ServerMessage first = client.execute("INSERT INTO item(name) VALUES ('once')");

    ServerMessage again =
        client.ask(
            client.call("INSERT INTO item(name) VALUES ('once')").sequence(sequence).build());

    assertThat(again).isEqualTo(first);
    assertThat(client.query("SELECT count(*) FROM item").get(0)).containsExactly(1L);
  }

  @Test
  void returnsGeneratedKeys() throws IOException {
    Executed executed =
        ok(
            client.ask(
                client
                    .call("INSERT INTO item(name) VALUES ('a')")
                    .sequence(client.sequence() + 1)
                    .keys(GeneratedKeys.KEY)
                    .build()));

    StatementResult result = executed.results().get(0);
    assertThat(result.updateCounts()).containsExactly(1);
    assertThat(result.rows().generatedKeys()).isTrue();
    assertThat(ProtocolClient.rowsOf(executed)).containsExactly(List.of(1L));
  }

  @Test
  void fetchesLargeResultsInBatches() throws IOException {
    ok(
        client.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                + " INSERT INTO item(id, name) SELECT i, 'x' || i FROM n"));

    Executed executed =
        ok(client.ask(client.call("SELECT id FROM item ORDER BY id").fetchSize(300).build()));
    StatementResult.RowSet first = executed.results().get(0).rows();
    assertThat(first.batch().rowCount()).isEqualTo(300);
    assertThat(first.cursor()).isNotZero();
    int rows = 300;
    ServerMessage.Rows more;
    do {
      more = (ServerMessage.Rows) client.ask(new ClientMessage.Fetch(first.cursor(), 300));
      rows += more.batch().rowCount();
    } while (!more.last());

    assertThat(rows).isEqualTo(1000);
    failed(client.ask(new ClientMessage.Fetch(first.cursor(), 300)), "24000");
  }

  @Test
  void batchesEndAtTheirSizeWithoutAFetchSize() throws IOException {
    ok(
        client.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
                + " INSERT INTO item(b) SELECT zeroblob(10000) FROM n"));

    Executed executed = ok(client.ask(client.call("SELECT b FROM item").build()));

    StatementResult.RowSet first = executed.results().get(0).rows();
    assertThat(first.batch().byteCount()).isBetween(256 << 10, 300 << 10);
    assertThat(first.cursor()).isNotZero();
    assertThat(client.ask(new ClientMessage.CloseCursor(first.cursor()))).isInstanceOf(Done.class);
  }

  @Test
  void stopsAtTheMaximumOfRows() throws IOException {
    ok(client.execute("INSERT INTO item(name) VALUES ('a'), ('b'), ('c')"));

    Executed executed =
        ok(client.ask(client.call("SELECT name FROM item").maxRows(2).fetchSize(2).build()));

    assertThat(ProtocolClient.rowsOf(executed)).hasSize(2);
    assertThat(executed.results().get(0).rows().cursor()).isZero();
  }

  @Test
  void constraintViolationIsTheResultOfTheWrite() throws IOException {
    ok(client.execute("INSERT INTO item(id) VALUES (1)"));

    Failure failure = failed(client.execute("INSERT INTO item(id) VALUES (1)"), "23505");

    assertThat(failure.kind()).isEqualTo(FailureKind.STATEMENT);
    assertThat(failure.vendorCode()).isEqualTo(19);
    assertThat(failure.message()).isEqualTo("UNIQUE constraint failed: item.id");
  }

  @Test
  void refusesWhatTheCallDoesNotAllowBeforeItHasAnEffect() throws IOException {
    failed(
        client.ask(
            client
                .call("INSERT INTO item(id) VALUES (1)")
                .sequence(client.sequence() + 1)
                .expecting(Expectation.ROWS)
                .build()),
        "02000");
    failed(
        client.ask(
            client
                .call("INSERT INTO item(id) VALUES (1) RETURNING id")
                .sequence(client.sequence() + 1)
                .expecting(Expectation.COUNT)
                .build()),
        "0100E");
    failed(client.ask(client.call("SELECT 1").expecting(Expectation.COUNT).build()), "0100E");
    failed(
        client.ask(
            client
                .call("INSERT INTO item(id) VALUES (1)")
                .sequence(client.sequence() + 1)
                .readOnly()
                .build()),
        "25006");

    assertThat(client.query("SELECT count(*) FROM item").get(0)).containsExactly(0L);
  }

  @Test
  void refusesWrongStatementsWithTheirOwnErrors() throws IOException {
    failed(client.execute("SELEC 1"), "42601");
    failed(client.execute("SELECT * FROM nowhere"), "42P01");
    failed(client.execute("SELECT colour FROM item"), "42703");
    failed(client.execute("ATTACH 'x.db' AS x"), "0AL01");
    failed(client.execute("SELECT ?", 1L, 2L), "07001");
    failed(client.execute("BEGIN"), "2D000");
    failed(client.execute("SAVEPOINT s"), "25P01");
  }

  @Test
  void writeWithoutASessionAsksForOne() throws IOException {
    try (ProtocolClient other = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      Failure failure = failed(other.execute("INSERT INTO item(id) VALUES (1)"), "55000");
      assertThat(failure.kind()).isEqualTo(FailureKind.SESSION_REQUIRED);
    }
  }

  @Test
  void writeOfAnUnknownSessionChangesNothing() throws IOException {
    try (ProtocolClient other = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      other.resume(dev.lockstep.protocol.SessionId.random(), 0);
      Failure failure = (Failure) other.execute("INSERT INTO item(id) VALUES (1)");
      assertThat(failure.kind()).isEqualTo(FailureKind.SESSION_UNKNOWN);
      assertThat(other.query("SELECT count(*) FROM item").get(0)).containsExactly(0L);
    }
  }

  @Test
  void batchOfTextsMayDefineWhatItsLaterTextsNeed() throws IOException {
    Executed executed =
        ok(
            client.ask(
                client
                    .calls(
                        "DROP TABLE IF EXISTS made",
                        "CREATE TABLE made(a)",
                        "INSERT INTO made VALUES (1), (2)")
                    .sequence(client.sequence() + 1)
                    .build()));

    assertThat(executed.results()).hasSize(3);
    assertThat(executed.results().get(2).updateCounts()).containsExactly(2);
  }

  @Test
  void sessionFunctionsAnswerForTheSession() throws IOException {
    ok(client.execute("INSERT INTO item(id) VALUES (41)"));
    ok(client.execute("INSERT INTO item(id) VALUES (42)"));
    try (ProtocolClient other = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      other.openSession();
      ok(other.execute("INSERT INTO item(id) VALUES (77)"));
      assertThat(client.query("SELECT last_insert_rowid(), changes()").get(0))
          .containsExactly(42L, 1L);
      assertThat(other.query("SELECT last_insert_rowid()").get(0)).containsExactly(77L);
    }
  }

  @Test
  void committedTransactionIsSeenAndRolledBackOneIsNot() throws IOException {
    ok(client.inTransaction(1, "INSERT INTO item(id) VALUES (1)"));
    ok(client.inTransaction(1, "INSERT INTO item(id) VALUES (2)"));
    assertThat(ProtocolClient.rowsOf(ok(client.inTransaction(1, "SELECT count(*) FROM item"))))
        .containsExactly(List.of(2L));
    try (ProtocolClient other = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      assertThat(other.query("SELECT count(*) FROM item").get(0)).containsExactly(0L);
    }
    assertThat(client.commit(1)).isInstanceOf(Done.class);
    assertThat(client.query("SELECT count(*) FROM item").get(0)).containsExactly(2L);

    ok(client.inTransaction(2, "DELETE FROM item"));
    assertThat(client.ask(new ClientMessage.Rollback(client.session(), 2)))
        .isInstanceOf(Done.class);
    assertThat(client.query("SELECT count(*) FROM item").get(0)).containsExactly(2L);
  }

  @Test
  void transactionOfAGoneClientIsRolledBackAndItsTurnGoesOn() throws IOException {
    try (ProtocolClient other = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE)) {
      ok(other.inTransaction(1, "INSERT INTO item(id) VALUES (1)"));
    }
    ok(client.inTransaction(1, "INSERT INTO item(id) VALUES (1)"));
    assertThat(client.commit(1)).isInstanceOf(Done.class);
  }

  @Test
  void readsOfAllConsistenciesSeeAnAcknowledgedWriteOnTheLeader() throws IOException {
    Executed inserted = ok(client.execute("INSERT INTO item(id) VALUES (1)"));
    for (Consistency consistency : Consistency.values()) {
      Executed read =
          ok(
              client.ask(
                  client
                      .call("SELECT id FROM item")
                      .consistency(consistency)
                      .appliedIndexMin(inserted.appliedIndex())
                      .maxStalenessMillis(1_000)
                      .build()));
      assertThat(ProtocolClient.rowsOf(read)).as(consistency.name()).containsExactly(List.of(1L));
      assertThat(read.appliedIndex()).isGreaterThanOrEqualTo(inserted.appliedIndex());
    }
  }

  @Test
  void statementTimeoutInterruptsARead() throws IOException {
    failed(
        client.ask(
            client
                .call(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                        + " SELECT count(*) FROM n")
                .timeoutMillis(100)
                .build()),
        "57014");
    assertThat(client.query("SELECT 1").get(0)).containsExactly(1L);
  }

  @Test
  void cancelFromAnotherConnectionInterruptsARead() throws IOException {
    try (ProtocolClient victim = new ProtocolClient(node.clientPort());
        ProtocolClient canceller = ProtocolClient.connect(node.clientPort(), "")) {
      ServerMessage.Welcome welcome = victim.hello(TestNodes.DATABASE);
      victim.send(
          77,
          victim
              .call(
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                      + " SELECT count(*) FROM n")
              .build());
      await().until(() -> !node.status().values().get("readers.inUse").equals("0"));

      canceller.ask(new ClientMessage.Cancel(welcome.connection(), welcome.cancelKey() + 1));
      canceller.ask(new ClientMessage.Cancel(welcome.connection(), welcome.cancelKey()));

      failed(victim.answerTo(77), "57014");
    }
  }

  @Test
  void describesStatements() throws IOException {
    ServerMessage.Described described =
        (ServerMessage.Described)
            client.ask(new ClientMessage.Describe("SELECT name FROM item WHERE id = ?", 0));

    assertThat(described.writes()).isFalse();
    assertThat(described.parameters())
        .containsExactly(new ValueInfo("BIGINT", Nullability.UNKNOWN));
    assertThat(described.columns()).hasSize(1);
    failed(client.ask(new ClientMessage.Describe("SELEC", 0)), "42601");
  }

  @Test
  void saysHowItIs() throws IOException {
    ServerMessage.StatusReport report =
        (ServerMessage.StatusReport) client.ask(new ClientMessage.GetStatus());

    assertThat(report.values())
        .containsEntry("role", "LEADER")
        .containsEntry("leader", "n1")
        .containsEntry("database", "shop")
        .containsEntry("fault", "");
  }

  @Test
  void pipelinedWritesAreAppliedInTheirOrderAndReadsComeAfterThem() throws IOException {
    int writes = 200;
    for (int i = 1; i <= writes; i++) {
      client.send(
          1_000 + i,
          client
              .call("INSERT INTO item(id) VALUES (?)", (long) i)
              .sequence(client.sequence() + i)
              .build());
    }
    client.send(9_999, client.call("SELECT count(*), max(id) FROM item").build());
    for (int i = 1; i <= writes; i++) {
      ok(client.answerTo(1_000 + i));
    }
    assertThat(ProtocolClient.rowsOf(ok(client.answerTo(9_999))))
        .containsExactly(List.of((long) writes, (long) writes));
  }
}
