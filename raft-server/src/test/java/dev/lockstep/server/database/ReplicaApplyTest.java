package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.DATABASE;
import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.CloseSession;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands do to a replica. */
final class ReplicaApplyTest {
  private static final long DAY = 86_400_000;
  private static final SessionId OTHER = new SessionId(2, 2);

  @TempDir Path directory;
  private TestReplica test;

  @BeforeEach
  void openReplica() {
    test = new TestReplica(directory);
    test.applyOne(open(SESSION));
    test.applyOne(execute(1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT UNIQUE)"));
  }

  @AfterEach
  void closeReplica() {
    test.close();
  }

  private static void assertCounts(CommandResult result, long... counts) {
    assertThat(result).isInstanceOf(Executed.class);
    assertThat(((Executed) result).results().get(0).updateCounts()).containsExactly(counts);
  }

  private static Failed assertFailed(CommandResult result, Cause cause, String sqlState) {
    assertThat(result).isInstanceOf(Failed.class);
    Failed failed = (Failed) result;
    assertThat(failed.cause()).isEqualTo(cause);
    assertThat(failed.sqlState()).isEqualTo(sqlState);
    return failed;
  }

  @Test
  void definitionsCountNothing() {
    test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a'), ('b')"));
    assertCounts(test.applyOne(execute(3, "CREATE TABLE u(a)")), 0);
    assertCounts(test.applyOne(execute(4, "CREATE INDEX i ON t(v)")), 0);
    assertCounts(test.applyOne(execute(5, "ANALYZE")), 0);
    assertCounts(test.applyOne(execute(6, "REINDEX")), 0);
    assertCounts(test.applyOne(execute(7, "PRAGMA user_version = 5")), 0);
    assertCounts(test.applyOne(execute(8, "DROP TABLE u")), 0);
  }

  @Test
  void repeatedCommandIsAnsweredFromTheKeptResult() throws SQLException {
    CommandResult first = test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a'), ('b')"));
    assertCounts(first, 2);
    List<CommandResult> repeated =
        test.apply(
            execute(2, "INSERT INTO t(v) VALUES ('a'), ('b')"),
            execute(3, "INSERT INTO t(v) VALUES ('c')"),
            execute(3, "INSERT INTO t(v) VALUES ('c')"));
    assertThat(repeated.get(0)).isEqualTo(first);
    assertCounts(repeated.get(1), 1);
    assertThat(repeated.get(2)).isEqualTo(repeated.get(1));
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("3");
  }

  @Test
  void repeatedFailureIsTheSameFailure() {
    CommandResult first = test.applyOne(execute(2, "INSERT INTO t(v) SELECT 'a' FROM missing"));
    assertFailed(first, Cause.STATEMENT, "42P01");
    test.applyOne(execute(SESSION, 2, "CREATE TABLE missing(x)"));
    assertThat(test.applyOne(execute(2, "INSERT INTO t(v) SELECT 'a' FROM missing")))
        .isEqualTo(first);
  }

  @Test
  void olderSequenceIsRefusedAndLargerOnesMayHaveGaps() throws SQLException {
    assertCounts(test.applyOne(execute(10, "INSERT INTO t(v) VALUES ('a')")), 1);
    assertFailed(
        test.applyOne(execute(9, "INSERT INTO t(v) VALUES ('b')")),
        Cause.SEQUENCE_TOO_OLD,
        "08P01");
    assertThat(test.query("SELECT v FROM t")).containsExactly("a");
  }

  @Test
  void commandOfAnUnknownSessionChangesNothing() throws SQLException {
    assertFailed(
        test.applyOne(execute(OTHER, 1, "INSERT INTO t(v) VALUES ('a')")),
        Cause.SESSION_UNKNOWN,
        "08003");
    assertThat(test.query("SELECT v FROM t")).isEmpty();
    assertThat(test.replica.session(OTHER)).isEmpty();
  }

  @Test
  void closedSessionIsUnknownAndOpeningTwiceIsOpeningOnce() {
    assertThat(test.applyOne(open(SESSION))).isEqualTo(Done.INSTANCE);
    assertThat(test.replica.session(SESSION).orElseThrow().lastSequence()).isEqualTo(1);
    test.apply(new CloseSession(DATABASE, SESSION, 1), open(SESSION), open(OTHER), open(SESSION));
    assertThat(test.replica.session(SESSION).orElseThrow().lastSequence()).isZero();
    test.applyOne(new CloseSession(DATABASE, SESSION, 1));
    assertThat(test.replica.session(SESSION)).isEmpty();
    assertThat(test.replica.session(OTHER)).isPresent();
  }

  @Test
  void sessionUnusedForADayIsRemovedByTheCommandsClock() throws SQLException {
    test.applyOne(new OpenSession(DATABASE, OTHER, DAY));
    assertThat(test.replica.session(SESSION)).isPresent();
    test.applyOne(new OpenSession(DATABASE, OTHER, DAY + 62_000));
    assertThat(test.replica.session(SESSION)).isEmpty();
    assertThat(test.replica.session(OTHER)).isPresent();
    assertThat(test.query("SELECT count(*) FROM sqlite_lockstep_session")).containsExactly("1");
    assertFailed(
        test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a')")), Cause.SESSION_UNKNOWN, "08003");
  }

  @Test
  void clockNeverGoesBack() {
    test.applyOne(new OpenSession(DATABASE, OTHER, 5_000));
    test.applyOne(new OpenSession(DATABASE, OTHER, 4_000));
    assertThat(test.replica.lastClockMillis()).isEqualTo(5_000);
    assertThat(test.replica.applied().clockMillis()).isEqualTo(5_000);
  }

  @Test
  void failingCommandLeavesNothingBehind() throws SQLException {
    List<CommandResult> results =
        test.apply(
            execute(2, "INSERT INTO t(v) VALUES ('a')"),
            execute(3, "INSERT INTO t(v) VALUES ('b')", "INSERT INTO t(v) VALUES ('a')"),
            execute(4, "INSERT INTO t(v) VALUES ('c')"));
    assertCounts(results.get(0), 1);
    Failed failed = assertFailed(results.get(1), Cause.STATEMENT, "23505");
    assertThat(failed.statement()).isEqualTo(1);
    assertThat(failed.message()).isEqualTo("UNIQUE constraint failed: t.v");
    assertCounts(results.get(2), 1);
    assertThat(test.query("SELECT v FROM t ORDER BY v")).containsExactly("a", "c");
  }

  @Test
  void batchIsAllOrNothingAndNamesItsFailingRow() throws SQLException {
    StatementCall call =
        new StatementCall(
            "INSERT INTO t(v) VALUES (?)",
            List.of(new Object[] {"a"}, new Object[] {"b"}, new Object[] {"a"}));
    Failed failed =
        assertFailed(
            test.applyOne(execute(SESSION, 2, List.of(new StatementCommand(call, Kind.CHANGE)))),
            Cause.STATEMENT,
            "23505");
    assertThat(failed.row()).isEqualTo(2);
    assertThat(test.query("SELECT v FROM t")).isEmpty();
  }

  @Test
  void batchCountsEachRow() {
    StatementCall call =
        new StatementCall(
            "UPDATE t SET v = v || 'x' WHERE id <= ?",
            List.of(new Object[] {1L}, new Object[] {3L}, new Object[] {0L}));
    test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a'), ('b'), ('c')"));
    assertCounts(
        test.applyOne(execute(SESSION, 3, List.of(new StatementCommand(call, Kind.CHANGE)))),
        1,
        3,
        0);
  }

  @Test
  void returnedRowsComeWithTheirColumns() {
    CommandResult result =
        test.applyOne(
            execute(2, "INSERT INTO t(v) VALUES ('a'), ('b') RETURNING id, v AS name, id * 1.5"));
    StatementResult.RowSet rows = ((Executed) result).results().get(0).rows();
    assertThat(rows.columns().get(0).label()).isEqualTo("id");
    assertThat(rows.columns().get(0).table()).isEqualTo("t");
    assertThat(rows.columns().get(0).declaredType()).isEqualTo("INTEGER");
    assertThat(rows.columns().get(1).label()).isEqualTo("name");
    RowReader reader = new RowReader(rows.batch(), 3);
    assertThat(reader.next()).isTrue();
    assertThat(reader.next()).isTrue();
    assertThat(reader.value(0)).isEqualTo(2L);
    assertThat(reader.value(1)).isEqualTo("b");
    assertThat(reader.value(2)).isEqualTo(3.0);
    assertThat(((Executed) result).results().get(0).updateCounts()).containsExactly(2);
  }

  @Test
  void columnsFollowTheSchema() {
    test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a') RETURNING *"));
    test.applyOne(execute(3, "ALTER TABLE t ADD COLUMN w"));
    CommandResult result = test.applyOne(execute(4, "INSERT INTO t(v) VALUES ('b') RETURNING *"));
    assertThat(((Executed) result).results().get(0).rows().columns()).hasSize(3);
  }

  @Test
  void resultBeyondTheLimitIsAnErrorWithoutEffect() throws SQLException {
    int bytes = CommandApplier.RESULT_BYTES_MAX / 4;
    assertFailed(
        test.applyOne(
            execute(
                2,
                "INSERT INTO t(v) SELECT hex(zeroblob("
                    + bytes
                    + ")) || value"
                    + " FROM json_each('[1,2,3]') RETURNING v")),
        Cause.STATEMENT,
        "54000");
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("0");
  }

  @Test
  void largeResultIsNotKeptButSaidToBeApplied() throws SQLException {
    String sql = "INSERT INTO t(v) VALUES (hex(zeroblob(600000))) RETURNING v";
    assertThat(test.applyOne(execute(2, sql))).isInstanceOf(Executed.class);
    Failed failed = assertFailed(test.applyOne(execute(2, sql)), Cause.RESULT_NOT_KEPT, "54L01");
    assertThat(failed.message()).contains("the statement was executed");
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("1");
  }

  @Test
  void middlingResultIsReadFromTheFile() {
    String sql = "INSERT INTO t(v) VALUES (hex(zeroblob(10000))) RETURNING v";
    CommandResult first = test.applyOne(execute(2, sql));
    assertThat(test.replica.session(SESSION).orElseThrow().lastResult()).isNull();
    // Using the session must not lose what stands in the file alone.
    test.applyOne(open(SESSION));
    assertThat(test.applyOne(execute(2, sql))).isEqualTo(first);
    test.reopen();
    assertThat(test.applyOne(execute(2, sql))).isEqualTo(first);
  }

  @Test
  void functionsOfTimeAndChanceAreBoundToTheCommand() throws SQLException {
    test.applyOne(execute(2, "INSERT INTO t(v) VALUES (strftime('%s', 'now') || ' ' || random())"));
    List<String> first = test.query("SELECT v FROM t");
    assertThat(first.get(0)).startsWith("1 ");
    test.applyOne(execute(3, "DELETE FROM t"));
    ExecuteCommand again =
        new ExecuteCommand(
            DATABASE,
            SESSION,
            4,
            1_002,
            14,
            false,
            List.of(
                statement("INSERT INTO t(v) VALUES (strftime('%s', 'now') || ' ' || random())")));
    test.applyOne(again);
    assertThat(test.query("SELECT v FROM t")).isEqualTo(first);
  }

  @Test
  void eachRowOfABatchGetsItsOwnRandomNumbers() throws SQLException {
    StatementCall call =
        new StatementCall(
            "INSERT INTO t(id, v) VALUES (?, random())",
            List.of(new Object[] {1L}, new Object[] {2L}));
    test.applyOne(execute(SESSION, 2, List.of(new StatementCommand(call, Kind.CHANGE))));
    assertThat(test.query("SELECT count(DISTINCT v) FROM t")).containsExactly("2");
  }

  @Test
  void eachSessionHasItsOwnLastInsertRowid() {
    test.applyOne(open(OTHER));
    test.apply(
        execute(2, "INSERT INTO t(id, v) VALUES (50, 'a')"),
        execute(OTHER, 1, "INSERT INTO t(id, v) VALUES (70, 'b'), (71, 'c')"),
        execute(3, "UPDATE t SET v = 'd' WHERE id = 70"),
        execute(OTHER, 2, "INSERT OR IGNORE INTO t(id, v) VALUES (50, 'e')"));
    SessionState mine = test.replica.session(SESSION).orElseThrow();
    assertThat(mine.lastInsertRowid()).isEqualTo(50);
    assertThat(mine.changes()).isEqualTo(1);
    assertThat(mine.totalChanges()).isEqualTo(2);
    SessionState other = test.replica.session(OTHER).orElseThrow();
    assertThat(other.lastInsertRowid()).isEqualTo(71);
    assertThat(other.changes()).isZero();
    assertThat(other.totalChanges()).isEqualTo(2);
  }

  @Test
  void failureLeavesTheValuesOfTheSession() {
    test.applyOne(execute(2, "INSERT INTO t(id, v) VALUES (50, 'a')"));
    test.applyOne(execute(3, "INSERT INTO t(v) VALUES ('b')", "INSERT INTO t(v) VALUES ('a')"));
    SessionState state = test.replica.session(SESSION).orElseThrow();
    assertThat(state.lastInsertRowid()).isEqualTo(50);
    assertThat(state.totalChanges()).isEqualTo(1);
    assertThat(state.lastSequence()).isEqualTo(3);
  }

  @Test
  void statementsReadTheSessionIfTheCommandSaysSo() throws SQLException {
    test.applyOne(open(OTHER));
    test.applyOne(execute(2, "INSERT INTO t(id, v) VALUES (50, 'a')"));
    test.applyOne(execute(OTHER, 1, "INSERT INTO t(id, v) VALUES (70, 'b')"));
    test.applyOne(
        new ExecuteCommand(
            DATABASE,
            SESSION,
            3,
            1,
            1,
            true,
            List.of(statement("UPDATE t SET v = 'mine' WHERE id = last_insert_rowid()"))));
    assertThat(test.query("SELECT id FROM t WHERE v = 'mine'")).containsExactly("50");
  }

  @Test
  void orRollbackUndoesItsOwnCommandOnly() throws SQLException {
    List<CommandResult> results =
        test.apply(
            execute(2, "INSERT INTO t(id, v) VALUES (1, 'a')"),
            execute(3, "INSERT OR ROLLBACK INTO t(id, v) VALUES (1, 'b')"),
            execute(4, "INSERT INTO t(id, v) VALUES (2, 'c')"),
            execute(
                5,
                "INSERT INTO t(id, v) VALUES (3, 'd')",
                "INSERT OR ROLLBACK INTO t(id, v) VALUES (1, 'e')"));
    assertCounts(results.get(0), 1);
    assertFailed(results.get(1), Cause.STATEMENT, "23505");
    assertCounts(results.get(2), 1);
    assertThat(assertFailed(results.get(3), Cause.STATEMENT, "23505").statement()).isEqualTo(1);
    assertThat(test.query("SELECT v FROM t ORDER BY v")).containsExactly("a", "c");
  }

  @Test
  void orFailLeavesNothingBehindEither() throws SQLException {
    test.applyOne(
        execute(
            2,
            "CREATE TRIGGER tr AFTER INSERT ON t WHEN new.v = 'z' BEGIN"
                + " INSERT INTO t(id, v) VALUES (100, 'q'); SELECT raise(FAIL, 'no'); END"));
    List<CommandResult> results =
        test.apply(
            execute(3, "INSERT INTO t(id, v) VALUES (1, 'a')"),
            execute(4, "INSERT OR FAIL INTO t(id, v) VALUES (2, 'b'), (1, 'c')"),
            execute(5, "INSERT INTO t(id, v) VALUES (3, 'z')"),
            execute(6, "INSERT INTO t(id, v) VALUES (4, 'd')"));
    assertFailed(results.get(1), Cause.STATEMENT, "23505");
    assertFailed(results.get(2), Cause.STATEMENT, "23000");
    assertThat(test.query("SELECT v FROM t ORDER BY v")).containsExactly("a", "d");
  }

  @Test
  void deferredConstraintIsTheFailureOfItsOwnCommand() throws SQLException {
    test.applyOne(
        execute(2, "CREATE TABLE child(p REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)"));
    List<CommandResult> results =
        test.apply(
            execute(3, "INSERT INTO child VALUES (1)"),
            execute(4, "INSERT INTO t(id, v) VALUES (1, 'a')"),
            execute(5, "INSERT INTO child VALUES (1)"),
            execute(6, "INSERT INTO child VALUES (9)", "INSERT INTO t(id, v) VALUES (9, 'b')"));
    assertFailed(results.get(0), Cause.STATEMENT, "23503");
    assertCounts(results.get(1), 1);
    assertCounts(results.get(2), 1);
    assertCounts(results.get(3), 1);
    assertThat(test.query("SELECT p FROM child")).containsExactly("1", "9");
    assertThat(test.replica.session(SESSION).orElseThrow().lastSequence()).isEqualTo(6);
  }

  @Test
  void deferForeignKeysEndsWithItsCommand() {
    test.applyOne(execute(2, "CREATE TABLE child(p REFERENCES t(id))"));
    List<CommandResult> results =
        test.apply(
            execute(3, "PRAGMA defer_foreign_keys = ON"),
            execute(4, "INSERT INTO child VALUES (1)", "INSERT INTO t(id, v) VALUES (1, 'a')"));
    assertFailed(results.get(1), Cause.STATEMENT, "23503");
  }

  @Test
  void vacuumNumbersRowsAlikeAndIsRemembered() throws SQLException {
    test.applyOne(execute(2, "CREATE TABLE nokey(a)"));
    test.applyOne(execute(3, "INSERT INTO nokey VALUES (1), (2), (3)"));
    test.applyOne(execute(4, "DELETE FROM nokey WHERE a = 1"));
    List<CommandResult> results =
        test.apply(
            execute(5, "INSERT INTO t(v) VALUES ('before')"),
            execute(6, "VACUUM"),
            execute(6, "VACUUM"),
            execute(7, "INSERT INTO t(v) VALUES ('after')"));
    assertCounts(results.get(1), 0);
    assertCounts(results.get(2), 0);
    assertThat(test.query("SELECT rowid FROM nokey ORDER BY a")).containsExactly("1", "2");
    assertThat(test.query("SELECT v FROM t ORDER BY id")).containsExactly("before", "after");
    assertThat(test.query("PRAGMA integrity_check")).containsExactly("ok");
    test.applyOne(execute(8, "VACUUM"));
    assertThat(test.query("SELECT rowid FROM nokey ORDER BY a")).containsExactly("1", "2");
  }

  @Test
  void vacuumAmongOtherStatementsIsRefused() {
    assertFailed(
        test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a')", "VACUUM")),
        Cause.STATEMENT,
        "25001");
  }

  @Test
  void wrongNumberOfParametersIsAnError() {
    StatementCommand statement = statement("INSERT INTO t(v) VALUES (?)", "a", "b");
    assertFailed(test.applyOne(execute(SESSION, 2, List.of(statement))), Cause.STATEMENT, "07001");
    assertFailed(
        test.applyOne(execute(3, "INSERT INTO t(v) VALUES (?)")), Cause.STATEMENT, "07001");
  }

  @Test
  void maxRowsCutsTheResultButNotTheEffect() throws SQLException {
    StatementCommand statement =
        new StatementCommand(
            new StatementCall("INSERT INTO t(v) VALUES ('a'), ('b'), ('c') RETURNING v"),
            Kind.CHANGE,
            Rows.RESULT,
            2);
    Executed result = (Executed) test.applyOne(execute(SESSION, 2, List.of(statement)));
    assertThat(result.results().get(0).rows().batch().rowCount()).isEqualTo(2);
    assertThat(result.results().get(0).updateCounts()).containsExactly(3);
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("3");
  }

  @Test
  void schemaListenerHearsOfDefinitionsOnly() {
    long[] heard = new long[2];
    test.replica.addListener(
        new ReplicaListener() {
          @Override
          public void schemaChanged(long schemaVersion) {
            heard[0] = schemaVersion;
            heard[1]++;
          }
        });
    test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a')"));
    assertThat(heard[1]).isZero();
    test.applyOne(execute(3, "CREATE TABLE u(a)"));
    assertThat(heard[1]).isEqualTo(1);
    assertThat(heard[0]).isPositive();
  }
}
