package dev.lockstep.server.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a killed process leaves of its SQLite files: the WAL stays, the shared memory does not. */
final class KilledState {
  private static final int WAL_HEADER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 24;
  private static final int PAGE_SIZE_OFFSET = 8;

  /** Where the WAL's index counts the frames that a checkpoint may have copied (walformat.html). */
  private static final int BACKFILL_ATTEMPTED_OFFSET = 128;

  private KilledState() {}

  /**
   * Copies a directory of generations.
   *
   * @param power null if only the process ended; else the power failed too, and of what was not
   *     forced to the disk, which is all of the WAL that no checkpoint has needed yet, only a part
   *     is there
   */
  static void copy(Path from, Path to, GeneratedDice power) throws IOException {
    Files.createDirectories(to);
    try (var generations = Files.list(from)) {
      for (Path generation : (Iterable<Path>) generations::iterator) {
        copyGeneration(
            generation, Files.createDirectory(to.resolve(generation.getFileName())), power);
      }
    }
  }

  private static void copyGeneration(Path from, Path to, GeneratedDice power) throws IOException {
    Files.copy(from.resolve("data.db"), to.resolve("data.db"));
    Path wal = from.resolve("data.db-wal");
    if (!Files.exists(wal)) {
      return;
    }
    // A checkpoint may be running beside this: its progress is read after the file, and before the
    // WAL, which nobody writes to meanwhile.
    Path sharedMemory = from.resolve("data.db-shm");
    long frames =
        read(sharedMemory, BACKFILL_ATTEMPTED_OFFSET, ByteOrder.nativeOrder()) & 0xFFFFFFFFL;
    Path copy = Files.copy(wal, to.resolve("data.db-wal"));
    long bytes = Files.size(copy);
    if (power == null || bytes < WAL_HEADER_BYTES) {
      return;
    }
    long frameBytes = FRAME_HEADER_BYTES + read(copy, PAGE_SIZE_OFFSET, ByteOrder.BIG_ENDIAN);
    long forced = Math.min(bytes, WAL_HEADER_BYTES + frames * frameBytes);
    try (SeekableByteChannel channel = Files.newByteChannel(copy, StandardOpenOption.WRITE)) {
      channel.truncate(forced + power.below((int) (bytes - forced) + 1));
    }
  }

  private static int read(Path file, long position, ByteOrder order) throws IOException {
    ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).order(order);
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(position);
      while (number.hasRemaining()) {
        if (channel.read(number) < 0) {
          throw new IOException(file + " ends before " + (position + Integer.BYTES));
        }
      }
    }
    return number.getInt(0);
  }
}
