package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.SESSION;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.log.StateMachine.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot that was cut off or changed anywhere is refused, and what was there stays. */
final class SnapshotDamageTest {
  @TempDir Path root;
  private TestReplica sender;
  private TestReplica receiver;
  private Path snapshot;

  @BeforeEach
  void takeSnapshot() throws Exception {
    sender = new TestReplica(root.resolve("sender"));
    sender.applyOne(open(SESSION));
    sender.applyOne(execute(1, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)"));
    sender.applyOne(execute(2, "INSERT INTO t(v) VALUES ('sent'), (zeroblob(9000))"));
    snapshot = Files.createDirectory(root.resolve("snapshot"));
    try (SnapshotWriter writer = sender.replica.beginSnapshot()) {
      writer.write(snapshot);
    }
    receiver = new TestReplica(root.resolve("receiver"));
    receiver.applyOne(open(SESSION));
  }

  @AfterEach
  void closeAll() throws Exception {
    sender.close();
    receiver.close();
    assertThat(OpenFiles.below(root)).isEmpty();
  }

  private void assertRefused() throws Exception {
    List<String> before = receiver.dump();
    List<String> filesBefore = OpenFiles.below(root);
    assertThatThrownBy(() -> receiver.replica.checkSnapshot(snapshot))
        .isInstanceOfAny(StateException.class, IOException.class);
    // Even if nobody had looked before: it does not become the state.
    assertThatThrownBy(() -> receiver.replica.loadSnapshot(snapshot, 3, 1))
        .isInstanceOfAny(StateException.class, IOException.class);
    assertThat(receiver.dump()).isEqualTo(before);
    assertThat(OpenFiles.below(root)).isEqualTo(filesBefore);
    receiver.reopen();
    assertThat(receiver.dump()).isEqualTo(before);
  }

  @Test
  void aWholeSnapshotIsTaken() throws Exception {
    receiver.replica.checkSnapshot(snapshot);
    receiver.replica.loadSnapshot(snapshot, 3, 1);

    assertThat(receiver.replica.applied()).isEqualTo(sender.replica.applied());
    assertThat(receiver.dump()).isEqualTo(sender.dump());
  }

  @Test
  void aFileThatWasCutOffAnywhereIsRefused() throws Exception {
    Path file = snapshot.resolve(StateDirectory.FILE);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 99, 4096, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused();
    }
    Files.delete(file);
    assertRefused();
  }

  @Test
  void aChangedByteAnywhereIsRefused() throws Exception {
    Path file = snapshot.resolve(StateDirectory.FILE);
    byte[] whole = Files.readAllBytes(file);
    // SQLite would not notice most of them: the middle of a blob, unused space, the change counter.
    for (int position : new int[] {0, 27, 4095, 9000, whole.length / 2, whole.length - 1}) {
      byte[] changed = whole.clone();
      changed[position] ^= 1;
      Files.write(file, changed);
      assertRefused();
    }
  }

  @Test
  void aManifestThatWasCutOffAnywhereIsRefused() throws Exception {
    Path file = snapshot.resolve(SnapshotManifest.FILE);
    byte[] whole = Files.readAllBytes(file);
    // Without the last line end it says the same.
    for (int length = 0; length < whole.length - 1; length += 5) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused();
    }
  }

  @Test
  void aSnapshotThatFailedLeavesNothingOpenAndTheReplicaGoesOn() throws Exception {
    Path occupied = Files.createDirectory(root.resolve("occupied"));
    Files.createDirectory(occupied.resolve(StateDirectory.FILE));
    List<String> filesBefore = OpenFiles.below(root);

    try (SnapshotWriter writer = sender.replica.beginSnapshot()) {
      assertThatThrownBy(() -> writer.write(occupied)).isInstanceOf(IOException.class);
    }

    assertThat(OpenFiles.below(root)).isEqualTo(filesBefore);
    assertThat(sender.applyOne(execute(3, "INSERT INTO t(v) VALUES ('later')")))
        .isInstanceOf(Executed.class);
  }
}
