package dev.lockstep.server.log.jraft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The files of a snapshot. */
final class SnapshotFiles {
  /** The state machine's part of the snapshot directory; the rest is the engine's. */
  static final String STATE_DIRECTORY = "state";

  private SnapshotFiles() {}

  /** All regular files below the directory. */
  static List<Path> in(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Forces the directory and all that is below it to the disk. */
  static void force(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.toList()) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
  }
}
