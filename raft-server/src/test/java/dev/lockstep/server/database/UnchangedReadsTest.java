package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.database.LeaderAndFollower.TestTransaction;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certification passes over reads that must show the same, and over no others. */
final class UnchangedReadsTest {
  private static final String READ = "SELECT sum(a) FROM setting";

  @TempDir Path directory;
  private LeaderAndFollower cluster;
  private SessionId alice;
  private SessionId bob;

  @BeforeEach
  void open() {
    cluster = new LeaderAndFollower(directory);
    alice = cluster.openSession(1);
    bob = cluster.openSession(2);
    for (String definition :
        List.of(
            "CREATE TABLE setting(id INTEGER PRIMARY KEY, a INTEGER, b TEXT)",
            "CREATE INDEX setting_a ON setting(a)",
            "CREATE TABLE parent(id INTEGER PRIMARY KEY)",
            "CREATE TABLE child(id INTEGER PRIMARY KEY, a INTEGER,"
                + " parent INTEGER REFERENCES parent ON DELETE CASCADE)",
            "CREATE TABLE source(a INTEGER)",
            "CREATE TRIGGER source_added AFTER INSERT ON source"
                + " BEGIN UPDATE setting SET a = a + new.a; END",
            "CREATE TABLE target(a INTEGER)",
            "CREATE VIEW seen AS SELECT a FROM setting")) {
      cluster.execute(alice, definition);
    }
    cluster.execute(alice, "INSERT INTO setting VALUES (1, 10, 'x'), (2, 20, 'y')");
    cluster.execute(alice, "INSERT INTO parent VALUES (1), (2)");
    cluster.execute(alice, "INSERT INTO child VALUES (1, 5, 1), (2, 6, 2)");
  }

  @AfterEach
  void close() throws Exception {
    cluster.assertEqual();
    cluster.close();
  }

  /** A transaction that reads, writes elsewhere, and commits behind what others have proposed. */
  private CommandResult readAndWrite(String read, String... meanwhile) throws Exception {
    TestTransaction transaction = cluster.begin(alice);
    transaction.step(read);
    transaction.step("INSERT INTO target VALUES (1)");
    for (String sql : meanwhile) {
      cluster.propose(TestReplica.execute(bob, cluster.nextSequence(bob), sql));
    }
    transaction.commit();
    cluster.deliverAll();
    return transaction.committed();
  }

  /** Texts are looked at when they come for the second time. */
  private void makeKnown(String read, String... meanwhile) throws Exception {
    for (int i = 0; i < 2; i++) {
      readAndWrite(read, meanwhile);
    }
  }

  private long passedOver() {
    Map<String, String> values = new LinkedHashMap<>();
    cluster.follower.replica.transactions().describe(values);
    return Long.parseLong(values.get("transactions.readsSkipped"));
  }

  private static void assertLost(CommandResult result) {
    assertThat(result).isInstanceOf(Failed.class);
    assertThat(((Failed) result).cause()).isEqualTo(Cause.TRANSACTION_LOST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        READ,
        "SELECT a FROM seen",
        "SELECT s.a, p.id FROM (SELECT a FROM setting) s, parent p",
        "SELECT random(), CURRENT_TIMESTAMP",
        "SELECT count(*) FROM sqlite_schema",
        "SELECT abs(-9223372036854775807 - 1) FROM setting"
      })
  void readsOfTablesThatNobodyWroteAreNotRunAgain(String read) throws Exception {
    String elsewhere = "UPDATE child SET a = a + 1";
    makeKnown(read, elsewhere);
    long before = passedOver();

    assertThat(readAndWrite(read, elsewhere)).isEqualTo(Done.INSTANCE);

    assertThat(passedOver()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT sum(a) FROM setting | UPDATE setting SET a = a + 1",
        "SELECT sum(a) FROM setting | DELETE FROM setting",
        "SELECT sum(a) FROM setting | DELETE FROM setting WHERE id = 1",
        "SELECT sum(a) FROM setting | INSERT INTO source VALUES (1)",
        "SELECT a FROM seen | UPDATE setting SET a = a + 1",
        "SELECT a FROM setting INDEXED BY setting_a | UPDATE setting SET a = -a",
        "SELECT count(*) FROM child | DELETE FROM parent WHERE id = 1",
        "SELECT id FROM parent WHERE id IN (SELECT a FROM setting) | UPDATE setting SET a = 2",
        "SELECT max(rowid) FROM target | INSERT INTO target SELECT a FROM setting",
        "SELECT b FROM setting | REPLACE INTO setting VALUES (1, 1, 'z')",
        "SELECT b FROM setting | INSERT INTO setting VALUES (1, 1, 'z')"
            + " ON CONFLICT DO UPDATE SET b = 'z'",
      })
  void whatHasChangedIsNoticed(String read, String meanwhile) throws Exception {
    String harmless = "UPDATE child SET a = a WHERE 0";
    makeKnown(read, harmless);
    // The text of the change is known as well, without having changed anything for good.
    for (int i = 0; i < 2; i++) {
      TestTransaction undone = cluster.begin(bob);
      undone.step("SAVEPOINT s");
      undone.step(meanwhile);
      undone.step("ROLLBACK TO s");
      undone.commit();
      cluster.deliverAll();
    }

    assertLost(readAndWrite(read, meanwhile));
  }

  @Test
  void valueThatIsNotReadMayChange() throws Exception {
    String read = "SELECT a FROM setting INDEXED BY setting_a";
    String meanwhile = "UPDATE setting SET b = b || 'x'";
    makeKnown(read, meanwhile);
    long before = passedOver();

    assertThat(readAndWrite(read, meanwhile)).isEqualTo(Done.INSTANCE);

    assertThat(passedOver()).isEqualTo(before + 1);
  }

  @Test
  void whatTheScriptItselfHasWrittenIsRead() throws Exception {
    long before = passedOver();
    for (int i = 0; i < 3; i++) {
      TestTransaction transaction = cluster.begin(alice);
      // Counts the same whatever the source holds; what follows tells the difference.
      transaction.step("UPDATE setting SET a = (SELECT sum(a) FROM child)");
      transaction.step(READ);
      cluster.propose(
          TestReplica.execute(bob, cluster.nextSequence(bob), "UPDATE child SET a = a + 1"));
      transaction.commit();
      cluster.deliverAll();
      assertLost(transaction.committed());
    }
    assertThat(passedOver()).isEqualTo(before);
  }

  @Test
  void answersOfTheSessionAreRunAgain() throws Exception {
    for (String read :
        List.of("SELECT changes()", "SELECT last_insert_rowid()", "SELECT total_changes()")) {
      makeKnown(read, "UPDATE child SET a = a + 1");
    }

    assertThat(passedOver()).isZero();
  }

  @Test
  void whatStoodOnAProposalThatCameToNothingIsLost() throws Exception {
    String update = "UPDATE setting SET a = a + 1";
    makeKnown(READ, "UPDATE child SET a = a + 1");
    TestTransaction first = cluster.begin(bob);
    first.step(update);
    first.commit();
    TestTransaction second = cluster.begin(alice);
    second.step(READ);
    second.step("INSERT INTO target VALUES (1)");
    second.commit();

    cluster.fail(1);
    cluster.deliverAll();

    assertLost(second.committed());
  }

  @Test
  void numbersOfStatementsStayTheSame() throws Exception {
    makeKnown(READ, "UPDATE child SET a = a + 1");
    long before = passedOver();
    TestTransaction transaction = cluster.begin(alice);
    transaction.step(READ);
    transaction.step("INSERT INTO target VALUES (random())");
    transaction.step("SELECT a FROM target ORDER BY rowid DESC LIMIT 1");
    cluster.propose(
        TestReplica.execute(bob, cluster.nextSequence(bob), "UPDATE child SET a = a + 1"));
    transaction.commit();
    cluster.deliverAll();

    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    assertThat(passedOver()).isEqualTo(before + 1);
  }

  @Test
  void definitionsMayHaveChangedEverything() throws Exception {
    makeKnown(READ, "UPDATE child SET a = a + 1");
    long before = passedOver();

    readAndWrite(READ, "CREATE TABLE another(a)");

    assertThat(passedOver()).isEqualTo(before);
  }

  @Test
  void nothingIsPassedOverThatIsNotRemembered() throws Exception {
    makeKnown(READ, "UPDATE child SET a = a + 1");
    long before = passedOver();
    TestTransaction transaction = cluster.begin(alice);
    transaction.step(READ);
    transaction.step("INSERT INTO target VALUES (1)");
    for (int i = 0; i < 600; i++) {
      cluster.propose(
          TestReplica.execute(bob, cluster.nextSequence(bob), "UPDATE child SET a = a + 1"));
    }
    transaction.commit();
    cluster.deliverAll();

    assertThat(transaction.committed()).isEqualTo(Done.INSTANCE);
    assertThat(passedOver()).isEqualTo(before);
  }
}
