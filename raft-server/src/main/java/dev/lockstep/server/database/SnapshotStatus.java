package dev.lockstep.server.database;

import java.util.Optional;

/** What became of the last snapshot that this replica took. Safe for use by several threads. */
final class SnapshotStatus {
  private volatile String failure;

  void taken() {
    failure = null;
  }

  void failed(Exception reason) {
    failure = reason.getMessage() == null ? reason.toString() : reason.getMessage();
  }

  /** Why there was none. */
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }
}
