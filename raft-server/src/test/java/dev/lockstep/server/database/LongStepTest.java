package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.database.LeaderAndFollower.TestTransaction;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that take long, while commands of others are to be applied. */
final class LongStepTest {
  /** Longer than the applying thread waits, also the longest time it does. */
  private static final String LONG = count(1_000_000);

  /** Never comes to its end in a test that passes. */
  private static final String ENDLESS = count(Long.MAX_VALUE);

  @TempDir Path directory;
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private LeaderAndFollower cluster;
  private SessionId alice;
  private SessionId bob;

  private static String count(long rows) {
    return "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < "
        + rows
        + ") SELECT count(*) FROM c)";
  }

  @BeforeEach
  void open() {
    open(TransactionOptions.DEFAULT);
  }

  private void open(TransactionOptions options) {
    cluster =
        new LeaderAndFollower(directory.resolve(String.valueOf(options.stepMillisMax())), options);
    alice = cluster.openSession(1);
    bob = cluster.openSession(2);
    cluster.execute(bob, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    cluster.execute(bob, "INSERT INTO t VALUES (1, 10)");
  }

  @AfterEach
  void close() {
    worker.shutdownNow();
    cluster.close();
  }

  /** Runs the step while commands come without a pause. */
  private CommandResult stepUnderLoad(TestTransaction transaction, String sql) throws Exception {
    Future<CommandResult> step = worker.submit(() -> transaction.step(sql));
    while (!step.isDone()) {
      cluster.execute(bob, "INSERT INTO t(v) VALUES (1)");
    }
    return step.get();
  }

  @Test
  void longReadGoesOnInAStateOfItsOwnAndHoldsUpNobody() throws Exception {
    cluster.registry().useReadIndex(read -> read.completed(cluster.leader.index, null));
    TestTransaction transaction = cluster.begin(alice);
    transaction.step("SELECT v FROM t WHERE id = 1");
    CommandResult result = stepUnderLoad(transaction, "SELECT count(*), " + LONG + " FROM t");
    assertThat(result).isInstanceOf(Executed.class);
    assertThat(cluster.counter("stepsInterrupted")).isEqualTo(1);
    assertThat(Integer.parseInt(cluster.leader.query("SELECT count(*) FROM t").get(0)))
        .isGreaterThan(2);

    // Later reads see the same state, and need no turn.
    TestTransaction other = cluster.begin(bob).request();
    assertThat(other.hasTurn()).isTrue();
    other.run("DELETE FROM t");
    other.commit();
    cluster.deliverAll();
    CommandResult again = transaction.step("SELECT v FROM t WHERE id = 1");
    assertThat(transaction.script.get(2).seen()).isEqualTo(transaction.script.get(0).seen());
    assertThat(again).isInstanceOf(Executed.class);
    assertThat(transaction.commit()).isFalse();
    cluster.assertEqual();
  }

  @Test
  void writeAfterALongReadIsOnThePresentState() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    stepUnderLoad(transaction, "SELECT v, " + LONG + " FROM t WHERE id = 1");
    transaction.step("UPDATE t SET v = v + 1 WHERE id = 1");
    transaction.commit();
    cluster.deliverAll();
    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void requestThatHasPassedItsTurnOnMayTakeMoreSteps() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    stepUnderLoad(transaction, "SELECT " + LONG);
    transaction.request();
    transaction.provisional.step(List.of(TestReplica.statement("SELECT 1")));
    transaction.provisional.step(List.of(TestReplica.statement("UPDATE t SET v = 5 WHERE id = 1")));
    transaction.provisional.requestEnded();
    transaction.commit();
    cluster.deliverAll();
    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void longReadOfWhatHasChangedSinceIsNoGroundToWrite() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    stepUnderLoad(transaction, "SELECT count(*), " + LONG + " FROM t");
    cluster.execute(bob, "DELETE FROM t");
    assertThatThrownBy(() -> transaction.step("INSERT INTO t VALUES (100, 1)"))
        .isInstanceOfSatisfying(
            TransactionLostException.class, e -> assertThat(e.sqlState()).isEqualTo("40001"));
  }

  @Test
  void longWriteIsInterruptedAFewTimesAndThenRunsToItsEnd() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    CommandResult result = stepUnderLoad(transaction, "UPDATE t SET v = " + LONG + " WHERE id = 1");
    assertThat(result).isInstanceOf(Executed.class);
    assertThat(cluster.counter("stepsInterrupted"))
        .isBetween(1L, (long) StepPatience.INTERRUPTIONS_MAX);
    transaction.commit();
    cluster.deliverAll();
    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.leader.query("SELECT v FROM t WHERE id = 1")).containsExactly("1000000");
    cluster.assertEqual();
  }

  @Test
  void writeThatTakesTooLongEndsItsTransactionWithAnAnswerOfItsOwn() {
    cluster.close();
    open(new TransactionOptions(TransactionLimits.DEFAULT, 5, 1_000, 100, 64, 1 << 20));
    TestTransaction transaction = cluster.begin(alice);
    assertThatThrownBy(
            () -> stepUnderLoad(transaction, "UPDATE t SET v = " + ENDLESS + " WHERE id = 1"))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            TransactionLostException.class, e -> assertThat(e.sqlState()).isEqualTo("54000"))
        .hasMessageContaining("more than 100 ms");
    assertThat(cluster.registry().count()).isZero();
    cluster.execute(bob, "INSERT INTO t(v) VALUES (1)");
  }

  @Test
  void cancelledStepIsNoPartOfTheScript() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    transaction.step("UPDATE t SET v = 11 WHERE id = 1");
    Future<CommandResult> step =
        worker.submit(() -> transaction.step("UPDATE t SET v = " + ENDLESS));
    while (!step.isDone()) {
      transaction.provisional.cancel();
    }
    assertThat(((Failed) step.get()).sqlState()).isEqualTo("57014");
    transaction.step("INSERT INTO t VALUES (2, random())");
    transaction.commit();
    cluster.deliverAll();
    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(1);
    cluster.assertEqual();
  }

  @Test
  void readOnAStateOfItsOwnCanBeCancelledAndTheTransactionGoesOn() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    stepUnderLoad(transaction, "SELECT v, random(), " + LONG + " FROM t WHERE id = 1");
    Future<CommandResult> step = worker.submit(() -> transaction.step("SELECT " + ENDLESS));
    while (!step.isDone()) {
      transaction.provisional.cancel();
    }
    assertThat(((Failed) step.get()).sqlState()).isEqualTo("57014");
    transaction.step("SELECT random()");
    transaction.step("UPDATE t SET v = random() WHERE id = 1");
    transaction.commit();
    cluster.deliverAll();
    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void endOfTheLeadershipEndsALongRead() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    stepUnderLoad(transaction, "SELECT " + LONG + " FROM t WHERE id = 1");
    Future<CommandResult> step = worker.submit(() -> transaction.step("SELECT " + ENDLESS));
    while (!step.isDone()) {
      cluster.leader.replica.leadershipLost(null);
    }
    assertThatThrownBy(step::get)
        .cause()
        .isInstanceOfSatisfying(
            TransactionLostException.class, e -> assertThat(e.sqlState()).isEqualTo("57P03"));
  }
}
