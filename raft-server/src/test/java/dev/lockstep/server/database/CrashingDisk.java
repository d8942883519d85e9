package dev.lockstep.server.database;

import dev.lockstep.server.log.TransferPace;
import java.io.IOException;
import java.nio.file.Path;

/** A disk whose process dies before an operation: after a given number of them nothing happens. */
final class CrashingDisk extends Disk {
  private int operationsLeft;

  CrashingDisk(int operations) {
    this.operationsLeft = operations;
  }

  /** The process is gone. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void operation() {
    if (operationsLeft == 0) {
      throw new Crash();
    }
    operationsLeft--;
  }

  @Override
  void makeDirectory(Path directory) throws IOException {
    operation();
    super.makeDirectory(directory);
  }

  @Override
  void copy(Path from, Path to, TransferPace pace) throws IOException {
    operation();
    super.copy(from, to, pace);
  }

  @Override
  void force(Path path) throws IOException {
    operation();
    super.force(path);
  }

  @Override
  void rename(Path from, Path to) throws IOException {
    operation();
    super.rename(from, to);
  }

  @Override
  void delete(Path path) throws IOException {
    operation();
    super.delete(path);
  }
}
