package dev.lockstep.server.database;

import dev.lockstep.server.log.StateMachine;
import dev.lockstep.sql.SqliteBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fixed state on its way into a snapshot's directory. */
final class StateSnapshot implements StateMachine.SnapshotWriter {
  private static final Logger LOG = LoggerFactory.getLogger(StateSnapshot.class);

  private final SqliteBackup backup;
  private final SnapshotManifest manifest;
  private final Disk disk;

  StateSnapshot(SqliteBackup backup, SnapshotManifest manifest, Disk disk) {
    this.backup = backup;
    this.manifest = manifest;
    this.disk = disk;
  }

  @Override
  public void write(Path directory) throws SQLException, IOException {
    backup.copyTo(directory.resolve(StateDirectory.FILE));
    Path file = directory.resolve(SnapshotManifest.FILE);
    manifest.write(file);
    disk.force(file);
    disk.force(directory);
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
