package dev.lockstep.server.database;

import dev.lockstep.server.log.TransferPace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** Makes the state of a snapshot the next generation of the state's files. */
final class SnapshotInstall {
  private final ReplicaOptions options;
  private final Disk disk;
  private final SnapshotManifest manifest;
  private final TransferPace pace;

  SnapshotInstall(ReplicaOptions options, Disk disk, SnapshotManifest manifest, TransferPace pace) {
    this.options = options;
    this.disk = disk;
    this.manifest = manifest;
    this.pace = pace;
  }

  /**
   * Compares what the snapshot says of itself with what is expected.
   *
   * @param index the last entry that the log says the snapshot holds; its own may be smaller,
   *     because the state machine does not see the engine's entries
   */
  void check(long index, long term) {
    check();
    AppliedState state = manifest.state();
    if (state.index() > index || state.term() > term) {
      throw new StateException(
          "the snapshot holds index "
              + state.index()
              + " of term "
              + state.term()
              + ", the log says index "
              + index
              + " of term "
              + term);
    }
  }

  /** Whether it is of this database. */
  void check() {
    expect("cluster", manifest.clusterId(), options.clusterId());
    expect("database", manifest.database(), options.database());
  }

  private static void expect(String what, String found, String expected) {
    if (!found.equals(expected)) {
      throw new StateException(
          "the snapshot belongs to " + what + " " + found + ", not to " + what + " " + expected);
    }
  }

  /** Copies the snapshot; the state changes only if the copy is whole and is what it should be. */
  void run(Path snapshot, StateDirectory directory) throws IOException {
    directory.install(
        target -> {
          disk.copy(snapshot.resolve(StateDirectory.FILE), target, pace);
          manifest.content().check(target);
          try (StateConnection connection =
              StateConnection.open(target, options.clusterId(), options.database())) {
            AppliedState found = connection.readApplied();
            if (!found.equals(manifest.state())) {
              throw new StateException(
                  "the snapshot's file holds " + found + ", its manifest says " + manifest.state());
            }
          } catch (SQLException e) {
            throw new StateException("the snapshot's file cannot be read: " + e.getMessage(), e);
          }
        });
  }
}
