package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.DATABASE;
import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.command.Checkpoint;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.FixContent;
import dev.lockstep.server.log.CommittedEntry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two replicas say of themselves at a checkpoint, and what a condemned one still does. */
final class ReplicaCheckpointTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SLICE_ROWS = 7;

  @TempDir Path directory;
  private TestReplica one;
  private TestReplica other;

  @BeforeEach
  void start() {
    one = new TestReplica(directory.resolve("one"));
    other = new TestReplica(directory.resolve("other"));
    for (TestReplica each : List.of(one, other)) {
      each.apply(open(SESSION), execute(1, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"));
    }
  }

  @AfterEach
  void stop() {
    one.close();
    other.close();
  }

  @Test
  void replicasThatCutTheLogInOtherBatchesSayTheSame() {
    one.apply(insert(2), checkpoint(), insert(3));
    other.apply(insert(2));
    other.apply(checkpoint());
    other.apply(insert(3));

    assertThat(report(one)).isEqualTo(report(other)).contains("/");
    assertThat(one.replica.applied()).isEqualTo(other.replica.applied());
    assertThat(one.replica.lastChangeIndex()).isEqualTo(one.index);
  }

  @Test
  void skippedCommandShowsInTheResultsAndTheContent() {
    one.apply(insert(2), checkpoint());
    other.index++;
    other.apply(checkpoint());

    assertThat(results(one)).isNotEqualTo(results(other));
    assertThat(content(one)).isNotEqualTo(content(other));
  }

  @Test
  void rowThatWasChangedBehindTheBackShowsInTheContentOnly() throws SQLException {
    one.apply(insert(2));
    other.apply(insert(2));
    behindTheBackOfOther("UPDATE t SET v = 'other'");
    one.apply(checkpoint());
    other.apply(checkpoint());

    assertThat(results(one)).isEqualTo(results(other));
    assertThat(content(one)).isNotEqualTo(content(other));
  }

  /** The bound of the documents: S slices, S + 1 checkpoints, wherever the pass just is. */
  @Test
  void wrongRowIsFoundWithinOneCheckpointMoreThanTheContentHasSlices() throws SQLException {
    Command rows =
        execute(
            2,
            "INSERT INTO t(v) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE"
                + " x < 30) SELECT 'row ' || x FROM c");
    one.apply(rows);
    other.apply(rows);
    int slices = 0;
    byte[] place = new byte[0];
    do {
      slices++;
      place = compareAt(place).next();
    } while (place.length > 0);
    assertThat(slices).isGreaterThan(30 / SLICE_ROWS);

    for (int done = 0; done < slices; done++) {
      for (int id : new int[] {1, SLICE_ROWS, SLICE_ROWS + 1, 30}) {
        place = new byte[0];
        for (int i = 0; i < done; i++) {
          place = compareAt(place).next();
        }
        behindTheBackOfOther("UPDATE t SET v = v || '!' WHERE id = " + id);
        int checkpoints = 0;
        CheckpointReport found;
        do {
          found = compareAt(place);
          place = found.next();
          checkpoints++;
          assertThat(checkpoints)
              .as("checkpoints after %s of %s slices until row %s is found", done, slices, id)
              .isLessThanOrEqualTo(slices + 1);
        } while (reportAt(other, other.index).content().equals(found.content()));
        assertThat(found.table()).isEqualTo("t");
        behindTheBackOfOther("UPDATE t SET v = rtrim(v, '!') WHERE id = " + id);
      }
    }
  }

  /** Has both replicas read the slice at a place; gives what the one says of it. */
  private CheckpointReport compareAt(byte[] place) {
    Command checkpoint = new Checkpoint(DATABASE, place, SLICE_ROWS, 1 << 20);
    one.apply(checkpoint);
    other.apply(checkpoint);
    return reportAt(one, one.index);
  }

  private void behindTheBackOfOther(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + other.replica.currentFile());
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  @Test
  void contentStaysReadableAsItWasAtItsIndex() throws SQLException {
    one.apply(insert(2), new FixContent(DATABASE), insert(3));
    long index = one.index - 1;
    byte[] place = ContentPlace.beginningOf("t").encode();

    ContentPart part = one.replica.contents().read(index, place, 0, true);

    assertThat(part.rows()).isEqualTo(1);
    assertThat(one.query("SELECT count(*) FROM t")).containsExactly("2");
    assertThat(one.replica.contents().read(index + 1, place, 0, true)).isNull();
  }

  @Test
  void onlyTheNewestContentsAreKept() throws SQLException {
    one.apply(new FixContent(DATABASE), new FixContent(DATABASE), new FixContent(DATABASE));
    assertThat(one.replica.contents().read(one.index - 2, new byte[0], 0, false)).isNull();
    assertThat(one.replica.contents().read(one.index, new byte[0], 0, false)).isNotNull();
  }

  @Test
  void condemnedReplicaAcknowledgesAndAppliesNothing() {
    AppliedState before = one.replica.applied();
    one.replica.condemn("the test says so");
    one.replica.condemn("a later reason");

    TestReplica.Waiter waiter = new TestReplica.Waiter(insert(2).encode());
    one.replica.apply(
        List.of(new CommittedEntry(++one.index, 1, waiter.command(), waiter)).iterator());

    assertThat(waiter.results).isEmpty();
    assertThat(waiter.failures).hasSize(1);
    assertThat(waiter.failures.get(0).kind().outcomeUnknown()).isTrue();
    assertThat(one.replica.applied()).isEqualTo(before);
    assertThat(one.replica.fault()).contains("the test says so");
    assertThat(one.replica.condemnation()).contains("the test says so");
  }

  @Test
  void suspendedReplicaIsNotToBeReplaced() {
    one.replica.suspend("nobody knows who is right");
    assertThat(one.replica.fault()).contains("nobody knows who is right");
    assertThat(one.replica.condemnation()).isEmpty();
  }

  private static Command checkpoint() {
    return new Checkpoint(DATABASE, new byte[0], 1_000, 1 << 20);
  }

  private static Command insert(long sequence) {
    return execute(sequence, "INSERT INTO t (v) VALUES ('row " + sequence + "')");
  }

  private static String results(TestReplica replica) {
    return report(replica).split("/")[0];
  }

  private static String content(TestReplica replica) {
    return report(replica).split("/")[1];
  }

  private static String report(TestReplica replica) {
    return reportAt(replica, -1).value();
  }

  /**
   * The digest is made on another thread.
   *
   * @param index of the checkpoint; negative for any
   */
  private static CheckpointReport reportAt(TestReplica replica, long index) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      List<CheckpointReport> reports = replica.replica.contents().reports();
      if (!reports.isEmpty()) {
        CheckpointReport last = reports.get(reports.size() - 1);
        if (index < 0 || last.index() == index) {
          return last;
        }
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no digest");
  }
}
