package dev.lockstep.server.database;

import dev.lockstep.server.log.StateMachine;
import dev.lockstep.server.log.TransferPace;
import dev.lockstep.sql.SqliteBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fixed state on its way into a snapshot's directory. */
final class StateSnapshot implements StateMachine.SnapshotWriter {
  private static final Logger LOG = LoggerFactory.getLogger(StateSnapshot.class);

  /** What a snapshot leaves free on its disk, for the log above all. */
  static final long ROOM_BYTES_LEFT = 64L << 20;

  private final SqliteBackup backup;
  private final ReplicaOptions options;
  private final AppliedState state;
  private final Disk disk;
  private final TransferPace pace;
  private final SnapshotStatus status;

  StateSnapshot(
      SqliteBackup backup,
      ReplicaOptions options,
      AppliedState state,
      Disk disk,
      TransferPace pace,
      SnapshotStatus status) {
    this.backup = backup;
    this.options = options;
    this.state = state;
    this.disk = disk;
    this.pace = pace;
    this.status = status;
  }

  @Override
  public void write(Path directory) throws SQLException, IOException {
    try {
      checkRoom(directory);
      Path data = directory.resolve(StateDirectory.FILE);
      backup.copyTo(data, new PacedCopy(data, disk, pace));
      Path file = directory.resolve(SnapshotManifest.FILE);
      new SnapshotManifest(options.clusterId(), options.database(), state, FileChecksum.of(data))
          .write(file);
      disk.force(file);
      disk.force(directory);
      status.taken();
    } catch (SQLException | IOException | RuntimeException e) {
      status.failed(e);
      throw e;
    }
  }

  /** A snapshot that fills the disk would keep the log from growing, and the node from serving. */
  private void checkRoom(Path directory) throws IOException {
    long usable = disk.usableBytes(directory);
    if (usable < backup.sizeBytes() + ROOM_BYTES_LEFT) {
      throw new IOException(
          "there is no room for a snapshot of "
              + backup.sizeBytes()
              + " bytes in "
              + directory
              + ": "
              + usable
              + " bytes are free, and "
              + ROOM_BYTES_LEFT
              + " are to be left");
    }
  }

  @Override
  public void close() {
    try {
      backup.close();
    } catch (SQLException e) {
      LOG.warn("a snapshot's connection could not be closed", e);
    }
  }
}
