package dev.lockstep.testkit.migrations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Holds up a migrator, which is a process of its own, until the test has done something. */
final class Gate {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long WAIT_NANOS = TimeUnit.MINUTES.toNanos(3);

  private final Path reached;
  private final Path open;

  /** The gates of a directory have names. */
  Gate(Path directory, String name) {
    this.reached = directory.resolve(name + ".reached");
    this.open = directory.resolve(name + ".open");
  }

  /** By the migrator: waits until the gate is open. */
  void pass() throws IOException {
    Files.createFile(reached);
    await(open);
  }

  /** By the test. */
  void awaitReached() {
    await(reached);
  }

  /** By the test. */
  void open() throws IOException {
    Files.createFile(open);
  }

  private static void await(Path file) {
    long begun = System.nanoTime();
    while (!Files.exists(file)) {
      if (System.nanoTime() - begun > WAIT_NANOS) {
        throw new IllegalStateException(file + " does not come");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
