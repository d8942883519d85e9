package dev.lockstep.server.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files that this process has open, where the system tells (Linux). */
final class OpenFiles {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private OpenFiles() {}

  /** Names of the open files below a directory. SQLite may keep one open more than once. */
  static List<String> below(Path directory) throws IOException {
    if (!Files.exists(DESCRIPTORS)) {
      return List.of();
    }
    String prefix = directory.toRealPath() + "/";
    try (Stream<Path> list = Files.list(DESCRIPTORS)) {
      return list.map(OpenFiles::target)
          .filter(name -> name.startsWith(prefix))
          .distinct()
          .sorted()
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      // Closed since it was listed.
      return "";
    }
  }
}
