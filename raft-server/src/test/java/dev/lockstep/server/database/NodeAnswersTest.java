package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.database.LeaderAndFollower.TestTransaction;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only one node answers, or only one has loaded, has no part in what all must agree on. */
final class NodeAnswersTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO"
          + " %s SELECT i FROM n";

  @TempDir Path directory;
  private LeaderAndFollower cluster;
  private SessionId alice;
  private SessionId bob;

  @BeforeEach
  void open() {
    cluster = new LeaderAndFollower(directory);
    alice = cluster.openSession(1);
    bob = cluster.openSession(2);
    cluster.execute(alice, "CREATE TABLE t(a)");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void queryAboutTheNodeIsAnsweredButNotPartOfTheScript() throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    transaction.step("INSERT INTO t VALUES (random())");
    transaction.request();
    assertThat(
            transaction.provisional.ask(List.of(statement("SELECT rootpage FROM sqlite_schema"))))
        .isInstanceOf(Executed.class);
    assertThat(transaction.provisional.ask(List.of(statement("SELECT x FROM t"))))
        .isInstanceOf(Failed.class);
    transaction.provisional.requestEnded();
    transaction.step("INSERT INTO t VALUES (random())");
    assertThat(transaction.script).hasSize(2);

    assertThat(transaction.commit()).isTrue();
    cluster.deliverAll();

    assertThat(transaction.commit.result()).isEqualTo(Done.INSTANCE);
    cluster.assertEqual();
  }

  @Test
  void statisticsOfATransactionThatWasGivenUpAreForgotten() throws Exception {
    cluster.execute(alice, "CREATE TABLE s(a)");
    cluster.execute(alice, "CREATE TABLE b(x)");
    cluster.execute(alice, "CREATE INDEX si ON s(a)");
    cluster.execute(alice, "CREATE INDEX bi ON b(x)");
    cluster.execute(alice, "CREATE TABLE joined(s, b)");
    cluster.execute(alice, String.format(NUMBERS, 6, "s"));
    cluster.execute(alice, String.format(NUMBERS, 3_000, "b"));
    cluster.execute(alice, "ANALYZE");

    TestTransaction kept = cluster.begin(alice);
    kept.step("INSERT INTO t VALUES (1)");
    assertThat(kept.commit()).isTrue();
    TestTransaction givenUp = cluster.begin(bob);
    givenUp.step("DELETE FROM b WHERE x > 5");
    givenUp.step(String.format(NUMBERS, 3_000, "s"));
    givenUp.step("ANALYZE");
    givenUp.provisional.rollback();
    cluster.execute(
        bob, "INSERT INTO joined SELECT s.rowid, b.rowid FROM s, b WHERE s.a + 0 = b.x % 7");

    assertThat(kept.commit.result()).isEqualTo(Done.INSTANCE);
    assertThat(FullDump.of(cluster.leader.replica.currentFile()))
        .isEqualTo(FullDump.of(cluster.follower.replica.currentFile()))
        .anyMatch(line -> line.startsWith("joined: 1,"));
  }
}
