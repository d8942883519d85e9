package dev.lockstep.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How fast a directory's disk is: every figure with fsync on must be read beside it. */
final class DiskProbe {
  private static final int BLOCK_BYTES = 4_096;
  private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  private DiskProbe() {}

  /** Appends blocks of 4 KiB to a new file, each forced to the disk before the next. */
  static Histogram fdatasync(Path directory, long seconds) throws IOException {
    Histogram nanos = new Histogram(HIGHEST_NANOS, 3);
    Path file = Files.createTempFile(directory, "fdatasync", ".probe");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
      for (long start = System.nanoTime(); start - end < 0; start = System.nanoTime()) {
        block.clear();
        channel.write(block);
        channel.force(false);
        nanos.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - start));
      }
    } finally {
      Files.delete(file);
    }
    return nanos;
  }
}
