package dev.lockstep.server.database;

import dev.lockstep.server.log.TransferPace;
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
  /** Bytes of a large file that the disk is made to take together. */
  static final long FORCED_BYTES = 4 << 20;

  private static final long PIECE_BYTES = 1 << 20;

  void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
  }

  /**
   * Copies a file at a given pace, and has the disk take it piece by piece: all of it at the end
   * would keep the disk from the log for long.
   *
   * @param to must not exist
   */
  void copy(Path from, Path to, TransferPace pace) throws IOException {
    try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel target =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long size = source.size();
      long forced = 0;
      long position = 0;
      while (position < size) {
        long copied = source.transferTo(position, Math.min(PIECE_BYTES, size - position), target);
        if (copied <= 0) {
          throw new IOException(from + " ended after " + position + " of " + size + " bytes");
        }
        position += copied;
        if (position - forced >= FORCED_BYTES) {
          target.force(false);
          forced = position;
        }
        pace.pass(copied);
      }
      target.force(true);
    }
  }

  /** Bytes that may still be written to the disk of a directory. */
  long usableBytes(Path directory) throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
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

  /** Bytes of the directory's disk; 0 if that is not known. */
  long totalBytes(Path directory) {
    return directory.toFile().getTotalSpace();
  }
}
