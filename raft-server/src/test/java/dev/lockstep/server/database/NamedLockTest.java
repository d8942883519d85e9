package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.DATABASE;
import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CloseSession;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.CommandResult.LockBusy;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.RenewSession;
import dev.lockstep.server.command.TransactionCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Named locks as replicas apply them. */
final class NamedLockTest {
  private static final SessionId ANN = new SessionId(1, 1);
  private static final SessionId BOB = new SessionId(1, 2);
  private static final long LEASE = LockCalls.LEASE_MILLIS;

  @TempDir Path directory;
  private TestReplica test;
  private long sequence;

  @BeforeEach
  void openReplica() {
    test = new TestReplica(directory.resolve("one"));
    test.apply(new OpenSession(DATABASE, ANN, 1_000), new OpenSession(DATABASE, BOB, 1_000));
  }

  @AfterEach
  void closeReplica() {
    test.close();
  }

  private static ExecuteCommand at(
      long clock, SessionId session, long sequence, boolean waits, String sql) {
    return new ExecuteCommand(
        DATABASE, session, sequence, clock, 7, false, waits, List.of(statement(sql)));
  }

  private CommandResult run(long clock, SessionId session, boolean waits, String sql) {
    return test.applyOne(at(clock, session, ++sequence, waits, sql));
  }

  private CommandResult lock(long clock, SessionId session) {
    return run(clock, session, false, "SELECT lockstep_lock('a', 10)");
  }

  private CommandResult unlock(long clock, SessionId session) {
    return run(clock, session, false, "SELECT lockstep_unlock('a')");
  }

  private static void assertAnswer(CommandResult result, long expected) {
    assertThat(result).isInstanceOf(Executed.class);
    assertThat(((Executed) result).results().get(0).rows().batch())
        .isEqualTo(RowBatch.of(List.<Object[]>of(new Object[] {expected})));
  }

  private static void assertRefused(CommandResult result, String message) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.cause()).isEqualTo(Cause.STATEMENT);
              assertThat(failed.message()).contains(message);
            });
  }

  @Test
  void oneSessionHasALockUntilItHasReleasedItAsOftenAsItTookIt() {
    assertAnswer(lock(1_000, ANN), 1);
    assertAnswer(lock(1_000, ANN), 1);
    assertAnswer(lock(1_000, BOB), 0);
    assertAnswer(unlock(1_000, BOB), 0);

    assertAnswer(unlock(1_000, ANN), 1);
    assertAnswer(lock(1_000, BOB), 0);
    assertAnswer(unlock(1_000, ANN), 1);
    assertAnswer(unlock(1_000, ANN), 0);

    assertAnswer(lock(1_000, BOB), 1);
    assertAnswer(lock(1_000, ANN), 0);
  }

  @Test
  void locksOfOtherNamesAreFree() {
    lock(1_000, ANN);
    assertAnswer(run(1_000, BOB, false, "SELECT lockstep_lock('A', 0)"), 1);
    assertThat(test.replica.session(BOB)).isPresent();
  }

  @Test
  void whoWaitsUsesUpNoSequence() {
    lock(1_000, ANN);
    ExecuteCommand waiting = at(1_000, BOB, 50, true, "SELECT lockstep_lock('a', 2.5)");
    assertThat(test.applyOne(waiting)).isEqualTo(new LockBusy("a", 2_500));
    assertThat(test.applyOne(waiting)).isEqualTo(new LockBusy("a", 2_500));
    unlock(1_000, ANN);

    assertAnswer(test.applyOne(waiting), 1);
    // The same try, delivered late, is a repetition.
    assertAnswer(test.applyOne(waiting), 1);
    String unlock = "SELECT lockstep_unlock('a')";
    assertAnswer(test.applyOne(at(1_000, BOB, 51, false, unlock)), 1);
    assertAnswer(test.applyOne(at(1_000, BOB, 52, false, unlock)), 0);
  }

  @Test
  void theLastTryOfAWaiterAndOneThatDoesNotWantToWaitAreAnswered() {
    lock(1_000, ANN);
    assertAnswer(run(1_000, BOB, false, "SELECT lockstep_lock('a', 10)"), 0);
    assertAnswer(run(1_000, BOB, true, "SELECT lockstep_lock('a', 0)"), 0);
  }

  @Test
  void aStatementThatWaitsForOneOfItsLocksTakesNone() {
    run(1_000, ANN, false, "SELECT lockstep_lock('b', 0)");
    CommandResult both =
        run(1_000, BOB, true, "SELECT lockstep_lock('a', 5), lockstep_lock('b', 5)");
    assertThat(both).isEqualTo(new LockBusy("b", 5_000));
    assertAnswer(lock(1_000, ANN), 1);
  }

  @Test
  void aClosedSessionLosesItsLocks() {
    lock(1_000, ANN);
    test.applyOne(new CloseSession(DATABASE, ANN, 1_000));
    assertAnswer(lock(1_000, BOB), 1);
  }

  @Test
  void anUnusedSessionLosesItsLocksToOthersAfterTheLease() {
    lock(1_000, ANN);
    assertAnswer(lock(1_000 + LEASE, BOB), 0);
    assertAnswer(lock(1_001 + LEASE, BOB), 1);
    assertAnswer(unlock(1_001 + LEASE, ANN), 0);
    assertAnswer(lock(1_001 + LEASE, ANN), 0);
  }

  @Test
  void anUnusedSessionKeepsALockThatNobodyWanted() {
    lock(1_000, ANN);
    assertAnswer(unlock(5_000 + LEASE, ANN), 1);
  }

  @Test
  void whateverUsesTheSessionKeepsItsLocks() {
    lock(1_000, ANN);
    assertThat(test.applyOne(new RenewSession(DATABASE, ANN, 40_000))).isEqualTo(Done.INSTANCE);
    assertAnswer(lock(1_001 + LEASE, BOB), 0);
    run(100_000, ANN, false, "SELECT 1");
    assertAnswer(lock(100_000 + LEASE, BOB), 0);
    assertAnswer(lock(100_001 + LEASE, BOB), 1);
  }

  @Test
  void aSessionThatIsGoneIsNotOpenedByItsRenewal() {
    test.applyOne(new CloseSession(DATABASE, ANN, 1_000));
    assertThat(test.applyOne(new RenewSession(DATABASE, ANN, 1_000)))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.cause()).isEqualTo(Cause.SESSION_UNKNOWN));
    assertThat(test.replica.session(ANN)).isEmpty();
  }

  @Test
  void aSessionThatIsOpenedAgainDoesNotHaveTheLocksOfItsFirstLife() {
    lock(1_000, ANN);
    test.apply(
        new CloseSession(DATABASE, ANN, 1_000),
        new OpenSession(DATABASE, ANN, 1_000),
        at(1_000, BOB, ++sequence, false, "SELECT lockstep_lock('a', 0)"));
    assertAnswer(lock(1_000, ANN), 0);
  }

  @Test
  void locksSurviveARestartAndASnapshot() throws Exception {
    lock(1_000, ANN);
    test.reopen();
    assertAnswer(lock(1_000, BOB), 0);
    assertThat(test.query("SELECT name || count FROM sqlite_lockstep_lock")).containsExactly("a1");
    unlock(1_000, ANN);
    assertThat(test.query("SELECT name FROM sqlite_lockstep_lock")).isEmpty();
    test.reopen();
    assertAnswer(lock(1_000, BOB), 1);
  }

  @Test
  void statementsThatAreNoPlainSelectCannotLock() {
    test.applyOne(at(1_000, ANN, ++sequence, false, "CREATE TABLE t(x)"));
    assertRefused(
        run(1_000, ANN, false, "INSERT INTO t VALUES (lockstep_lock('a', 1))"), "autocommit mode");
    run(1_000, ANN, false, "CREATE VIEW v AS SELECT lockstep_lock('a', 1)");
    assertRefused(run(1_000, ANN, false, "SELECT * FROM v"), "unsafe use of lockstep_lock()");
    CommandResult committed =
        test.applyOne(
            new TransactionCommand(
                DATABASE,
                ANN,
                ++sequence,
                1_000,
                1,
                0,
                List.of(
                    new TransactionCommand.Step(
                        List.of(statement("SELECT lockstep_lock('a', 1)")), Digest.ZERO))));
    assertThat(committed).isInstanceOf(Failed.class);
    assertAnswer(lock(1_000, BOB), 1);
  }

  @Test
  void argumentsAreChecked() {
    for (String call :
        List.of("lockstep_lock('', 1)", "lockstep_lock(1, 1)", "lockstep_lock(NULL, 1)")) {
      assertRefused(run(1_000, ANN, false, "SELECT " + call), "the name must be a text");
    }
    for (String call :
        List.of("lockstep_lock('a', -1)", "lockstep_lock('a', NULL)", "lockstep_lock('a', '1')")) {
      assertRefused(run(1_000, ANN, false, "SELECT " + call), "number of seconds");
    }
    assertAnswer(run(1_000, ANN, false, "SELECT lockstep_lock('a', 9e999)"), 1);
    assertThat(run(1_000, BOB, true, "SELECT lockstep_lock('a', 9e999)"))
        .isEqualTo(new LockBusy("a", 1_000_000_000_000L));
  }

  @Test
  void theNumberOfLocksIsLimited() {
    run(
        1_000,
        ANN,
        false,
        "SELECT sum(lockstep_lock('n' || i, 0)) FROM (WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
            + " FROM n WHERE i < 10000) SELECT i FROM n)");
    assertRefused(lock(1_000, BOB), "10000 named locks");
    test.applyOne(new CloseSession(DATABASE, ANN, 1_000));
    assertAnswer(lock(1_000, BOB), 1);
  }

  @Test
  void listenersHearOfReleasedLocks() {
    List<Set<String>> heard = new ArrayList<>();
    test.replica.addListener(
        new ReplicaListener() {
          @Override
          public void locksReleased(Set<String> names) {
            heard.add(names);
          }
        });
    lock(1_000, ANN);
    lock(1_000, ANN);
    unlock(1_000, ANN);
    assertThat(heard).isEmpty();
    unlock(1_000, ANN);
    lock(1_000, ANN);
    test.applyOne(new CloseSession(DATABASE, ANN, 1_000));
    assertThat(heard).containsExactly(Set.of("a"), Set.of("a"));
  }

  /** Two replicas, one that gets entry by entry, one that gets random batches. */
  @Test
  void resultsAndContentDoNotDependOnHowTheLogIsCut() throws Exception {
    Random random = new Random(42);
    List<Command> commands = new ArrayList<>();
    long clock = 1_000;
    List<SessionId> sessions = new ArrayList<>(List.of(ANN, BOB));
    commands.add(at(clock, ANN, ++sequence, false, "CREATE TABLE u(k UNIQUE)"));
    for (int i = 0; i < 600; i++) {
      clock += random.nextInt(20) == 0 ? random.nextInt((int) LEASE * 2) : random.nextInt(500);
      SessionId session = sessions.get(random.nextInt(sessions.size()));
      String name = "'n" + random.nextInt(3) + "'";
      boolean waits = random.nextBoolean();
      commands.add(
          switch (random.nextInt(12)) {
            case 0 -> new CloseSession(DATABASE, session, clock);
            case 1 -> {
              SessionId opened = new SessionId(2, i);
              sessions.add(opened);
              yield new OpenSession(DATABASE, opened, clock);
            }
            case 2 -> new RenewSession(DATABASE, session, clock);
            case 3, 4 ->
                at(clock, session, ++sequence, waits, "SELECT lockstep_unlock(" + name + ")");
            case 5 ->
                // Rolls back the whole transaction, so that the batch is begun again.
                at(clock, session, ++sequence, false, "INSERT OR ROLLBACK INTO u VALUES (1)");
            default ->
                at(clock, session, ++sequence, waits, "SELECT lockstep_lock(" + name + ", 1)");
          });
    }
    List<CommandResult> one = new ArrayList<>();
    commands.forEach(command -> one.add(test.applyOne(command)));
    try (TestReplica other = new TestReplica(directory.resolve("two"))) {
      other.apply(new OpenSession(DATABASE, ANN, 1_000), new OpenSession(DATABASE, BOB, 1_000));
      List<CommandResult> two = new ArrayList<>();
      int from = 0;
      while (from < commands.size()) {
        int to = Math.min(commands.size(), from + 1 + random.nextInt(30));
        two.addAll(other.apply(commands.subList(from, to)));
        from = to;
        if (random.nextInt(8) == 0) {
          other.reopen();
        }
      }
      assertThat(two).isEqualTo(one);
      assertThat(other.dump()).isEqualTo(test.dump());
      assertThat(other.replica.applied()).isEqualTo(test.replica.applied());
    }
    assertThat(one.stream().filter(LockBusy.class::isInstance).count()).isGreaterThan(20);
  }
}
