package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.StatementCommand;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What once made two replicas of the same log differ; found by generated logs, or on the way. */
final class ReplicasAlikeTest {
  @TempDir Path directory;
  private TestReplica one;
  private TestReplica other;
  private long sequence;

  @BeforeEach
  void openReplicas() {
    one = new TestReplica(directory.resolve("one"));
    other = new TestReplica(directory.resolve("other"));
    both(open(SESSION));
  }

  @AfterEach
  void closeReplicas() {
    one.close();
    other.close();
  }

  private void both(Command command) {
    assertThat(other.applyOne(command)).isEqualTo(one.applyOne(command));
  }

  private void both(String sql) {
    CommandResult result = one.applyOne(next(sql));
    assertThat(result).as(sql).isInstanceOf(Executed.class);
    other.applyOne(execute(sequence, sql));
  }

  private Command next(String sql) {
    return execute(++sequence, sql);
  }

  private void assertAlike() throws SQLException {
    assertThat(FileContent.of(one.replica.currentFile()))
        .isEqualTo(FileContent.of(other.replica.currentFile()));
    assertThat(one.replica.applied()).isEqualTo(other.replica.applied());
  }

  /** SQLite answers "database table is locked"; taken for a fault, it ended every replica. */
  @Test
  void statementThatReadsTheSpatialIndexItWritesFailsAndNothingElse() throws SQLException {
    both("CREATE VIRTUAL TABLE box USING rtree(id, x0, x1)");
    both("CREATE TABLE t(a INTEGER PRIMARY KEY)");
    both("INSERT INTO box VALUES (1, 1, 2), (2, 2, 3)");
    both("INSERT INTO t VALUES (1), (2), (3)");

    Command write =
        next("INSERT INTO box SELECT a + 9, 1, 2 FROM t WHERE EXISTS (SELECT 1 FROM box)");
    CommandResult result = one.applyOne(write);

    assertThat(((CommandResult.Failed) result).sqlState()).isEqualTo("55006");
    assertThat(other.applyOne(write)).isEqualTo(result);
    both("INSERT INTO box VALUES (3, 1, 2)");
    assertAlike();
  }

  /** What the writing connection's planner chooses, which shows in the order of unordered rows. */
  private static List<String> plan(TestReplica replica, long sequence, String query) {
    CommandResult result =
        replica.applyOne(
            execute(SESSION, sequence, List.of(queryOf("EXPLAIN QUERY PLAN " + query))));
    StatementResult.RowSet rows = ((Executed) result).results().get(0).rows();
    RowReader reader = new RowReader(rows.batch(), rows.columns().size());
    List<String> plan = new ArrayList<>();
    while (reader.next()) {
      plan.add(String.valueOf(reader.value(3)));
    }
    return plan;
  }

  private static StatementCommand queryOf(String sql) {
    return new StatementCommand(
        statement(sql).call(), StatementCommand.Kind.QUERY, StatementCommand.Rows.RESULT, 0);
  }

  private void assertSamePlan(String query) {
    sequence++;
    assertThat(plan(one, sequence, query)).isNotEmpty().isEqualTo(plan(other, sequence, query));
  }

  /** What full-text tables gather is written at the end of the SQLite transaction. */
  @Test
  void fullTextIndexDoesNotDependOnHowTheLogIsCut() throws SQLException {
    List<Command> commands = new ArrayList<>();
    commands.add(next("CREATE VIRTUAL TABLE f5 USING fts5(a)"));
    commands.add(next("CREATE VIRTUAL TABLE f4 USING fts4(a)"));
    for (int i = 0; i < 8; i++) {
      commands.add(next("INSERT INTO f5 VALUES ('word w" + i + "')"));
      commands.add(next("INSERT INTO f4 VALUES ('word w" + i + "')"));
    }
    one.apply(commands);
    commands.forEach(other::applyOne);
    assertAlike();
  }

  /** FTS5 marks what it stores with the settings that its connection has read by then. */
  @Test
  void fullTextIndexIsMarkedAlikeAfterARestart() throws SQLException {
    for (String special : List.of("rebuild", "delete-all")) {
      String table = special.equals("rebuild") ? "r" : "d";
      String content = special.equals("rebuild") ? "" : ", content = ''";
      both("CREATE VIRTUAL TABLE " + table + " USING fts5(a" + content + ")");
      both("INSERT INTO " + table + "(" + table + ", rank) VALUES ('pgsz', 64)");
      other.reopen();
      both("INSERT INTO " + table + "(" + table + ") VALUES ('" + special + "')");
      assertAlike();
    }
    both("CREATE TABLE t(x)");
    both("CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO r(r) VALUES ('rebuild'); END");
    other.reopen();
    both("INSERT INTO t VALUES (1)");
    assertAlike();
  }

  /** SQLite takes the tables in the order of a hash table, which depends on its past. */
  @Test
  void analyzeTakesTablesInTheSameOrderAfterARestart() throws SQLException {
    for (int i = 0; i < 12; i++) {
      both("CREATE TABLE t" + 37 * i + "(a)");
      both("INSERT INTO t" + 37 * i + " VALUES (1)");
    }
    for (int i = 0; i < 5; i++) {
      both("DROP TABLE t" + 74 * i);
    }
    for (int i = 0; i < 5; i++) {
      both("CREATE TABLE t" + 74 * i + "(a)");
      both("INSERT INTO t" + 74 * i + " VALUES (1)");
    }
    other.reopen();
    both("ANALYZE");
    assertThat(one.query("SELECT tbl FROM sqlite_stat1")).hasSize(12);
    assertAlike();
  }

  private void twoIndexes() {
    both("CREATE TABLE t(a, b)");
    both("CREATE INDEX ia ON t(a)");
    both("CREATE INDEX ib ON t(b)");
    both(
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 200)"
            + " INSERT INTO t SELECT n % 2, n FROM r");
    both("ANALYZE");
    assertThat(plan(one, ++sequence, "SELECT * FROM t WHERE a = 1 AND b = 1").toString())
        .contains("ib");
    plan(other, sequence, "SELECT * FROM t WHERE a = 1 AND b = 1");
  }

  /** SQLite keeps the statistics of an ANALYZE that was rolled back, until it is opened again. */
  @Test
  void analyzeThatIsRolledBackLeavesNoTrace() throws Exception {
    twoIndexes();
    one.replica.leadershipGained(1);
    ProvisionalTransaction transaction =
        one.replica.transactions().begin(LogGenerator.start(SESSION, 1_000, 1));
    for (String sql : List.of("UPDATE t SET a = b, b = 1", "ANALYZE")) {
      transaction.whenTurn(lost -> {});
      assertThat(transaction.step(List.of(statement(sql))).result()).isInstanceOf(Executed.class);
      transaction.requestEnded();
    }
    transaction.rollback();
    assertSamePlan("SELECT * FROM t WHERE a = 1 AND b = 1");
    assertAlike();
  }

  /** The same within a command that fails, on a replica that is opened again afterwards. */
  @Test
  void analyzeOfACommandThatFailsLeavesNoTrace() throws SQLException {
    twoIndexes();
    both(
        execute(
            ++sequence,
            "UPDATE t SET a = b, b = 1",
            "ANALYZE",
            "INSERT INTO t(a) VALUES (abs(-9223372036854775807 - 1))"));
    other.reopen();
    assertSamePlan("SELECT * FROM t WHERE a = 1 AND b = 1");
    assertAlike();
  }

  /** What SQLite remembers of a table is never just what its statistics say. */
  @Test
  void plannerKnowsTheSameAfterARestart() throws SQLException {
    both("CREATE TABLE few(a)");
    both("CREATE INDEX i ON few(a)");
    both("CREATE TABLE many(a)");
    both("INSERT INTO few VALUES (1), (2), (3)");
    both(
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 300)"
            + " INSERT INTO many SELECT n FROM r");
    both("ANALYZE");
    both("DROP INDEX i");
    other.reopen();
    assertSamePlan("SELECT * FROM few, many WHERE few.a + 0 = many.a");
    both("DELETE FROM few");
    both("ANALYZE");
    other.reopen();
    assertSamePlan("SELECT * FROM few, many WHERE few.a + 0 = many.a");
  }
}
