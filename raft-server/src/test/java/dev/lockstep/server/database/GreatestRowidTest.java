package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.StatementCommand;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No statement leaves a row with the greatest rowid, or has a result that depends on one. */
final class GreatestRowidTest {
  private static final String GREATEST = "9223372036854775807";
  private static final String LAST_BUT_ONE = "9223372036854775806";

  @TempDir Path directory;
  private TestReplica one;
  private TestReplica other;
  private long sequence;

  @BeforeEach
  void openReplicas() {
    one = new TestReplica(directory.resolve("one"));
    other = new TestReplica(directory.resolve("other"));
    one.applyOne(open(SESSION));
    other.applyOne(open(SESSION));
    run("CREATE TABLE t(id INTEGER PRIMARY KEY, k UNIQUE, v)");
    run("CREATE TABLE p(id INTEGER PRIMARY KEY, v)");
    run("CREATE TABLE n(a, b)");
  }

  @AfterEach
  void closeReplicas() throws SQLException {
    assertThat(FileContent.of(one.replica.currentFile()))
        .isEqualTo(FileContent.of(other.replica.currentFile()));
    assertThat(one.replica.applied()).isEqualTo(other.replica.applied());
    one.close();
    other.close();
  }

  /** One replica applies it alone, the other between two commands in the same transaction. */
  private CommandResult apply(StatementCommand... statements) {
    Command before = execute(++sequence, "INSERT INTO n VALUES (0, 'before')");
    Command command = execute(SESSION, ++sequence, List.of(statements));
    Command after = execute(++sequence, "INSERT INTO n VALUES (0, 'after')");
    if (sequence == 3) {
      // The tables are not there yet.
      before = execute(1, "SELECT 1");
      after = execute(3, "SELECT 1");
    }
    one.applyOne(before);
    CommandResult result = one.applyOne(command);
    one.applyOne(after);
    assertThat(other.apply(before, command, after).get(1)).isEqualTo(result);
    return result;
  }

  private void run(String sql) {
    assertThat(apply(statement(sql))).as(sql).isInstanceOf(Executed.class);
  }

  private Failed assertRefused(String table, CommandResult result) {
    assertThat(result).isInstanceOf(Failed.class);
    Failed failed = (Failed) result;
    assertThat(failed.message()).contains("table " + table + " ", "WITHOUT ROWID", GREATEST);
    assertThat(failed.sqlState()).isEqualTo("2200H");
    assertThat(failed.vendorCode()).isEqualTo(13);
    return failed;
  }

  private void assertRefused(String table, String sql) {
    assertRefused(table, apply(statement(sql)));
    // In a command of several, where all is undone by a savepoint.
    Failed failed =
        assertRefused(
            table, apply(statement("INSERT INTO n VALUES (1, 'undone')"), statement(sql)));
    assertThat(failed.statement()).isEqualTo(1);
  }

  private static StatementCommand batch(String sql, Object[]... rows) {
    StatementCommand single = statement(sql, rows[0]);
    return new StatementCommand(
        new StatementCall(sql, List.of(rows)), single.kind(), single.rows(), 0);
  }

  private static Object[] row(Object... values) {
    return values;
  }

  private void assertHasNone(String table) throws SQLException {
    assertThat(one.query("SELECT 1 FROM " + table + " WHERE rowid > 4000000000000000000"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO p VALUES (" + GREATEST + ", 1)",
        "INSERT INTO p VALUES (" + LAST_BUT_ONE + " + 1, 1) RETURNING id",
        "INSERT INTO p VALUES ('" + GREATEST + "', 1), (NULL, 2)",
        "INSERT INTO p SELECT " + GREATEST + ", 1",
        "INSERT INTO p VALUES (" + LAST_BUT_ONE + ", 1), (NULL, 2), (NULL, 3)",
        "REPLACE INTO p VALUES (" + GREATEST + ", 1), (" + GREATEST + ", 2)",
        "INSERT OR IGNORE INTO p VALUES (" + GREATEST + ", 1)",
        "UPDATE p SET id = " + GREATEST + " WHERE v = 'here'",
        "UPDATE OR REPLACE p SET rowid = " + GREATEST,
        "INSERT INTO p VALUES (1, 1) ON CONFLICT DO UPDATE SET id = " + GREATEST,
        "WITH x(a) AS (SELECT " + GREATEST + ") INSERT INTO p(id) SELECT a FROM x"
      })
  void noStatementPutsIt(String sql) throws SQLException {
    run("INSERT INTO p VALUES (1, 'here')");
    assertRefused("p", sql);
    assertHasNone("p");
    assertThat(one.query("SELECT count(*) FROM n WHERE b = 'undone'")).containsExactly("0");
  }

  @Test
  void theLastRowidBeforeItMayBeUsedAndNoFurtherOne() throws SQLException {
    run("INSERT INTO p VALUES (" + LAST_BUT_ONE + ", 'last')");
    assertRefused("p", "INSERT INTO p(v) VALUES ('one more')");
    assertRefused("p", apply(statement("INSERT INTO p(v) VALUES (?)", "one more")));
    run("DELETE FROM p");
    run("INSERT INTO p(v) VALUES ('first')");
    assertThat(one.query("SELECT id FROM p")).containsExactly("1");
  }

  @Test
  void whereThereAreNoRowidsItIsAllowed() throws SQLException {
    run("CREATE TABLE w(id INTEGER PRIMARY KEY, v) WITHOUT ROWID");
    run("INSERT INTO w VALUES (" + GREATEST + ", 1), (2, 2)");
    run("INSERT INTO w SELECT 3, " + GREATEST);
    assertRefused("p", "INSERT INTO p SELECT * FROM w");
  }

  /**
   * SQLite says of the next row that the disk is full; taken for that, replicas waited for ever.
   */
  @Test
  void autoincrementDoesNotRunOutOfRowids() throws SQLException {
    run("CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, v)");
    for (String orElse : List.of("", "OR IGNORE", "OR REPLACE", "OR FAIL")) {
      assertRefused("a", "INSERT " + orElse + " INTO a VALUES (" + GREATEST + ", 1), (NULL, 2)");
      assertRefused(
          "a",
          apply(
              batch(
                  "INSERT " + orElse + " INTO a VALUES (?, ?)",
                  row(Long.MAX_VALUE, 1L),
                  row(null, 1L))));
    }
    run("INSERT INTO a VALUES (1, 1), (2, 2)");
    assertRefused("a", "UPDATE a SET id = " + GREATEST + " WHERE id = 1");
    run("INSERT INTO a VALUES (" + LAST_BUT_ONE + ", 1)");
    assertRefused("a", "INSERT INTO a(v) VALUES (1)");
    assertRefused("a", "INSERT INTO a(v) VALUES (1), (2)");
    assertRefused("a", "INSERT INTO a(v) SELECT v FROM a");
    run("DELETE FROM a");
    assertRefused("a", "INSERT INTO a(v) VALUES (1), (2)");
    for (String seq : List.of(GREATEST, "1e300", "'99999999999999999999'")) {
      assertRefused("sqlite_sequence", "UPDATE sqlite_sequence SET seq = " + seq);
      assertRefused("sqlite_sequence", "INSERT INTO sqlite_sequence VALUES ('a', " + seq + ")");
    }
    run("DELETE FROM sqlite_sequence");
    run("INSERT INTO a(v) VALUES (1), (2)");
    assertThat(one.query("SELECT id FROM a")).containsExactly("1", "2");
  }

  @Test
  void triggersAndForeignKeysDoNotPutItEither() throws SQLException {
    run("CREATE TABLE s(v)");
    run("INSERT INTO s VALUES (1)");
    run("CREATE TRIGGER si AFTER INSERT ON s BEGIN INSERT INTO p VALUES (new.v, 's'); END");
    run("CREATE TRIGGER su AFTER UPDATE ON s BEGIN UPDATE p SET id = new.v; END");
    run("CREATE TRIGGER sd AFTER DELETE ON s BEGIN INSERT INTO p(v) VALUES (1); END");
    assertRefused("p", "INSERT INTO s VALUES (" + GREATEST + ")");
    run("INSERT INTO s VALUES (" + LAST_BUT_ONE + ")");
    assertRefused("p", "UPDATE s SET v = " + GREATEST);
    assertRefused("p", "DELETE FROM s");
    run("CREATE TABLE parent(id INTEGER PRIMARY KEY) WITHOUT ROWID");
    run(
        "CREATE TABLE child(id INTEGER PRIMARY KEY DEFAULT "
            + GREATEST
            + " REFERENCES parent ON UPDATE CASCADE ON DELETE CASCADE)");
    run("INSERT INTO parent VALUES (1)");
    run("INSERT INTO child VALUES (1)");
    assertRefused("child", "UPDATE parent SET id = " + GREATEST);
    assertHasNone("child");
  }

  @Test
  void tablesBehindVirtualTablesDoNotGetIt() throws SQLException {
    run("CREATE VIRTUAL TABLE f5 USING fts5(a)");
    run("CREATE VIRTUAL TABLE f5c USING fts5(a, content='')");
    run("CREATE VIRTUAL TABLE f4 USING fts4(a)");
    run("CREATE VIRTUAL TABLE box USING rtree(id, x0, x1)");
    assertRefused("f5", "INSERT INTO f5(rowid, a) VALUES (" + GREATEST + ", 'x'), (NULL, 'y')");
    assertRefused("f5c", "INSERT INTO f5c(rowid, a) VALUES (" + GREATEST + ", 'x')");
    assertRefused("f4", "INSERT INTO f4(docid, a) VALUES (" + GREATEST + ", 'x')");
    assertRefused("box", "INSERT INTO box VALUES (" + GREATEST + ", 1, 2)");
    run("INSERT INTO f5 VALUES ('x')");
    assertRefused("f5", "UPDATE f5 SET rowid = " + GREATEST);
    run("CREATE TRIGGER sync AFTER INSERT ON p BEGIN INSERT INTO f5(a) VALUES (new.v); END");
    run("INSERT INTO f5(rowid, a) VALUES (" + LAST_BUT_ONE + ", 'x')");
    assertRefused("f5", "INSERT INTO p(v) VALUES (1)");
    assertThat(one.query("SELECT rowid FROM f5")).containsExactly("1", LAST_BUT_ONE);
  }

  /** The row is gone in the end, but another rowid was picked while it was there. */
  @Test
  void itIsSeenWhereTheStatementRemovesItAgain() throws SQLException {
    assertRefused(
        "t",
        "INSERT OR REPLACE INTO t VALUES (" + GREATEST + ", 'a', 1), (NULL, 'b', 2), (5, 'a', 3)");
    run("INSERT OR REPLACE INTO t VALUES (7, 'a', 1), (NULL, 'b', 2), (5, 'a', 3)");
    assertThat(one.query("SELECT id || k FROM t ORDER BY id")).containsExactly("5a", "8b");
    run("CREATE TABLE ring(id INTEGER PRIMARY KEY, v)");
    run(
        "CREATE TRIGGER prune AFTER INSERT ON ring WHEN new.v = 'last'"
            + " BEGIN DELETE FROM ring WHERE id = "
            + GREATEST
            + "; END");
    assertRefused("ring", "INSERT INTO ring VALUES (" + GREATEST + ", 1), (NULL, 2), (3, 'last')");
    run("INSERT INTO ring VALUES (1, 1), (NULL, 2), (3, 'last')");
    assertRefused(
        "t",
        apply(
            batch(
                "INSERT OR REPLACE INTO t VALUES (?, ?, ?)",
                row(Long.MAX_VALUE, "c", 1L),
                row(null, "d", 2L),
                row(9L, "c", 3L))));
  }

  /** Whether it fails, and where, is a matter of chance. */
  @ParameterizedTest
  @ValueSource(strings = {"", "OR FAIL", "OR IGNORE", "OR REPLACE"})
  void itIsTheErrorThoughAnotherCameFirst(String orElse) {
    run("CREATE TABLE c(id INTEGER PRIMARY KEY, v, CHECK (id = " + GREATEST + " OR id % 2 = 0))");
    String nulls = ", (NULL, 2)".repeat(3);
    for (int i = 0; i < 8; i++) {
      assertRefused("c", "INSERT " + orElse + " INTO c VALUES (" + GREATEST + ", 1)" + nulls);
      Failed failed =
          assertRefused(
              "c",
              apply(
                  batch(
                      "INSERT " + orElse + " INTO c VALUES (?, ?)",
                      row(2L, 1L),
                      row(Long.MAX_VALUE, 1L),
                      row(null, 2L),
                      row(null, 2L))));
      assertThat(failed.row()).isEqualTo(1);
    }
  }

  @Test
  void otherErrorsOfManyRowsStayWhatTheyAre() {
    run("INSERT INTO t VALUES (3, 'x', 1)");
    for (String sql :
        List.of(
            "INSERT INTO t(k) VALUES ('a'), ('x')",
            "INSERT INTO t VALUES (1, 'a', 1), (2, 'x', 1)",
            "INSERT OR FAIL INTO t VALUES (1, 'a', 1), (2, 'x', 1)",
            "INSERT INTO t SELECT NULL, 'x', 1 FROM n")) {
      CommandResult result = apply(statement(sql));
      assertThat(((Failed) result).sqlState()).as(sql).isEqualTo("23505");
    }
    run("INSERT INTO t(k) VALUES ('a'), ('b')");
  }

  @Test
  void theRowOfABatchIsNamedAndTheRestUndone() throws SQLException {
    Failed failed =
        assertRefused(
            "n",
            apply(
                statement("INSERT INTO p VALUES (1, 1)"),
                batch(
                    "INSERT INTO n(rowid, a) VALUES (?, ?)",
                    row(1L << 61, 1L),
                    row(Long.MAX_VALUE - 1, 1L),
                    row(null, 2L),
                    row(null, 3L))));
    assertThat(failed.statement()).isEqualTo(1);
    assertThat(failed.row()).isEqualTo(2);
    assertThat(one.query("SELECT count(*) FROM p")).containsExactly("0");
  }

  @Test
  void columnsThatTakeTheNamesOfTheRowidDoNotHideIt() {
    run("CREATE TABLE r(rowid, oid, v)");
    run("CREATE TABLE k(rowid, _rowid_, oid, \"the key\" INTEGER PRIMARY KEY)");
    run("INSERT INTO r(rowid, oid) VALUES (" + GREATEST + ", " + GREATEST + ")");
    run("INSERT INTO k(rowid, _rowid_, oid) VALUES (" + GREATEST + ", 1, " + GREATEST + ")");
    assertRefused("r", "INSERT INTO r(_rowid_) VALUES (" + GREATEST + ")");
    assertRefused("k", "UPDATE k SET \"the key\" = " + GREATEST);
  }

  @Test
  void itIsTheSameErrorOnAReplicaThatSeesTheTextForTheFirstTime() {
    run("INSERT INTO p VALUES (1, 1)");
    for (String sql :
        List.of(
            "UPDATE P SET id = " + GREATEST + " WHERE v = 1",
            "INSERT INTO P VALUES (" + GREATEST + ", 1)")) {
      assertRefused("p", sql);
      other.reopen();
      assertRefused("p", sql);
    }
  }

  @Test
  void aTableThatIsMadeAnewIsAnother() {
    run("CREATE TABLE x(id INTEGER PRIMARY KEY, v)");
    assertRefused("x", "INSERT INTO x VALUES (" + GREATEST + ", 1)");
    run("DROP TABLE x");
    run("CREATE TABLE x(id INTEGER PRIMARY KEY, v) WITHOUT ROWID");
    run("INSERT INTO x VALUES (" + GREATEST + ", 1)");
    CommandResult result =
        apply(
            statement("DROP TABLE x"),
            statement("CREATE TABLE x(id INTEGER PRIMARY KEY, v)"),
            statement("INSERT INTO x VALUES (" + GREATEST + ", 1)"));
    assertThat(assertRefused("x", result).statement()).isEqualTo(2);
    run("UPDATE x SET v = 2");
  }

  @Test
  void aTransactionGoesOnWithoutTheStatement() throws Exception {
    for (TestReplica replica : List.of(one, other)) {
      replica.replica.leadershipGained(1);
    }
    ProvisionalTransaction transaction =
        one.replica.transactions().begin(LogGenerator.start(SESSION, 1_000, 1));
    List<CommandResult> results = new ArrayList<>();
    for (String sql :
        List.of(
            "INSERT INTO t VALUES (1, 'kept', 1)",
            "INSERT INTO t VALUES (" + GREATEST + ", 'x', 1)",
            "INSERT OR REPLACE INTO t VALUES (" + GREATEST + ",'a',1),(NULL,'b',2),(5,'a',3)",
            "INSERT OR REPLACE INTO t VALUES (11, 'a', 1), (NULL, 'b', 2), (5, 'a', 3)",
            "SELECT count(*) FROM t")) {
      transaction.whenTurn(lost -> {});
      results.add(transaction.step(List.of(statement(sql))).result());
      transaction.requestEnded();
    }
    assertRefused("t", results.get(1));
    assertRefused("t", results.get(2));
    assertThat(results.get(3)).isInstanceOf(Executed.class);
    byte[][] entry = new byte[1][];
    transaction.whenTurn(lost -> {});
    transaction.commit(
        SESSION,
        ++sequence,
        proposed -> {
          entry[0] = proposed;
          return true;
        });
    transaction.requestEnded();

    Command commit = Command.decode(entry[0]);
    assertThat(one.applyOne(commit)).isEqualTo(CommandResult.Done.INSTANCE);
    assertThat(other.applyOne(commit)).isEqualTo(CommandResult.Done.INSTANCE);
    transaction.committed();
    assertThat(one.query("SELECT id FROM t ORDER BY id")).containsExactly("1", "5", "12");
  }
}
