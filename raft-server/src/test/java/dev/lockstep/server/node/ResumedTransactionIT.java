package dev.lockstep.server.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Outcome;
import dev.lockstep.protocol.ClientMessage.Resume;
import dev.lockstep.protocol.Consistency;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Receipt;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowsDigest;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Done;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.Rows;
import dev.lockstep.protocol.ServerMessage.Stepped;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.TransactionMode;
import dev.lockstep.protocol.TransactionOptions;
import dev.lockstep.server.ProtocolClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions, results and outcomes that a client carries from one connection to another. */
final class ResumedTransactionIT {
  @TempDir private static Path directory;
  private static LockstepNode node;

  private ProtocolClient first;
  private ProtocolClient second;
  private final List<ScriptStep> script = new ArrayList<>();
  private Receipt receipt;

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
    first = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE);
    second = ProtocolClient.connect(node.clientPort(), TestNodes.DATABASE);
    first.openSession();
    first.execute("DROP TABLE IF EXISTS item");
    first.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT)");
    first.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
            + " INSERT INTO item SELECT i, 'item ' || i FROM n");
  }

  @AfterEach
  void everythingWasGivenBack() throws IOException {
    first.close();
    second.close();
    await()
        .untilAsserted(
            () ->
                assertThat(node.status().values())
                    .containsEntry("requests.open", "0")
                    .containsEntry("writes.inFlight", "0")
                    .containsEntry("readers.inUse", "0")
                    .containsEntry("cursors", "0")
                    .containsEntry("transactions", "0"));
  }

  /** Takes a step on the first connection, and keeps it. */
  private ServerMessage step(ProtocolClient.Call call) throws IOException {
    Execute execute = call.transaction(1).build();
    ServerMessage answer = first.ask(execute);
    if (answer instanceof Stepped step) {
      receipt = step.receipt();
      script.add(
          new ScriptStep(
              execute.keys(),
              execute.fetchSize(),
              execute.maxRows(),
              execute.calls(),
              receipt.seen(),
              List.of()));
    }
    return answer;
  }

  private ServerMessage step(String sql) throws IOException {
    return step(first.call(sql));
  }

  private Resume resume(long number, boolean readOnly) {
    return resume(number, readOnly, TransactionOptions.DEFAULT, receipt.clockMillis());
  }

  private Resume resume(
      long number, boolean readOnly, TransactionOptions options, long clockMillis) {
    return new Resume(
        first.session(),
        number,
        readOnly,
        options,
        clockMillis,
        receipt.seed(),
        0,
        Consistency.LINEARIZABLE,
        0,
        0,
        script);
  }

  private static void isLost(ServerMessage answer) {
    isFailure(answer, FailureKind.TRANSACTION_LOST, "40001");
  }

  private static void isFailure(ServerMessage answer, FailureKind kind, String sqlState) {
    assertThat(answer).isInstanceOf(Failure.class);
    assertThat(((Failure) answer).kind()).as(answer.toString()).isEqualTo(kind);
    assertThat(((Failure) answer).sqlState()).as(answer.toString()).isEqualTo(sqlState);
  }

  private static List<List<Object>> rowsOf(ServerMessage answer) {
    return ProtocolClient.rowsOf(
        answer instanceof Stepped step ? step.executed() : (Executed) answer);
  }

  @Test
  void aTransactionGoesOnOnAnotherConnectionWithTheSameClockAndChance() throws IOException {
    step("CREATE TABLE made(at TEXT DEFAULT CURRENT_TIMESTAMP, chance DEFAULT (random()))");
    step("SAVEPOINT a");
    List<List<Object>> made = rowsOf(step("INSERT INTO made DEFAULT VALUES RETURNING at, chance"));
    isFailure(
        ((Stepped) step("INSERT INTO item VALUES (1, 'again')")).failure(),
        FailureKind.STATEMENT,
        "23505");
    first.close();
    assertThat(second.ask(resume(5, false))).isInstanceOf(Done.class);
    assertThat(rowsOf(second.inTransaction(5, "SELECT at, chance FROM made"))).isEqualTo(made);
    assertThat(second.inTransaction(5, "ROLLBACK TO a")).isInstanceOf(Stepped.class);
    assertThat(second.inTransaction(5, "INSERT INTO made(at) VALUES ('later')"))
        .isInstanceOf(Stepped.class);
    assertThat(second.ask(new Commit(first.session(), 9, 5))).isInstanceOf(Done.class);
    assertThat(second.query("SELECT at FROM made")).containsExactly(List.of("later"));
    second.openSession();
    second.execute("DROP TABLE made");
  }

  @Test
  void aTransactionWhoseReadsHaveChangedIsLost() throws IOException {
    step("SELECT name FROM item WHERE id = 7");
    step("DELETE FROM item WHERE id = 8");
    second.openSession();
    second.execute("UPDATE item SET name = 'other' WHERE id = 7");
    isLost(second.ask(resume(1, false)));
    isLost(second.inTransaction(1, "SELECT 1"));
    assertThat(second.query("SELECT count(*) FROM item")).containsExactly(List.of(100L));
  }

  @Test
  void aTableThatIsGoneLosesTheTransaction() throws IOException {
    step("SELECT count(*) FROM item");
    first.ask(new ClientMessage.Rollback(first.session(), 1));
    first.execute("DROP TABLE item");
    isLost(second.ask(resume(1, false)));
  }

  @Test
  void anErrorThatTellsOfTheSchemaIsAStep() throws IOException {
    isFailure(((Stepped) step("SELECT * FROM absent")).failure(), FailureKind.STATEMENT, "42P01");
    isFailure(
        ((Stepped) step("INSERT INTO item(colour) VALUES ('red')")).failure(),
        FailureKind.STATEMENT,
        "42703");
    step("DELETE FROM item WHERE id = 8");
    first.close();
    assertThat(second.ask(resume(1, false))).isInstanceOf(Done.class);
    assertThat(second.ask(new Commit(first.session(), 9, 1))).isInstanceOf(Done.class);
    assertThat(second.query("SELECT count(*) FROM item")).containsExactly(List.of(99L));
  }

  @Test
  void aTableThatWasMissedAndIsThereNowLosesTheTransaction() throws IOException {
    step("SELECT * FROM absent");
    step("DELETE FROM item WHERE id = 8");
    second.openSession();
    second.execute("CREATE TABLE absent(x)");
    isLost(second.ask(resume(1, false)));
    assertThat(second.query("SELECT count(*) FROM item")).containsExactly(List.of(100L));
    second.execute("DROP TABLE absent");
  }

  @Test
  void anErrorOfTheTextAloneIsNoStep() throws IOException {
    isFailure(step("SELEC 1"), FailureKind.STATEMENT, "42601");
    isFailure(step("CREATE TABLE made(x); SELECT y FROM made"), FailureKind.STATEMENT, "42703");
    assertThat(script).isEmpty();
    first.ask(new ClientMessage.Rollback(first.session(), 1));
  }

  @Test
  void aStepOfATransactionThatIsNotThereIsLost() throws IOException {
    isLost(first.ask(first.call("SELECT 1").transaction(3).begin(null).build()));
    isLost(second.ask(new Commit(first.session(), 9, 3)));
  }

  @Test
  void aTransactionCannotBeResumedFromTheFuture() throws IOException {
    step("DELETE FROM item");
    ServerMessage answer =
        second.ask(
            resume(1, false, TransactionOptions.DEFAULT, System.currentTimeMillis() + 7_200_000));
    isFailure(answer, FailureKind.PROTOCOL, "08P01");
  }

  @Test
  void theSmallerLimitCounts() throws IOException {
    TransactionOptions two = new TransactionOptions(TransactionMode.QUEUED, 0, 0, 0, 2, 0, 0);
    first.ask(first.call("SELECT 1").transaction(1).begin(two).build());
    first.inTransaction(1, "SELECT 1");
    isFailure(first.inTransaction(1, "SELECT 1"), FailureKind.STATEMENT, "54000");
    TransactionOptions small =
        new TransactionOptions(TransactionMode.OPTIMISTIC, 0, 0, 0, 0, 40, 0);
    isFailure(
        first.ask(
            first.call("SELECT '" + "x".repeat(50) + "'").transaction(2).begin(small).build()),
        FailureKind.STATEMENT,
        "54000");
    TransactionOptions huge =
        new TransactionOptions(
            TransactionMode.QUEUED,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE);
    assertThat(first.ask(first.call("SELECT 1").transaction(3).begin(huge).build()))
        .isInstanceOf(Stepped.class);
  }

  @Test
  void anIdleTransactionIsToldItsLimit() throws IOException {
    TransactionOptions brief = new TransactionOptions(TransactionMode.QUEUED, 0, 50, 0, 0, 0, 0);
    first.ask(first.call("SELECT 1").transaction(1).begin(brief).build());
    await().until(() -> node.status().values().get("transactions").equals("0"));
    isFailure(first.inTransaction(1, "SELECT 1"), FailureKind.TRANSACTION_LOST, "25P03");
  }

  // ---- outcomes

  @Test
  void theOutcomeOfACommitIsItsAnswer() throws IOException {
    step("DELETE FROM item WHERE id = 1");
    ServerMessage committed = first.commit(1);
    assertThat(second.ask(new Outcome(first.session(), first.sequence(), false)))
        .isEqualTo(committed);
    assertThat(second.ask(new Outcome(first.session(), first.sequence(), true)))
        .isEqualTo(committed);
  }

  @Test
  void aCommitThatWasNotAppliedCanBeRepeatedUntilItIsDecided() throws IOException {
    step("DELETE FROM item WHERE id = 1");
    Outcome ask = new Outcome(first.session(), first.sequence() + 1, false);
    Outcome decide = new Outcome(first.session(), first.sequence() + 1, true);
    isFailure(second.ask(ask), FailureKind.NOT_APPLIED, "40003");
    isLost(second.ask(decide));
    isLost(second.ask(ask));
    isLost(first.commit(1));
    assertThat(first.query("SELECT count(*) FROM item")).containsExactly(List.of(100L));
  }

  @Test
  void twoCommitsUnderOneNumberAreOne() throws IOException {
    step("INSERT INTO item(name) VALUES ('new')");
    assertThat(first.commit(1)).isInstanceOf(Done.class);
    // As if the answer was lost: what the script shows has not changed by its own commit.
    assertThat(second.ask(resume(1, false))).isInstanceOf(Done.class);
    assertThat(second.ask(new Commit(first.session(), first.sequence(), 1)))
        .isInstanceOf(Done.class);
    assertThat(first.query("SELECT count(*) FROM item")).containsExactly(List.of(101L));
  }

  @Test
  void theOutcomeOfAnUnknownSessionIsNotKnown() throws IOException {
    isFailure(
        first.ask(new Outcome(SessionId.random(), 1, false)), FailureKind.SESSION_UNKNOWN, "08003");
    isFailure(
        second.ask(new Outcome(SessionId.random(), 1, true)), FailureKind.SESSION_UNKNOWN, "08003");
  }

  // ---- results

  @Test
  void aResultGoesOnBehindTheRowsThatWereReceived() throws IOException {
    RowsDigest digest = new RowsDigest();
    Executed begun =
        (Executed) first.ask(first.call("SELECT id FROM item ORDER BY id").fetchSize(30).build());
    digest.add(begun.results().get(0).rows().batch());
    Rows more =
        (Rows) first.ask(new ClientMessage.Fetch(begun.results().get(0).rows().cursor(), 20));
    digest.add(more.batch());
    assertThat(digest.seen().count()).isEqualTo(50);

    Execute again =
        second.call("SELECT id FROM item ORDER BY id").fetchSize(30).seen(digest.seen()).build();
    Executed rest = (Executed) second.ask(again);
    assertThat(rowsOf(rest).get(0)).containsExactly(51L);
    assertThat(rest.results().get(0).rows().batch().rowCount()).isEqualTo(30);
    RowBatch last =
        ((Rows) second.ask(new ClientMessage.Fetch(rest.results().get(0).rows().cursor(), 0)))
            .batch();
    assertThat(last.rowCount()).isEqualTo(20);

    first.execute("UPDATE item SET id = 1000 WHERE id = 50");
    isLost(second.ask(again));
    first.execute("DELETE FROM item WHERE id > 40");
    isLost(second.ask(again));
  }

  @Test
  void rowsCannotBeSkippedWhereTheyAreNotOneResultThatIsRead() throws IOException {
    RowsSeen seen = new RowsSeen(1, new RowsDigest().seen().digest());
    isFailure(
        first.ask(first.call("SELECT 1; SELECT 2").seen(seen).build()),
        FailureKind.PROTOCOL,
        "08P01");
    isFailure(
        second.ask(second.call("SELECT 1").transaction(1).seen(seen).build()),
        FailureKind.PROTOCOL,
        "08P01");
  }

  // ---- read-only transactions

  @Test
  void aReadOnlyTransactionIsASnapshotThatStreams() throws IOException {
    second.openSession();
    ServerMessage begun =
        step(first.call("SELECT id FROM item ORDER BY id").readOnly().fetchSize(60));
    second.execute("DELETE FROM item");
    assertThat(rowsOf(step(first.call("SELECT count(*) FROM item").readOnly())))
        .containsExactly(List.of(100L));
    long cursor = ((Stepped) begun).executed().results().get(0).rows().cursor();
    assertThat(((Rows) first.ask(new ClientMessage.Fetch(cursor, 0))).batch().rowCount())
        .isEqualTo(40);
    isFailure(
        first.ask(first.call("DELETE FROM item").readOnly().transaction(1).build()),
        FailureKind.STATEMENT,
        "25006");
    assertThat(first.ask(new ClientMessage.Rollback(SessionId.NONE, 1))).isInstanceOf(Done.class);
    isLost(first.ask(first.call("SELECT 1").readOnly().transaction(1).build()));
    assertThat(first.query("SELECT count(*) FROM item")).containsExactly(List.of(0L));
  }

  @Test
  void aReadOnlyTransactionIsResumedWithItsClockAndItsRows() throws IOException {
    ServerMessage chance = step(first.call("SELECT random(), CURRENT_TIMESTAMP").readOnly());
    step(first.call("SELECT abs(-9223372036854775808)").readOnly());
    ServerMessage begun =
        step(first.call("SELECT id FROM item ORDER BY id").readOnly().fetchSize(60));
    RowsDigest digest = new RowsDigest();
    digest.add(((Stepped) begun).executed().results().get(0).rows().batch());
    long cursor = ((Stepped) begun).executed().results().get(0).rows().cursor();
    digest.add(((Rows) first.ask(new ClientMessage.Fetch(cursor, 20))).batch());
    ScriptStep step = script.remove(2);
    script.add(
        new ScriptStep(
            step.keys(),
            step.fetchSize(),
            step.maxRows(),
            step.calls(),
            step.seen(),
            List.of(new ScriptStep.Fetched(0, digest.seen(), false))));

    assertThat(second.ask(resume(4, true))).isInstanceOf(Done.class);
    assertThat(chance).isInstanceOf(Stepped.class);
    Stepped rest =
        (Stepped)
            second.ask(
                second
                    .call("SELECT id FROM item ORDER BY id")
                    .readOnly()
                    .transaction(4)
                    .seen(digest.seen())
                    .build());
    assertThat(rest.executed().results().get(0).rows().batch().rowCount()).isEqualTo(20);

    first.execute("UPDATE item SET id = 1000 WHERE id = 70");
    isLost(second.ask(resume(5, true)));
  }

  @Test
  void anIdleReadOnlyTransactionGivesItsReaderBackAndIsToldItsLimit() throws IOException {
    TransactionOptions brief = new TransactionOptions(TransactionMode.QUEUED, 0, 50, 0, 0, 0, 0);
    first.ask(first.call("SELECT 1").readOnly().transaction(1).begin(brief).build());
    await().until(() -> node.status().values().get("readers.inUse").equals("0"));
    isFailure(
        first.ask(first.call("SELECT 1").readOnly().transaction(1).build()),
        FailureKind.TRANSACTION_LOST,
        "25P03");
  }
}
