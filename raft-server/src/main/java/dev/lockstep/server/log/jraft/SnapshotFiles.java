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

  /** The engine's directories of snapshots begin with it; the index follows. */
  private static final String NAME = "snapshot_";

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
        forceOne(path);
      }
    }
  }

  /** Index of the latest snapshot in the engine's directory of them, 0 if there is none. */
  static long lastIndexIn(Path snapshots) throws IOException {
    if (!Files.exists(snapshots)) {
      return 0;
    }
    try (Stream<Path> list = Files.list(snapshots)) {
      return list.map(path -> path.getFileName().toString())
          .filter(name -> name.matches(NAME + "[0-9]{1,18}"))
          .mapToLong(name -> Long.parseLong(name.substring(NAME.length())))
          .max()
          .orElse(0);
    }
  }

  /** Forces one file, or the names in one directory, to the disk. */
  static void forceOne(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
