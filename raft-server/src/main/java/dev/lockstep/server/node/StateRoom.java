package dev.lockstep.server.node;

import dev.lockstep.server.database.DiskRoom;
import dev.lockstep.server.database.NoRoomException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Whether a node's disks have room for another node's state. It is there twice in the end, as a
 * snapshot beside the log and as the state, which takes the place of the former one.
 */
final class StateRoom {
  private final Path received;
  private final Path log;
  private final Path state;

  /**
   * @param received where the new state is collected, an existing directory
   * @param log where it goes then
   * @param state where the state is that it replaces
   */
  StateRoom(Path received, Path log, Path state) {
    this.received = received;
    this.log = log;
    this.state = state;
  }

  /**
   * Looks, before anything is written.
   *
   * @throws NoRoomException if there is too little
   */
  void require(long bytes) throws IOException {
    FileStore receivedDisk = Files.getFileStore(received);
    FileStore stateDisk = Files.getFileStore(state);
    long asState = Math.max(0, bytes - sizeOf(state));
    boolean together = receivedDisk.equals(stateDisk);
    DiskRoom.require(received, together ? bytes + asState : bytes, "the state of another node");
    if (!together) {
      DiskRoom.require(state, asState, "the state of another node");
    }
    if (!Files.getFileStore(log).equals(receivedDisk)) {
      DiskRoom.require(log, bytes, "the state of another node");
    }
  }

  /** Bytes that are free when the files below the directory are gone. */
  private static long sizeOf(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
