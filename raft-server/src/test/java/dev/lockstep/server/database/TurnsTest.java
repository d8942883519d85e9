package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.database.LeaderAndFollower.TestTransaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may work on its transaction, and when. */
final class TurnsTest {
  @TempDir Path directory;
  private LeaderAndFollower cluster;
  private SessionId alice;
  private SessionId bob;
  private SessionId carol;

  @BeforeEach
  void open() {
    cluster = new LeaderAndFollower(directory);
    alice = cluster.openSession(1);
    bob = cluster.openSession(2);
    carol = cluster.openSession(3);
    cluster.execute(alice, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    cluster.execute(alice, "INSERT INTO t VALUES (1, 10), (2, 20)");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void pass(long millis) {
    cluster.leader.nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    cluster.registry().lend();
  }

  private static void assertLost(String sqlState, TestTransaction transaction) {
    assertThatThrownBy(() -> transaction.step("SELECT 1"))
        .isInstanceOfSatisfying(
            TransactionLostException.class, e -> assertThat(e.sqlState()).isEqualTo(sqlState));
  }

  @Test
  void turnsComeInTheOrderOfTheFirstRequests() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("UPDATE t SET v = 1");
    List<TestTransaction> others = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      others.add(cluster.begin(cluster.openSession(10 + i)));
    }
    for (TestTransaction other : others) {
      other.request();
      assertThat(other.hasTurn()).isFalse();
    }
    first.commit();
    for (int i = 0; i < 5; i++) {
      assertThat(others.get(i).hasTurn()).as("turn of %d", i).isTrue();
      assertThat(others.stream().filter(TestTransaction::hasTurn)).hasSize(i + 1);
      others.get(i).run("UPDATE t SET v = v + 1");
      others.get(i).commit();
    }
    cluster.deliverAll();
    assertThat(cluster.leader.query("SELECT v FROM t")).containsExactly("6", "6");
    cluster.assertEqual();
  }

  @Test
  void turnOfAnIdleHolderIsLentAndTheHolderGoesOnByReplay() throws Exception {
    TestTransaction holder = cluster.begin(alice);
    holder.step("UPDATE t SET v = 11 WHERE id = 1");
    TestTransaction other = cluster.begin(bob).request();
    pass(40);
    assertThat(other.hasTurn()).isFalse();
    pass(20);
    assertThat(other.hasTurn()).isTrue();
    assertThat(cluster.counter("turnsLent")).isEqualTo(1);
    other.run("UPDATE t SET v = 21 WHERE id = 2");
    other.commit();

    holder.step("SELECT count(*) FROM t");
    holder.commit();
    cluster.deliverAll();
    assertThat(other.committed()).isEqualTo(Done.INSTANCE);
    assertThat(holder.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(2);
    assertThat(cluster.leader.query("SELECT v FROM t")).containsExactly("11", "21");
    cluster.assertEqual();
  }

  @Test
  void holderWhoseReadsTheBorrowerHasChangedIsLost() throws Exception {
    TestTransaction holder = cluster.begin(alice);
    holder.step("SELECT v FROM t WHERE id = 1");
    TestTransaction other = cluster.begin(bob).request();
    pass(100);
    other.run("UPDATE t SET v = 0 WHERE id = 1");
    other.commit();

    assertLost("40001", holder);
    assertThat(cluster.counter("lostBeforeCommit")).isEqualTo(1);
    cluster.deliverAll();
    cluster.assertEqual();
  }

  @Test
  void holderThatIsWorkingKeepsItsTurn() throws Exception {
    TestTransaction holder = cluster.begin(alice).request();
    TestTransaction other = cluster.begin(bob).request();
    pass(5_000);
    assertThat(other.hasTurn()).isFalse();
    holder.run("SELECT 1");
    assertThat(other.hasTurn()).as("its share of time is over").isTrue();
  }

  /**
   * Such as those that have no processor to run on: lending their turns would lose transactions.
   */
  @Test
  void clientsThatPauseLongerAreGivenLonger() throws Exception {
    TestTransaction holder = cluster.begin(alice);
    TestTransaction other = cluster.begin(bob);
    for (int i = 0; i < 10; i++) {
      holder.step("SELECT 1");
      pass(30);
    }
    holder.step("SELECT 1");
    other.request();
    pass(200);
    assertThat(other.hasTurn()).isFalse();
    holder.step("SELECT 1");
    pass(400);
    assertThat(other.hasTurn()).isFalse();
    pass(600);
    assertThat(other.hasTurn()).as("a second is too long for all").isTrue();
  }

  /** Both would change what the other reads; somebody else need not wait for that. */
  @Test
  void turnIsNotSoonLentToWhoRunsTheSameSql() throws Exception {
    TestTransaction holder = cluster.begin(alice);
    String sql = "UPDATE t SET v = v + 1 WHERE id = 1 RETURNING v";
    holder.request(sql).run(sql);
    TestTransaction alike = cluster.begin(bob).request(sql);
    TestTransaction other = cluster.begin(carol);
    pass(60);
    assertThat(alike.hasTurn()).isFalse();
    other.request("UPDATE t SET v = 0 WHERE id = 2");
    assertThat(other.hasTurn()).as("it overtakes").isTrue();
    other.run("UPDATE t SET v = 0 WHERE id = 2");
    holder.request();
    other.commit();
    assertThat(holder.hasTurn()).isTrue();
    holder.run("SELECT 1");
    pass(999);
    assertThat(alike.hasTurn()).isFalse();
    pass(1);
    assertThat(alike.hasTurn()).isTrue();
  }

  @Test
  void patienceForgetsLongPauses() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("SELECT 1");
    pass(100_000);
    first.step("SELECT 1");
    first.commit();
    TestTransaction holder = cluster.begin(alice);
    for (int i = 0; i < 50; i++) {
      holder.step("SELECT 1");
    }
    TestTransaction other = cluster.begin(bob).request();
    pass(49);
    assertThat(other.hasTurn()).isFalse();
    pass(1);
    assertThat(other.hasTurn()).isTrue();
  }

  @Test
  void turnOfFewRequestsIsNotOverYet() throws Exception {
    TestTransaction holder = cluster.begin(alice).request();
    TestTransaction other = cluster.begin(bob).request();
    holder.run("SELECT 1");
    for (int i = 2; i < 64; i++) {
      holder.request();
      pass(25);
      holder.run("SELECT 1");
      assertThat(other.hasTurn()).as("after %d requests", i).isFalse();
    }
    holder.request();
    holder.run("SELECT 1");
    assertThat(other.hasTurn()).isTrue();
  }

  @Test
  void whoGoesOnComesBeforeThoseThatHaveNotBegun() throws Exception {
    TestTransaction holder = cluster.begin(alice);
    holder.step("UPDATE t SET v = 11 WHERE id = 1");
    TestTransaction borrower = cluster.begin(bob).request();
    pass(60);
    TestTransaction fresh = cluster.begin(carol).request();
    holder.request();
    assertThat(fresh.hasTurn()).isFalse();
    assertThat(holder.hasTurn()).isFalse();
    borrower.run("UPDATE t SET v = 12 WHERE id = 2");
    borrower.commit();

    assertThat(holder.hasTurn()).isTrue();
    assertThat(fresh.hasTurn()).isFalse();
    holder.run("SELECT 1");
    holder.commit();
    assertThat(fresh.hasTurn()).isTrue();
  }

  @Test
  void borrowerThatIsIdleLendsOn() throws Exception {
    TestTransaction holder = cluster.begin(alice);
    holder.step("UPDATE t SET v = 11 WHERE id = 1");
    TestTransaction borrower = cluster.begin(bob).request();
    pass(60);
    borrower.run("UPDATE t SET v = 12 WHERE id = 2");
    holder.request();
    assertThat(holder.hasTurn()).isFalse();
    pass(60);
    assertThat(holder.hasTurn()).isTrue();
    holder.run("SELECT v FROM t WHERE id = 1");
    holder.commit();
    borrower.step("SELECT v FROM t WHERE id = 2");
    borrower.commit();
    cluster.deliverAll();
    assertThat(borrower.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.leader.query("SELECT v FROM t")).containsExactly("11", "12");
    cluster.assertEqual();
  }

  @Test
  void idleTransactionTakesNothingFromOthers() throws Exception {
    TestTransaction idle = cluster.begin(alice);
    idle.step("UPDATE t SET v = 11 WHERE id = 1");
    long replays = cluster.counter("replays");
    for (int i = 0; i < 20; i++) {
      cluster.execute(bob, "INSERT INTO t(v) VALUES (1)");
    }
    assertThat(cluster.counter("replays")).isEqualTo(replays);
    idle.commit();
    cluster.deliverAll();
    assertThat(idle.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void waitHasALimit() {
    cluster.begin(alice).request();
    TestTransaction other = cluster.begin(bob).request();
    cluster.registry().expire(TimeUnit.MILLISECONDS.toNanos(60_001));
    assertLost("55P03", other);
  }

  @Test
  void idleTimeAndWholeTimeHaveALimit() throws Exception {
    TestTransaction idle = cluster.begin(alice);
    idle.step("SELECT 1");
    cluster.registry().expire(TimeUnit.MILLISECONDS.toNanos(300_001));
    assertLost("25P03", idle);
    TestTransaction busy = cluster.begin(bob).request();
    cluster.registry().expire(TimeUnit.MILLISECONDS.toNanos(600_001));
    assertLost("25P04", busy);
    assertThat(cluster.registry().count()).isZero();
  }

  @Test
  void givenUpRequestLosesItsPlaceOnly() throws Exception {
    TestTransaction holder = cluster.begin(alice);
    holder.step("SELECT 1");
    TestTransaction other = cluster.begin(bob).request();
    other.provisional.requestEnded();
    pass(100);
    assertThat(other.hasTurn()).isFalse();
    assertThat(cluster.counter("turnsLent")).isZero();
    other.request();
    assertThat(other.hasTurn()).isTrue();
  }

  @Test
  void chainHasALimitAfterWhichTheNextTurnWaits() throws Exception {
    for (int i = 0; i < TransactionOptions.DEFAULT.proposedMax(); i++) {
      TestTransaction each = cluster.begin(alice);
      each.step("UPDATE t SET v = v + 1");
      each.commit();
    }
    TestTransaction next = cluster.begin(bob).request();
    assertThat(next.hasTurn()).isFalse();
    cluster.deliver(1);
    assertThat(next.hasTurn()).isTrue();
    next.run("UPDATE t SET v = 0");
    next.commit();
    cluster.deliverAll();
    assertThat(cluster.leader.query("SELECT v FROM t")).containsExactly("0", "0");
    cluster.assertEqual();
  }

  @Test
  void optimisticTransactionsTakeNoTurn() throws Exception {
    TestTransaction first = cluster.begin(alice, TransactionMode.OPTIMISTIC);
    TestTransaction second = cluster.begin(bob, TransactionMode.OPTIMISTIC);
    first.step("SELECT v FROM t WHERE id = 1");
    second.step("SELECT v FROM t WHERE id = 2");
    first.step("UPDATE t SET v = v + 1 WHERE id = 1");
    second.step("UPDATE t SET v = v + 1 WHERE id = 2");
    TestTransaction third = cluster.begin(carol, TransactionMode.OPTIMISTIC);
    third.step("SELECT v FROM t WHERE id = 1");
    first.commit();
    second.commit();
    assertLost("40001", third);
    cluster.deliverAll();
    assertThat(first.committed()).isEqualTo(Done.INSTANCE);
    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void scriptFromAnotherNodeGoesOnIfItShowsTheSame() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("SELECT v FROM t WHERE id = 1");
    first.step("UPDATE t SET v = v + random() % 3 WHERE id = 2 RETURNING v");
    cluster.leader.replica.leadershipLost(null);
    cluster.leader.replica.leadershipGained(2);

    TestTransaction resumed = cluster.resume(first).request();
    resumed.provisional.replay();
    resumed.provisional.requestEnded();
    resumed.step("UPDATE t SET v = 5 WHERE id = 1");
    resumed.commit();
    cluster.deliverAll();
    assertThat(resumed.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void scriptFromAnotherNodeIsLostIfItShowsSomethingElse() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("SELECT v FROM t WHERE id = 1");
    cluster.execute(bob, "UPDATE t SET v = 0 WHERE id = 1");
    TestTransaction resumed = cluster.resume(first);
    first.provisional.rollback();
    resumed.request();
    assertThatThrownBy(resumed.provisional::replay)
        .isInstanceOfSatisfying(
            TransactionLostException.class, e -> assertThat(e.sqlState()).isEqualTo("40001"));
  }
}
