package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a replica does with committed entries for which its disk has no room. */
@Timeout(60)
final class FullDiskTest {
  private static final String BIG = "INSERT INTO t(v) VALUES (zeroblob(500000))";

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

  /** SQLite says that the disk is full when the file would get more pages than this. */
  private void pagesMax(long pages) throws SQLException {
    WriterAccess access = test.replica.access();
    access.lock().lock();
    try {
      access.connection().writer().execute("PRAGMA max_page_count = " + pages);
    } finally {
      access.lock().unlock();
    }
  }

  private CompletableFuture<List<CommandResult>> applyElsewhere(Command... commands) {
    return CompletableFuture.supplyAsync(() -> test.apply(commands));
  }

  private void awaitFull() {
    await().until(() -> test.replica.diskFull().isPresent());
  }

  @Test
  void whatHasNoRoomIsAppliedWhenThereIsSome() throws Exception {
    test.applyOne(execute(2, "INSERT INTO t(v) VALUES ('before')"));
    pagesMax(20);

    CompletableFuture<List<CommandResult>> applied =
        applyElsewhere(execute(3, "INSERT INTO t(v) VALUES ('small')"), execute(4, BIG));
    awaitFull();

    assertThat(test.replica.fault()).isEmpty();
    assertThat(test.replica.hasRoom()).isFalse();
    // Reads go on, and see what was committed before.
    assertThat(test.query("SELECT v FROM t")).containsExactly("before");

    pagesMax(1_000_000);
    assertThat(applied.get()).allMatch(Executed.class::isInstance);
    assertThat(test.replica.diskFull()).isEmpty();
    assertThat(test.query("SELECT count(*) FROM t")).containsExactly("3");
  }

  @Test
  void whatWasStoredBeforeTheDiskWasFullIsNotAppliedAgain() throws Exception {
    pagesMax(20);
    // DDL stands alone in its transaction: it is committed, then there is no room for the rest.
    CompletableFuture<List<CommandResult>> applied =
        applyElsewhere(
            execute(2, "CREATE TABLE u(id INTEGER PRIMARY KEY AUTOINCREMENT)"),
            execute(3, "INSERT INTO u VALUES (NULL)", BIG));
    awaitFull();
    assertThat(test.replica.appliedIndex()).isEqualTo(3);

    pagesMax(1_000_000);
    assertThat(applied.get()).allMatch(Executed.class::isInstance);
    assertThat(test.query("SELECT seq FROM sqlite_sequence")).containsExactly("1");
  }

  @Test
  void aFullDiskLeavesTheSameStateAndDigestAsRoom(@TempDir Path other) throws Exception {
    Command[] commands = {
      execute(2, "INSERT INTO t(v) VALUES (random())"),
      execute(3, BIG),
      execute(4, "INSERT INTO t(v) VALUES (random())")
    };
    pagesMax(20);
    CompletableFuture<List<CommandResult>> applied = applyElsewhere(commands);
    awaitFull();
    pagesMax(1_000_000);
    applied.get();

    try (TestReplica roomy = new TestReplica(other)) {
      roomy.applyOne(open(SESSION));
      roomy.applyOne(execute(1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)"));
      roomy.apply(commands);
      assertThat(test.replica.applied()).isEqualTo(roomy.replica.applied());
      assertThat(test.dump()).isEqualTo(roomy.dump());
    }
  }

  @Test
  void closingTheLogEndsTheWaitAndARestartAppliesTheRest() throws Exception {
    pagesMax(20);
    CompletableFuture<List<CommandResult>> applied = applyElsewhere(execute(2, BIG));
    awaitFull();

    test.replica.closing();
    assertThatThrownBy(applied::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ApplyAbandoned.class);
    assertThat(test.replica.fault()).isEmpty();

    test.reopen();
    test.index--;
    assertThat(test.applyOne(execute(2, BIG))).isInstanceOf(Executed.class);
  }

  @Test
  void whoWaitsForAnEntryIsNotKeptWaiting() throws Exception {
    pagesMax(20);
    CompletableFuture<List<CommandResult>> applied = applyElsewhere(execute(2, BIG));
    awaitFull();
    CompletableFuture<Object> waiting = new CompletableFuture<>();
    test.replica.whenApplied(3, waiting::complete);

    test.replica.releaseWaiting("full");
    assertThat(waiting.get()).isNotNull();

    pagesMax(1_000_000);
    applied.get();
    CompletableFuture<Boolean> later = new CompletableFuture<>();
    test.replica.whenApplied(3, failure -> later.complete(failure == null));
    assertThat(later.get()).isTrue();
  }

  @Test
  void runningOutOfRowidsIsTheStatementsErrorNotAFullDisk() throws Exception {
    test.applyOne(execute(2, "CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT)"));
    test.applyOne(execute(3, "INSERT INTO auto VALUES (9223372036854775806)"));

    CommandResult result = test.applyOne(execute(4, "INSERT INTO auto VALUES (NULL), (NULL)"));

    assertThat(result).isInstanceOf(Failed.class);
    assertThat(((Failed) result).sqlState()).isEqualTo("2200H");
    assertThat(test.replica.fault()).isEmpty();
    assertThat(test.applyOne(execute(5, "INSERT INTO t(v) VALUES (1)")))
        .isInstanceOf(Executed.class);
  }
}
