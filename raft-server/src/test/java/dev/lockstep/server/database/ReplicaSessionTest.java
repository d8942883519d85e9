package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.DATABASE;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CloseSession;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of sessions: their number, their age, what they keep. */
final class ReplicaSessionTest {
  private static final SessionId MAKER = new SessionId(7, 7);
  private static final long DAY = CommandApplier.SESSION_UNUSED_MILLIS_MAX;

  /** Four sessions; results up to 4,000 bytes, above 300 only 10,000 in all. */
  private static final SessionLimits LIMITS = new SessionLimits(4, 2, 4_000, 300, 10_000, 100, 250);

  @TempDir Path directory;
  private TestReplica test;

  @BeforeEach
  void openReplica() {
    test = new TestReplica(directory, new Disk(), LIMITS);
    test.applyOne(open(MAKER));
    test.applyOne(execute(MAKER, 1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)"));
    test.applyOne(new CloseSession(DATABASE, MAKER, 1_000));
  }

  @AfterEach
  void closeReplica() {
    test.close();
  }

  private static SessionId session(long number) {
    return new SessionId(9, number);
  }

  private void open4() {
    for (long i = 1; i <= 4; i++) {
      test.applyOne(open(session(i)));
    }
  }

  private boolean isOpen(long number) {
    return test.replica.session(session(number)).isPresent();
  }

  private static ExecuteCommand insert(long number, long sequence, int bytes) {
    String sql = "INSERT INTO t(v) VALUES (printf('%.*c', " + bytes + ", 'x')) RETURNING v";
    return execute(session(number), sequence, sql);
  }

  private static ExecuteCommand at(ExecuteCommand command, long clockMillis) {
    return new ExecuteCommand(
        DATABASE,
        command.session(),
        command.sequence(),
        clockMillis,
        command.seed(),
        false,
        command.statements());
  }

  private static void assertCause(CommandResult result, Cause cause) {
    assertThat(((Failed) result).cause()).isEqualTo(cause);
  }

  @Test
  void openingBeyondTheLimitRemovesThoseThatWereNotUsedForTheLongest() {
    open4();
    test.applyOne(insert(1, 1, 1));
    assertThat(test.applyOne(open(session(5)))).isEqualTo(Done.INSTANCE);
    assertThat(List.of(isOpen(1), isOpen(2), isOpen(3), isOpen(4), isOpen(5)))
        .containsExactly(true, false, false, true, true);
    assertCause(test.applyOne(insert(2, 1, 1)), Cause.SESSION_UNKNOWN);
  }

  @Test
  void makingRoomDoesNotDependOnWhereTheLogWasCut() throws Exception {
    List<Command> commands =
        List.of(
            open(session(1)),
            open(session(2)),
            open(session(3)),
            insert(2, 1, 1),
            open(session(4)),
            open(session(5)),
            insert(5, 1, 1),
            open(session(6)),
            insert(2, 2, 1),
            open(session(7)));
    List<CommandResult> together = test.apply(commands);
    try (TestReplica other = new TestReplica(directory.resolve("other"), new Disk(), LIMITS)) {
      other.applyOne(open(MAKER));
      other.applyOne(execute(MAKER, 1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)"));
      other.applyOne(new CloseSession(DATABASE, MAKER, 1_000));
      for (int i = 0; i < commands.size(); i++) {
        assertThat(other.applyOne(commands.get(i))).isEqualTo(together.get(i));
        other.reopen();
      }
      assertThat(other.dump()).isEqualTo(test.dump());
      assertThat(other.replica.applied()).isEqualTo(test.replica.applied());
    }
  }

  @Test
  void largeResultsAreKeptAsLongAsAllTogetherAreNotTooMany() {
    open4();
    for (long i = 1; i <= 4; i++) {
      assertThat(test.applyOne(insert(i, 1, 3_000))).isInstanceOf(Executed.class);
    }
    for (long i = 1; i <= 3; i++) {
      assertThat(test.applyOne(insert(i, 1, 3_000))).isInstanceOf(Executed.class);
    }
    assertCause(test.applyOne(insert(4, 1, 3_000)), Cause.RESULT_NOT_KEPT);
    test.reopen();
    assertCause(test.applyOne(insert(4, 1, 3_000)), Cause.RESULT_NOT_KEPT);

    // A small one is always kept; a closed session gives its room back.
    test.applyOne(insert(4, 2, 10));
    assertThat(test.applyOne(insert(4, 2, 10))).isInstanceOf(Executed.class);
    test.applyOne(new CloseSession(DATABASE, session(1), 1_000));
    test.applyOne(insert(4, 3, 3_000));
    assertThat(test.applyOne(insert(4, 3, 3_000))).isInstanceOf(Executed.class);
  }

  @Test
  void resultsBeyondTheMemoryTheyMayTakeAreReadFromTheFile() {
    open4();
    for (long i = 1; i <= 4; i++) {
      test.applyOne(insert(i, 1, 60));
    }
    long inMemory =
        List.of(1L, 2L, 3L, 4L).stream()
            .filter(i -> test.replica.session(session(i)).orElseThrow().lastResult() != null)
            .count();
    assertThat(inMemory).isBetween(1L, 3L);
    for (long i = 1; i <= 4; i++) {
      assertThat(test.applyOne(insert(i, 1, 60))).isInstanceOf(Executed.class);
    }
  }

  @Test
  void closingTwiceIsClosingOnce() {
    open4();
    CloseSession close = new CloseSession(DATABASE, session(1), 1_000);
    assertThat(test.apply(close, close)).containsExactly(Done.INSTANCE, Done.INSTANCE);
    assertThat(isOpen(1)).isFalse();
    assertThat(isOpen(2)).isTrue();
  }

  @Test
  void writeThatComesADayLaterFindsItsSessionGoneAndChangesNothing() throws Exception {
    open4();
    List<CommandResult> results =
        test.apply(at(insert(1, 1, 1), 1_000 + DAY), at(insert(2, 1, 1), 62_000 + DAY));
    // The first is not older than a day yet; with the second the other three are.
    assertThat(results.get(0)).isInstanceOf(Executed.class);
    assertCause(results.get(1), Cause.SESSION_UNKNOWN);
    assertThat(List.of(isOpen(1), isOpen(2), isOpen(3), isOpen(4)))
        .containsExactly(true, false, false, false);
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("1");
  }

  /** A leader's clock that is far ahead ends all sessions, and time stands still afterwards. */
  @Test
  void sessionsCanBeOpenedAndUsedAfterAClockThatWasFarAhead() {
    open4();
    test.applyOne(new OpenSession(DATABASE, session(5), 1_000 + 365 * DAY));
    assertThat(isOpen(1)).isFalse();
    for (long i = 6; i < 20; i++) {
      test.applyOne(open(session(i)));
      assertThat(test.applyOne(insert(i, 1, 1))).isInstanceOf(Executed.class);
    }
    assertThat(test.replica.applied().clockMillis()).isEqualTo(1_000 + 365 * DAY);
  }
}
