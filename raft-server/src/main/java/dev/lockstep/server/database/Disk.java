package dev.lockstep.server.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The operations on files that a crash can come between; tests stop after each of them. */
class Disk {
  void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
  }

  void copy(Path from, Path to) throws IOException {
    Files.copy(from, to);
  }

  /** Forces a file's or a directory's content to the disk. */
  void force(Path path) throws IOException {
    StandardOpenOption access =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, access)) {
      channel.force(true);
    }
  }

  void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes a directory with what is in it. */
  void deleteTree(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      delete(path);
    }
  }

  void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }
}
