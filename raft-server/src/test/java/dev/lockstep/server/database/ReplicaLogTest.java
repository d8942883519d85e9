package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.database.TestReplica.Waiter;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica and the log that drives it: order, repetition, faults, those who wait. */
final class ReplicaLogTest {
  @TempDir Path directory;
  private TestReplica test;

  @BeforeEach
  void openReplica() {
    test = new TestReplica(directory);
    test.applyOne(open(SESSION));
    test.applyOne(execute(1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)"));
  }

  @AfterEach
  void closeReplica() {
    test.close();
  }

  private static CommittedEntry entry(long index, long term, Waiter waiter) {
    return new CommittedEntry(index, term, waiter.command(), waiter);
  }

  private static Waiter waiter(long sequence) {
    return new Waiter(execute(sequence, "INSERT INTO t(v) VALUES ('a')").encode());
  }

  private void assertFault(String message) {
    assertThat(test.replica.fault().orElseThrow()).contains(message);
    assertThatThrownBy(() -> test.applyOne(open(SESSION))).isInstanceOf(ReplicaFault.class);
  }

  @Test
  void entriesThatAreAppliedAreLeftOut() throws SQLException {
    Waiter two = waiter(2);
    test.replica.apply(List.of(entry(3, 1, two)).iterator());
    AppliedState applied = test.replica.applied();
    test.replica.apply(List.of(new CommittedEntry(3, 1, two.command(), null)).iterator());
    assertThat(test.replica.applied()).isEqualTo(applied);
    test.reopen();
    assertThat(test.replica.applied()).isEqualTo(applied);
    Waiter three = waiter(3);
    test.replica.apply(
        List.of(
                new CommittedEntry(2, 1, new byte[] {1, 2, 3}, null),
                new CommittedEntry(3, 1, two.command(), null),
                entry(4, 1, three))
            .iterator());
    assertThat(three.result()).isNotNull();
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("2");
  }

  @Test
  void indexesMayHaveGaps() {
    Waiter waiter = waiter(2);
    test.replica.apply(List.of(entry(30, 2, waiter)).iterator());
    assertThat(waiter.indexes).containsExactly(30L);
    assertThat(test.replica.applied().term()).isEqualTo(2);
  }

  @Test
  void indexThatGoesBackInABatchIsAFault() {
    Waiter first = waiter(2);
    Waiter second = waiter(3);
    assertThatThrownBy(
            () -> test.replica.apply(List.of(entry(5, 1, first), entry(4, 1, second)).iterator()))
        .hasMessage("the log gave index 4 of term 1 after index 5 of term 1");
    assertThat(first.failures).hasSize(1);
    assertThat(second.failures).hasSize(1);
    assertFault("index 4");
  }

  @Test
  void termThatGoesBackIsAFault() {
    test.replica.apply(List.of(entry(3, 5, waiter(2))).iterator());
    assertThatThrownBy(() -> test.replica.apply(List.of(entry(4, 4, waiter(3))).iterator()))
        .hasMessageContaining("index 4 of term 4, but index 3 of term 5 is applied");
  }

  @Test
  void undecodableEntryIsAFaultAndNotSkipped() throws SQLException {
    Waiter good = waiter(2);
    Waiter bad = new Waiter(new byte[] {9, 9});
    assertThatThrownBy(
            () -> test.replica.apply(List.of(entry(3, 1, good), entry(4, 1, bad)).iterator()))
        .isInstanceOf(ReplicaFault.class)
        .hasMessageContaining("index 4 cannot be read: command of format version 9");
    assertThat(good.failures.get(0).kind()).isEqualTo(LogFailure.Kind.UNKNOWN);
    assertThat(bad.failures).hasSize(1);
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("0");
    assertFault("index 4");
  }

  @Test
  void entryForAnotherDatabaseIsAFault() {
    Waiter waiter = new Waiter(new OpenSession("crm", SESSION, 1).encode());
    assertThatThrownBy(() -> test.replica.apply(List.of(entry(3, 1, waiter)).iterator()))
        .hasMessageContaining("for database crm, not shop");
  }

  @Test
  void everyProposalIsEndedOnceAlsoWhenApplyingFails() throws SQLException {
    // A row of Lockstep's own is lost behind the replica's back.
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + test.replica.currentFile());
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM sqlite_lockstep_state");
    }
    List<Waiter> waiters = List.of(waiter(2), waiter(3), waiter(4));
    List<CommittedEntry> batch = new ArrayList<>();
    for (Waiter waiter : waiters) {
      batch.add(entry(3 + batch.size(), 1, waiter));
    }
    assertThatThrownBy(() -> test.replica.apply(batch.iterator()))
        .hasMessage("sqlite_lockstep_state has 0 rows instead of 1");
    for (Waiter waiter : waiters) {
      assertThat(waiter.results).isEmpty();
      assertThat(waiter.failures).hasSize(1);
      assertThat(waiter.failures.get(0).kind()).isEqualTo(LogFailure.Kind.UNKNOWN);
    }
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("0");
    assertThat(test.replica.session(SESSION).orElseThrow().lastSequence()).isEqualTo(1);
    assertFault("0 rows instead of 1");
  }

  @Test
  void entriesThatWereNotTakenStayTheLogs() {
    List<CommittedEntry> batch = new ArrayList<>();
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < TakenEntries.ENTRIES_MAX + 1; i++) {
      waiters.add(i == 0 ? new Waiter(new byte[] {1}) : waiter(i + 1));
      batch.add(entry(3 + i, 1, waiters.get(i)));
    }
    assertThatThrownBy(() -> test.replica.apply(batch.iterator())).isInstanceOf(ReplicaFault.class);
    assertThat(waiters.get(TakenEntries.ENTRIES_MAX - 1).failures).hasSize(1);
    assertThat(waiters.get(TakenEntries.ENTRIES_MAX).failures).isEmpty();
  }

  @Test
  void waitersAreReleasedInTimeOrWhenTheReplicaStops() {
    List<String> events = new ArrayList<>();
    test.replica.whenApplied(2, failure -> events.add("at once " + failure));
    test.replica.whenApplied(4, failure -> events.add("four " + failure));
    test.replica.whenApplied(3, failure -> events.add("three " + failure));
    test.replica.whenApplied(3, failure -> events.add("cancelled")).cancel();
    test.replica.whenApplied(9, failure -> events.add("nine " + failure.kind()));
    assertThat(events).containsExactly("at once null");
    test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('a')"));
    assertThat(events).containsExactly("at once null", "three null");
    test.applyOne(execute(3, "INSERT INTO t(v) VALUES ('a')"));
    test.close();
    assertThat(events).containsExactly("at once null", "three null", "four null", "nine STOPPED");
    test.replica.whenApplied(9, failure -> events.add("late " + failure.kind()));
    assertThat(events).endsWith("late STOPPED");
  }

  @Test
  void stoppedReplicaSaysWhy() {
    test.replica.stopped("the engine broke");
    assertThat(test.replica.fault()).contains("the engine broke");
    assertThatThrownBy(() -> test.applyOne(open(SESSION))).hasMessage("the engine broke");
  }

  @Test
  void resultIsStoredBeforeItIsAnswered() throws SQLException {
    List<String> seen = new ArrayList<>();
    Command command = execute(2, "INSERT INTO t(v) VALUES ('a')");
    Waiter waiter =
        new Waiter(command.encode()) {
          @Override
          public void applied(long index, dev.lockstep.server.command.CommandResult result) {
            super.applied(index, result);
            assertThat(test.replica.appliedIndex()).isGreaterThanOrEqualTo(index);
            try {
              seen.addAll(test.query("SELECT v FROM t"));
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          }
        };
    test.replica.apply(List.of(entry(3, 1, waiter)).iterator());
    assertThat(waiter.result()).isNotNull();
    assertThat(seen).containsExactly("a");
  }
}
