package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.database.TestReplica.Waiter;
import dev.lockstep.server.log.CommittedEntry;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Faults of this node: none becomes a result, none is forgotten, and none leaves a file open. */
final class ReplicaFaultTest {
  @TempDir Path directory;
  private TestReplica test;
  private List<String> filesBefore;

  @BeforeEach
  void openReplica() throws Exception {
    test = new TestReplica(directory);
    test.applyOne(open(SESSION));
    test.applyOne(execute(1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)"));
    filesBefore = OpenFiles.below(directory);
  }

  @AfterEach
  void closeReplica() throws Exception {
    assertThat(OpenFiles.below(directory)).isEqualTo(filesBefore);
    test.close();
    assertThat(OpenFiles.below(directory)).isEmpty();
  }

  private List<Waiter> feed(byte[]... entries) {
    List<Waiter> waiters = new ArrayList<>();
    List<CommittedEntry> batch = new ArrayList<>();
    long index = test.index;
    for (byte[] entry : entries) {
      Waiter waiter = new Waiter(entry);
      waiters.add(waiter);
      batch.add(new CommittedEntry(++index, test.term, entry, waiter));
    }
    assertThatThrownBy(() -> test.replica.apply(batch.iterator())).isNotNull();
    return waiters;
  }

  private void assertUnknown(List<Waiter> waiters) {
    assertThat(waiters)
        .allSatisfy(
            waiter -> {
              assertThat(waiter.results).isEmpty();
              assertThat(waiter.failures).hasSize(1);
              assertThat(waiter.failures.get(0).kind().outcomeUnknown()).isTrue();
            });
  }

  @Test
  void aNewerCommandStopsTheReplicaBeforeItAndAnUpgradeGoesOn() throws Exception {
    byte[] before = execute(2, "INSERT INTO t(v) VALUES ('before')").encode();
    byte[] readable = execute(3, "INSERT INTO t(v) VALUES ('newer')").encode();
    byte[] newer = readable.clone();
    newer[0] = (byte) (Command.FORMAT_VERSION + 1);
    long applied = test.replica.appliedIndex();

    assertUnknown(feed(before, newer));

    assertThat(test.replica.fault().orElseThrow())
        .contains("index 4", "version " + (Command.FORMAT_VERSION + 1), "newer Lockstep");
    assertThat(test.replica.appliedIndex()).isEqualTo(applied);

    // The same version finds the same again.
    test.reopen();
    assertUnknown(feed(before, newer));
    assertThat(test.replica.fault()).isPresent();

    // The newer one can read it: here that is the readable form of the same entry.
    test.reopen();
    assertThat(
            test.apply(
                execute(2, "INSERT INTO t(v) VALUES ('before')"),
                execute(3, "INSERT INTO t(v) VALUES ('newer')")))
        .allMatch(Executed.class::isInstance);
    assertThat(test.query("SELECT v FROM t")).containsExactly("before", "newer");
  }

  @Test
  void bytesThatAreNoCommandStopTheReplica() {
    assertUnknown(feed(new byte[] {1, 99, 0}));
    assertThat(test.replica.fault().orElseThrow()).contains("cannot be read");
  }

  @Test
  void anErrorWhileResultsAreGivenOutEndsTheOthersToo() {
    OutOfMemoryError noMemory = new OutOfMemoryError("for a test");
    Waiter greedy =
        new Waiter(execute(2, "INSERT INTO t(v) VALUES (1)").encode()) {
          @Override
          public void applied(long index, CommandResult result) {
            throw noMemory;
          }
        };
    Waiter other = new Waiter(execute(3, "INSERT INTO t(v) VALUES (2)").encode());

    assertThatThrownBy(
            () ->
                test.replica.apply(
                    List.of(
                            new CommittedEntry(3, 1, greedy.command(), greedy),
                            new CommittedEntry(4, 1, other.command(), other))
                        .iterator()))
        .isSameAs(noMemory);

    assertThat(test.replica.fault().orElseThrow()).contains("for a test");
    assertUnknown(List.of(other));
    // What is stored stays: the outcome is asked for elsewhere.
    assertThat(test.replica.appliedIndex()).isEqualTo(4);
  }

  @Test
  void aDamagedPageCondemnsTheStateAndIsNoResult() throws Exception {
    for (int i = 2; i < 60; i++) {
      test.applyOne(execute(i, "INSERT INTO t(v) VALUES (zeroblob(3000))"));
    }
    // Everything into the file, and the connection's cache forgotten.
    Path file = test.replica.currentFile();
    test.reopen();
    filesBefore = OpenFiles.below(directory);
    long pages = Files.size(file) / 4096;
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      for (long page = 4; page < pages; page++) {
        access.seek(page * 4096);
        access.write(new byte[] {77, 77, 77, 77, 77, 77, 77, 77});
      }
    }

    Waiter waiter = new Waiter(execute(60, "UPDATE t SET v = v || 'x'").encode());
    test.replica.apply(
        List.of(new CommittedEntry(test.index + 1, test.term, waiter.command(), waiter))
            .iterator());

    assertUnknown(List.of(waiter));
    assertThat(test.replica.condemnation().orElseThrow()).contains("malformed");
    assertThat(test.replica.appliedIndex()).isEqualTo(test.index);
  }

  @Test
  void aReaderThatFindsDamageStopsTheReplicaAndOneWithoutMemoryDoesNot() {
    test.replica.readFailed(failure(SQLiteErrorCode.SQLITE_NOMEM));
    test.replica.readFailed(failure(SQLiteErrorCode.SQLITE_IOERR_NOMEM));
    test.replica.readFailed(failure(SQLiteErrorCode.SQLITE_BUSY));
    test.replica.readFailed(failure(SQLiteErrorCode.SQLITE_CANTOPEN));
    test.replica.readFailed(failure(SQLiteErrorCode.SQLITE_FULL));
    assertThat(test.replica.fault()).isEmpty();

    test.replica.readFailed(failure(SQLiteErrorCode.SQLITE_IOERR_READ));
    assertThat(test.replica.fault().orElseThrow()).contains("cannot be read");
  }

  private static SQLException failure(SQLiteErrorCode code) {
    return new SQLiteException("for a test", code);
  }
}
