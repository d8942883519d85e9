package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.database.LeaderAndFollower.TestTransaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that begin on top of ones that are proposed, and are committed where they stand. */
final class ChainTest {
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
    cluster.execute(
        alice, "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER CHECK(balance >= 0))");
    cluster.execute(alice, "INSERT INTO account VALUES (1, 100), (2, 100), (3, 100)");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private TestTransaction transfer(SessionId session, int from, int to)
      throws TransactionLostException {
    TestTransaction transaction = cluster.begin(session);
    transaction.step("SELECT balance FROM account WHERE id = ?", (long) from);
    transaction.step("UPDATE account SET balance = balance - 1 WHERE id = ?", (long) from);
    transaction.step("UPDATE account SET balance = balance + 1 WHERE id = ?", (long) to);
    assertThat(transaction.commit()).isTrue();
    return transaction;
  }

  private static void assertLost(CommandResult result) {
    assertThat(result).isInstanceOf(Failed.class);
    assertThat(((Failed) result).cause()).isEqualTo(Cause.TRANSACTION_LOST);
    assertThat(((Failed) result).sqlState()).isEqualTo("40001");
  }

  @Test
  void transactionIsCommittedWhereItStands() throws Exception {
    TestTransaction transaction = transfer(alice, 1, 2);
    cluster.deliverAll();

    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(1);
    assertThat(cluster.counter("certified")).isZero();
    assertThat(cluster.registry().count()).isZero();
    cluster.assertEqual();
  }

  @Test
  void nextTurnBeginsOnWhatIsProposed() throws Exception {
    transfer(alice, 1, 2);
    TestTransaction second = cluster.begin(bob);
    second.step("SELECT balance FROM account WHERE id = 1");
    second.step("UPDATE account SET balance = balance - 1 WHERE id = 1");
    second.commit();
    transfer(carol, 1, 3);
    assertThat(cluster.proposed()).isEqualTo(3);
    cluster.deliverAll();

    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(3);
    assertThat(cluster.counter("replays")).isZero();
    assertThat(cluster.leader.query("SELECT balance FROM account"))
        .containsExactly("97", "101", "101");
    cluster.assertEqual();
  }

  @Test
  void aPartOfTheChainIsCommittedAndTheRestGoesOnOnTopOfIt() throws Exception {
    transfer(alice, 1, 2);
    TestTransaction second = transfer(bob, 1, 2);
    TestTransaction third = cluster.begin(carol);
    third.step("UPDATE account SET balance = balance * 2 WHERE id = 1");
    cluster.deliver(1);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(1);
    assertThat(cluster.leader.query("SELECT balance FROM account"))
        .containsExactly("99", "101", "100");

    third.step("SELECT balance FROM account WHERE id = 1");
    third.commit();
    cluster.deliverAll();
    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(third.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(3);
    assertThat(cluster.leader.query("SELECT balance FROM account"))
        .containsExactly("196", "102", "100");
    cluster.assertEqual();
  }

  @Test
  void commandBetweenTheMembersMakesTheLaterOnesRunAgain() throws Exception {
    TestTransaction first = transfer(alice, 1, 2);
    cluster.propose(
        TestReplica.execute(
            carol, cluster.nextSequence(carol), "UPDATE account SET balance = 7 WHERE id = 3"));
    TestTransaction second = transfer(bob, 2, 1);
    cluster.deliverAll();

    assertThat(first.committed()).isEqualTo(Done.INSTANCE);
    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(1);
    assertThat(cluster.counter("certified")).isEqualTo(1);
    cluster.assertEqual();
  }

  @Test
  void memberWhoseReadsWereChangedIsLostAndThoseOnTopOfItToo() throws Exception {
    cluster.propose(
        TestReplica.execute(
            carol, cluster.nextSequence(carol), "UPDATE account SET balance = 7 WHERE id = 1"));
    TestTransaction first = transfer(alice, 1, 2);
    TestTransaction second = transfer(bob, 2, 3);
    cluster.deliverAll();

    assertLost(first.committed());
    assertLost(second.committed());
    assertThat(cluster.leader.query("SELECT balance FROM account"))
        .containsExactly("7", "100", "100");
    cluster.assertEqual();
  }

  @Test
  void memberWhoseProposalFailedIsUndoneUnderTheOnesOnTop() throws Exception {
    TestTransaction first = transfer(alice, 1, 2);
    TestTransaction second = cluster.begin(bob);
    second.step("UPDATE account SET balance = balance - 10 WHERE id = 3");
    TestTransaction third = cluster.begin(carol, TransactionMode.OPTIMISTIC);
    third.step("SELECT balance FROM account WHERE id = 1");
    cluster.fail(1);

    assertThat(first.commit.failures).hasSize(1);
    assertThat(second.commit()).isTrue();
    assertThatThrownBy(() -> third.step("SELECT 1"))
        .isInstanceOfSatisfying(
            TransactionLostException.class, e -> assertThat(e.sqlState()).isEqualTo("40001"));
    cluster.deliverAll();
    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.leader.query("SELECT balance FROM account"))
        .containsExactly("100", "100", "90");
    cluster.assertEqual();
  }

  @Test
  void chainThatOutlivesTheLeadershipIsCertifiedLikeOnAnyReplica() throws Exception {
    TestTransaction first = transfer(alice, 1, 2);
    TestTransaction second = transfer(bob, 1, 2);
    TestTransaction third = cluster.begin(carol);
    third.step("UPDATE account SET balance = 0");
    cluster.leader.replica.leadershipLost(null);

    assertThat(cluster.registry().count()).isZero();
    cluster.deliverAll();
    assertThat(first.committed()).isEqualTo(Done.INSTANCE);
    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isZero();
    assertThat(cluster.counter("certified")).isEqualTo(2);
    cluster.assertEqual();
  }

  @Test
  void valuesOfTheSessionAreThoseAfterItsProposedTransaction() throws Exception {
    cluster.execute(alice, "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT)");
    TestTransaction first = cluster.begin(alice);
    first.step("INSERT INTO item(name) VALUES ('a'), ('b')");
    first.commit();
    TestTransaction second = cluster.begin(alice);
    second.step("INSERT INTO item SELECT last_insert_rowid() + 10, changes() || 'x' WHERE 1");
    second.commit();
    cluster.deliverAll();

    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(2);
    assertThat(cluster.leader.query("SELECT id || name FROM item"))
        .containsExactly("1a", "2b", "122x");
    cluster.assertEqual();
  }

  @Test
  void sessionThatIsClosedMeanwhileLosesItsCommitEverywhere() throws Exception {
    cluster.propose(new dev.lockstep.server.command.CloseSession(TestReplica.DATABASE, alice, 1));
    TestTransaction first = transfer(alice, 1, 2);
    cluster.deliverAll();

    assertThat(((Failed) first.committed()).cause()).isEqualTo(Cause.SESSION_UNKNOWN);
    cluster.assertEqual();
  }

  @Test
  void sessionThatExpiresAtTheCommitIsNotRecordedInPlace() throws Exception {
    cluster.clockMillis = 2 * 86_400_000L;
    TestTransaction first = transfer(alice, 1, 2);
    cluster.deliverAll();

    assertThat(((Failed) first.committed()).cause()).isEqualTo(Cause.SESSION_UNKNOWN);
    assertThat(cluster.counter("committedInPlace")).isZero();
    cluster.assertEqual();
  }

  @Test
  void savepointsOfOneTransactionAreUnknownToTheNext() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("UPDATE account SET balance = 1 WHERE id = 1");
    first.step("SAVEPOINT a");
    first.step("UPDATE account SET balance = 2 WHERE id = 1");
    first.commit();
    TestTransaction second = cluster.begin(bob);
    CommandResult unknown = second.step("ROLLBACK TO a");
    assertThat(unknown).isInstanceOf(Failed.class);
    second.step("SAVEPOINT b");
    second.step("UPDATE account SET balance = balance + 5 WHERE id = 1");
    second.step("ROLLBACK TO b");
    second.step("UPDATE account SET balance = balance + 1 WHERE id = 1");
    second.commit();
    cluster.deliverAll();

    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(2);
    assertThat(cluster.leader.query("SELECT balance FROM account WHERE id = 1"))
        .containsExactly("3");
    cluster.assertEqual();
  }

  @Test
  void failedStatementIsPartOfTheScript() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("UPDATE account SET balance = 50 WHERE id = 1");
    CommandResult failed = first.step("UPDATE account SET balance = balance - 60 WHERE id < 3");
    assertThat(((Failed) failed).sqlState()).isEqualTo("23514");
    first.step("INSERT INTO account VALUES (4, 4)");
    first.commit();
    cluster.deliverAll();

    assertThat(first.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.leader.query("SELECT balance FROM account"))
        .isEqualTo(List.of("50", "100", "100", "4"));
    cluster.assertEqual();
  }

  @Test
  void definitionsAreAppliedLikeOnAnyReplicaAndTheNextTurnWaitsForThem() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("CREATE TABLE extra(x)");
    first.step("INSERT INTO extra VALUES (1)");
    TestTransaction second = cluster.begin(bob).request();
    first.commit();
    assertThat(second.hasTurn()).isFalse();
    cluster.deliverAll();

    assertThat(second.hasTurn()).isTrue();
    second.run("INSERT INTO extra VALUES (2)");
    second.commit();
    cluster.deliverAll();
    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("certified")).isEqualTo(1);
    assertThat(cluster.counter("committedInPlace")).isEqualTo(1);
    cluster.assertEqual();
  }

  @Test
  void rolledBackDefinitionsLeaveNothing() throws Exception {
    TestTransaction first = cluster.begin(alice);
    first.step("CREATE TABLE extra(x)");
    first.step("INSERT INTO extra VALUES (1)");
    first.provisional.rollback();
    TestTransaction second = cluster.begin(bob);
    assertThat(second.step("SELECT * FROM extra")).isInstanceOf(Failed.class);
    second.step("UPDATE account SET balance = 3 WHERE id = 3");
    second.commit();
    cluster.deliverAll();
    cluster.assertEqual();
  }

  @Test
  void deferredConstraintThatIsBrokenAtTheCommitRollsBackEverywhere() throws Exception {
    cluster.execute(
        alice, "CREATE TABLE child(parent REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED)");
    TestTransaction first = cluster.begin(alice);
    first.step("INSERT INTO child VALUES (99)");
    first.commit();
    TestTransaction second = transfer(bob, 1, 2);
    TestTransaction third = cluster.begin(carol);
    third.step("INSERT INTO child VALUES (98)");
    third.step("INSERT INTO account VALUES (98, 1)");
    third.commit();
    cluster.deliverAll();

    Failed failed = (Failed) first.committed();
    assertThat(failed.sqlState()).isEqualTo("23503");
    assertThat(failed.cause()).isEqualTo(Cause.STATEMENT);
    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    assertThat(third.committed()).isEqualTo(Done.INSTANCE);
    assertThat(cluster.counter("committedInPlace")).isZero();
    assertThat(cluster.leader.query("SELECT parent FROM child")).containsExactly("98");
    cluster.assertEqual();
  }

  @Test
  void whatIsReadFromTheCommittedStateAloneNeedsNoEntry() throws Exception {
    TestTransaction reader = cluster.begin(bob);
    reader.step("SELECT balance FROM account WHERE id = 1");
    assertThat(reader.commit()).isFalse();

    TestTransaction later = cluster.begin(bob);
    later.step("SELECT balance FROM account WHERE id = 1");
    cluster.execute(carol, "UPDATE account SET balance = 0 WHERE id = 2");
    assertThat(later.commit()).isFalse();
    assertThat(cluster.registry().count()).isZero();
  }

  @Test
  void whatWasReadMustBeSoInTheStateThatIsAsFreshAsTheCommit() throws Exception {
    TestTransaction reader = cluster.begin(bob);
    reader.step("SELECT balance FROM account WHERE id = 1");
    cluster.execute(carol, "UPDATE account SET balance = 0 WHERE id = 1");
    assertThatThrownBy(reader::commit)
        .isInstanceOfSatisfying(
            TransactionLostException.class, e -> assertThat(e.sqlState()).isEqualTo("40001"));
  }

  @Test
  void whatIsReadFromProposedTransactionsIsCertifiedByTheLog() throws Exception {
    TestTransaction first = transfer(alice, 1, 2);
    TestTransaction reader = cluster.begin(bob);
    reader.step("SELECT balance FROM account WHERE id = 1");
    assertThat(reader.provisional.hasWritten()).isTrue();
    assertThat(reader.commit()).isTrue();
    cluster.deliverAll();
    assertThat(first.committed()).isEqualTo(Done.INSTANCE);
    assertThat(reader.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void whatIsReadFromATransactionThatComesToNothingIsLost() throws Exception {
    cluster.propose(
        TestReplica.execute(
            carol, cluster.nextSequence(carol), "UPDATE account SET balance = 7 WHERE id = 1"));
    transfer(alice, 1, 2);
    TestTransaction reader = cluster.begin(bob);
    reader.step("SELECT balance FROM account WHERE id = 2");
    reader.commit();
    cluster.deliverAll();
    assertLost(reader.committed());
    cluster.assertEqual();
  }

  @Test
  void unknownValuesAreTheSameInPlaceAndOnAnyReplica()
      throws SQLException, TransactionLostException {
    cluster.execute(
        alice,
        "CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, r DEFAULT (random()),"
            + " at TEXT DEFAULT CURRENT_TIMESTAMP, v)");
    TestTransaction first = cluster.begin(alice);
    first.step("INSERT INTO log(v) VALUES (randomblob(8)), (random()) RETURNING id, r, at, v");
    first.commit();
    TestTransaction second = cluster.begin(bob);
    second.step("INSERT INTO log(v) SELECT count(*) FROM log RETURNING *");
    second.commit();
    cluster.deliver(1);
    cluster.deliver(1);

    assertThat(second.committed()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }
}
