package dev.lockstep.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of a given size in memory, mounted on a directory: a disk that can really be full.
 * Mounting needs root; where it is not permitted the test that asks for it is skipped, and says so.
 */
final class SmallDisk implements AutoCloseable {
  private static final int COMMAND_SECONDS = 20;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final String BALLAST = "ballast";

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  static SmallDisk mount(Path directory, int mebibytes) throws IOException {
    Files.createDirectories(directory);
    String problem =
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", directory.toString());
    Assumptions.assumeTrue(
        problem.isEmpty(), () -> "no disk can be mounted here (needs root): " + problem);
    return new SmallDisk(directory);
  }

  long freeBytes() {
    return directory.toFile().getUsableSpace();
  }

  /** Writes a file that leaves so many bytes free. */
  void fill(long bytesLeft) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (OutputStream out = Files.newOutputStream(directory.resolve(BALLAST))) {
      while (freeBytes() > bytesLeft) {
        out.write(chunk, 0, (int) Math.min(chunk.length, freeBytes() - bytesLeft));
      }
    } catch (IOException e) {
      if (bytesLeft > 0) {
        throw e;
      }
      // Others may have been faster; full is full.
    }
  }

  /** Removes what {@link #fill} has written. */
  void empty() throws IOException {
    Files.deleteIfExists(directory.resolve(BALLAST));
  }

  @Override
  public void close() throws IOException {
    String problem = run("umount", directory.toString());
    if (!problem.isEmpty()) {
      // Something of the node is still open: a leak.
      run("umount", "-l", directory.toString());
      throw new IOException(problem);
    }
  }

  /** The empty text, or why it did not go well. */
  private static String run(String... command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return List.of(command) + " does not end";
      }
      return process.exitValue() == 0 ? "" : List.of(command) + ": " + output.strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
