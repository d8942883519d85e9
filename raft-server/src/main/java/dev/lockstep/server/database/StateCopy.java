package dev.lockstep.server.database;

import dev.lockstep.sql.SqliteBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A copy of a replica's state outside of its own directory, in the form of a snapshot: a file and a
 * manifest.
 *
 * @param directory holds nothing else
 * @param state what the copy holds
 */
public record StateCopy(Path directory, AppliedState state) {

  /** The database file. */
  public Path file() {
    return fileIn(directory);
  }

  /** Where the database file of a copy in this directory is. */
  public static Path fileIn(Path directory) {
    return directory.resolve(StateDirectory.FILE);
  }

  static StateCopy write(
      SqliteBackup backup,
      Path directory,
      ReplicaOptions options,
      Disk disk,
      SqliteBackup.Progress progress)
      throws IOException, SQLException {
    backup.copyTo(fileIn(directory), progress);
    return complete(directory, options, disk);
  }

  /**
   * Makes a copy of a database file that was received. Whatever goes wrong, the copy is not to be
   * used.
   *
   * @param expected what the sender said that it holds
   * @throws StateException if it is not the state it should be
   */
  public static StateCopy received(Path directory, ReplicaOptions options, AppliedState expected)
      throws IOException, SQLException {
    StateCopy copy = complete(directory, options, new Disk());
    if (!copy.state().equals(expected)) {
      throw new StateException(
          "the received state holds " + copy.state() + ", the sender said " + expected);
    }
    return copy;
  }

  private static StateCopy complete(Path directory, ReplicaOptions options, Disk disk)
      throws IOException, SQLException {
    Path file = fileIn(directory);
    AppliedState state;
    try (StateConnection connection =
        StateConnection.open(file, options.clusterId(), options.database())) {
      state = connection.readApplied();
    }
    Path manifest = directory.resolve(SnapshotManifest.FILE);
    new SnapshotManifest(options.clusterId(), options.database(), state, FileChecksum.of(file))
        .write(manifest);
    disk.force(file);
    disk.force(manifest);
    disk.force(directory);
    return new StateCopy(directory, state);
  }

  /** Removes the copy, whatever there is of it. */
  public static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      new Disk().deleteTree(directory);
    }
  }
}
