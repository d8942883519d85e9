package dev.lockstep.server.database;

import dev.lockstep.server.log.TransferPace;
import dev.lockstep.sql.SqliteBackup;
import java.io.IOException;
import java.nio.file.Path;

/** Has the disk take a copy as it grows, at its pace. */
final class PacedCopy implements SqliteBackup.Progress {
  private final Path file;
  private final Disk disk;
  private final TransferPace pace;
  private long unforced;

  PacedCopy(Path file, Disk disk, TransferPace pace) {
    this.file = file;
    this.disk = disk;
    this.pace = pace;
  }

  @Override
  public void copied(long bytes) throws IOException {
    unforced += bytes;
    if (unforced >= Disk.FORCED_BYTES) {
      unforced = 0;
      disk.force(file);
    }
    pace.pass(bytes);
  }
}
