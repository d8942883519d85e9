package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.database.TestReplica.Waiter;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import dev.lockstep.sql.SqliteReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The process of {@code NoMemoryIT}, one for each place where SQLite finds no memory: the limit of
 * its address space is lowered to little more than it has. Ends with 0 if all is as it should be.
 */
final class NoMemory {
  private static final String LARGE = "substr(zeroblob(60000000), 2)";
  private static final String INSERT = "INSERT INTO t(v) VALUES (length(" + LARGE + "))";

  /** Enough for the process to go on with, and not for a large value. */
  private static final long LEFT_BYTES = 40 << 20;

  private NoMemory() {}

  public static void main(String[] arguments) throws Exception {
    try (TestReplica test = new TestReplica(Path.of(arguments[0]))) {
      test.applyOne(open(SESSION));
      test.applyOne(execute(1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)"));
      switch (arguments[1]) {
        case "read" -> read(test);
        case "step" -> step(test);
        case "apply" -> apply(test);
        default -> throw new IllegalArgumentException(arguments[1]);
      }
    }
    System.exit(0);
  }

  private static void read(TestReplica test) throws Exception {
    try (SqliteReader reader = SqliteReader.open(test.replica.currentFile())) {
      assertThat(lengthReadBy(reader)).isEqualTo(59_999_999);
      limitMemory();
      SQLException failure = null;
      try {
        lengthReadBy(reader);
      } catch (SQLException e) {
        failure = e;
      }
      endLimit();
      assertThat(SqlErrors.classify(failure).kind()).isEqualTo(SqlFailure.Kind.FAULT);
      assertThat(SqlErrors.classify(failure).error().sqlState()).isEqualTo("53200");
      test.replica.readFailed(failure);
      assertThat(test.replica.fault()).isEmpty();
      assertThat(lengthReadBy(reader)).isEqualTo(59_999_999);
    }
    assertGoesOn(test);
  }

  private static long lengthReadBy(SqliteReader reader) throws SQLException {
    reader.begin();
    try (ResultSet rows = reader.prepare("SELECT length(" + LARGE + ")").executeQuery()) {
      rows.next();
      return rows.getLong(1);
    } finally {
      reader.end();
    }
  }

  private static void step(TestReplica test) throws Exception {
    test.replica.leadershipGained(1);
    ProvisionalTransaction transaction =
        test.replica.transactions().begin(LogGenerator.start(SESSION, 1_000, 1));
    transaction.whenTurn(lost -> {});
    assertThat(transaction.step(List.of(statement("INSERT INTO t(v) VALUES (1)"))).result())
        .isInstanceOf(Executed.class);
    transaction.requestEnded();
    transaction.whenTurn(lost -> {});
    limitMemory();
    TransactionLostException lost = null;
    try {
      transaction.step(List.of(statement(INSERT)));
    } catch (TransactionLostException e) {
      lost = e;
    }
    endLimit();
    assertThat(lost).isNotNull();
    assertThat(lost.sqlState()).isEqualTo("53200");
    assertThat(test.replica.fault()).isEmpty();
    assertThat(test.query("SELECT v FROM t")).isEmpty();
    assertThat(test.replica.transactions().count()).isZero();
    test.index = 2;
    assertApplies(test);
  }

  private static void apply(TestReplica test) throws Exception {
    Waiter before = new Waiter(execute(2, "INSERT INTO t(v) VALUES ('before')").encode());
    Waiter waiter = new Waiter(execute(3, INSERT).encode());
    List<CommittedEntry> batch =
        List.of(
            new CommittedEntry(3, 1, before.command(), before),
            new CommittedEntry(4, 1, waiter.command(), waiter));
    limitMemory();
    Throwable failure = null;
    try {
      test.replica.apply(batch.iterator());
    } catch (ReplicaFault e) {
      failure = e;
    }
    endLimit();
    assertThat(failure).isNotNull();
    for (Waiter each : List.of(before, waiter)) {
      assertThat(each.results).isEmpty();
      assertThat(each.failures).hasSize(1);
      assertThat(each.failures.get(0).kind().outcomeUnknown()).isTrue();
    }
    assertThat(test.replica.appliedIndex()).isEqualTo(2);
    assertStoppedWithoutMemory(test);
    Command next = execute(4, "INSERT INTO t(v) VALUES ('not now')");
    assertThatThrownBy(() -> test.applyOne(next)).isInstanceOf(ReplicaFault.class);
    test.index = 2;
    assertGoesOn(test);
  }

  private static void assertStoppedWithoutMemory(TestReplica test) throws SQLException {
    assertThat(test.replica.fault().orElseThrow()).contains("out of memory", "53200");
    assertThat(test.query("SELECT v FROM t")).isEmpty();
  }

  /** With memory again, from the same files: as a node on which nothing had happened. */
  private static void assertGoesOn(TestReplica test) throws SQLException {
    test.reopen();
    assertApplies(test);
  }

  private static void assertApplies(TestReplica test) throws SQLException {
    List<CommandResult> results =
        test.apply(
            execute(2, "INSERT INTO t(v) VALUES ('before')"),
            execute(3, INSERT),
            execute(4, "INSERT INTO t(v) VALUES ('after')"));
    assertThat(results).allMatch(Executed.class::isInstance);
    assertThat(test.query("SELECT v FROM t")).containsExactly("before", "59999999", "after");
  }

  private static void limitMemory() throws Exception {
    long kib =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmSize:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow();
    limit(Long.toString((kib << 10) + LEFT_BYTES));
  }

  private static void endLimit() throws Exception {
    limit("unlimited");
  }

  /** Only the soft limit, so that it can be raised again. */
  private static void limit(String bytes) throws Exception {
    Process process =
        new ProcessBuilder(
                "prlimit",
                "--pid",
                Long.toString(ProcessHandle.current().pid()),
                "--as=" + bytes + ":")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
