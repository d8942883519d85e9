package dev.lockstep.server.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that says that a database's state is wrong and is to be replaced by another node's. It
 * outlives a crash: a node that finds it serves nothing before that is done.
 */
final class RebuildMark {
  private final Path file;

  RebuildMark(Path file) {
    this.file = file;
  }

  /** Why the state is to be replaced; null if it is not. */
  String read() throws IOException {
    try {
      String reason = Files.readString(file).strip();
      return reason.isEmpty() ? "its state is to be replaced" : reason;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Sets the mark, on the disk when it returns. */
  void write(String reason) throws IOException {
    Files.createDirectories(file.getParent());
    Path written = unfinished();
    try (FileChannel channel =
        FileChannel.open(
            written,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(reason + "\n");
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory();
  }

  private Path unfinished() {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  /** Removes what a crash has left of a mark that was being set. */
  void removeUnfinished() throws IOException {
    Files.deleteIfExists(unfinished());
  }

  /** Removes the mark, on the disk too when it returns. */
  void remove() throws IOException {
    Files.deleteIfExists(file);
    forceDirectory();
  }

  private void forceDirectory() throws IOException {
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
