package dev.lockstep.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * How fast a disk makes 4 KiB durable: the measure for everything that waits for it.
 *
 * @param perSecond writes of 4 KiB, each followed by fdatasync, one after the other
 * @param p50Micros half of them took no longer than so many microseconds
 */
record DiskRate(double perSecond, long p50Micros) {
  private static final int SECONDS = 2;

  /**
   * Measures for two seconds; leaves nothing behind.
   *
   * @throws IOException if the directory cannot be written to
   */
  static DiskRate measure(Path directory) throws IOException {
    Histogram nanos = DiskProbe.fdatasync(Files.createDirectories(directory), SECONDS);
    return new DiskRate(1e9 / nanos.getMean(), nanos.getValueAtPercentile(50) / 1_000);
  }
}
