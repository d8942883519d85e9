package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Taking and installing snapshots. */
final class ReplicaSnapshotTest {
  @TempDir Path root;
  private final RoomyDisk disk = new RoomyDisk();
  private TestReplica test;

  /** A disk with as much room as a test says. */
  private static final class RoomyDisk extends Disk {
    long usable = Long.MAX_VALUE;

    @Override
    long usableBytes(Path directory) {
      return usable;
    }
  }

  @BeforeEach
  void openReplica() {
    test = new TestReplica(root.resolve("state"), disk);
    test.applyOne(open(SESSION));
    test.applyOne(execute(1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)"));
    test.applyOne(
        execute(
            2,
            "INSERT INTO t(v) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE"
                + " x < 300) SELECT zeroblob(10000) FROM c"));
  }

  @AfterEach
  void closeReplica() {
    test.close();
  }

  @Test
  void aCopyForAnotherNodeIsNotBegunWithoutRoomForIt() throws Exception {
    Path target = root.resolve("copy");
    disk.usable = 3_000_000;
    assertThatThrownBy(() -> test.replica.copyState(target, () -> true))
        .isInstanceOf(NoRoomException.class)
        .hasMessageContaining("53100");
    assertThat(target).isEmptyDirectory();

    disk.usable = Long.MAX_VALUE;
    assertThat(test.replica.copyState(target, () -> true).state())
        .isEqualTo(test.replica.applied());
  }

  @Test
  void aCopyThatNobodyWantsAnyMoreEndsAndLeavesNothing() {
    Path target = root.resolve("copy");
    assertThatThrownBy(() -> test.replica.copyState(target, () -> false))
        .isInstanceOf(IOException.class);
    assertThat(target).isEmptyDirectory();
  }

  private Path snapshot(String name) throws Exception {
    Path directory = Files.createDirectories(root.resolve(name));
    try (StateMachine.SnapshotWriter writer = test.replica.beginSnapshot()) {
      writer.write(directory);
    }
    return directory;
  }

  @Test
  void snapshotIsNotTakenWhereThereIsNoRoomForIt() throws Exception {
    disk.usable = StateSnapshot.ROOM_BYTES_LEFT + (1 << 20);
    assertThatThrownBy(() -> snapshot("none"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no room for a snapshot of ");
    assertThat(root.resolve("none")).isEmptyDirectory();
    assertThat(test.replica.snapshotFailure().orElseThrow()).contains("no room");
    assertThat(test.replica.fault()).isEmpty();

    disk.usable = Long.MAX_VALUE;
    snapshot("some");
    assertThat(test.replica.snapshotFailure()).isEmpty();
  }

  @Test
  void closingEndsACopyThatIsMadeAndLeavesNothingOfIt() throws Exception {
    StateMachine.SnapshotWriter writer = test.replica.beginSnapshot();
    test.replica.closing();
    try (writer) {
      assertThatThrownBy(() -> writer.write(Files.createDirectories(root.resolve("none"))))
          .hasRootCauseMessage("the node stops");
    }
    assertThat(root.resolve("none")).isEmptyDirectory();
  }

  @Test
  void closingEndsAnInstallationAndKeepsTheFormerState() throws Exception {
    Path snapshot = snapshot("snapshot");
    try (TestReplica other = new TestReplica(root.resolve("other"))) {
      other.replica.closing();
      assertThatThrownBy(() -> other.replica.loadSnapshot(snapshot, test.index, test.term))
          .hasMessage("the node stops");
      other.reopen();
      assertThat(other.replica.appliedIndex()).isZero();
      other.replica.loadSnapshot(snapshot, test.index, test.term);
      assertThat(other.dump()).isEqualTo(test.dump());
    }
  }

  private static byte[] encoded(CommandResult result) {
    WireWriter out = new WireWriter(1024, 1 << 24);
    result.encode(out);
    return out.toByteArray();
  }

  /** Results between what is held in memory and what is kept at all stand in the file alone. */
  @Test
  void keptResultsOfAllSizesSurviveASnapshotAndARestart() throws Exception {
    String sql = "INSERT INTO t(v) VALUES (zeroblob(%d)) RETURNING id, v";
    CommandResult[] results = new CommandResult[3];
    int[] sizes = {10, 5_000, 2_000_000};
    for (int i = 0; i < sizes.length; i++) {
      SessionId session = new SessionId(9, i + 1);
      test.applyOne(open(session));
      test.applyOne(execute(session, 1, sql.formatted(sizes[i])));
      results[i] = test.applyOne(execute(session, 1, sql.formatted(sizes[i])));
    }
    Path snapshot = snapshot("snapshot");
    try (TestReplica other = new TestReplica(root.resolve("other"))) {
      other.replica.loadSnapshot(snapshot, test.index, test.term);
      other.index = test.index;
      for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < sizes.length; i++) {
          SessionId session = new SessionId(9, i + 1);
          CommandResult again = other.applyOne(execute(session, 1, sql.formatted(sizes[i])));
          assertThat(encoded(again)).isEqualTo(encoded(results[i]));
        }
        other.reopen();
      }
      assertThat(other.query("SELECT count(*) FROM t")).containsExactly("303");
    }
  }
}
