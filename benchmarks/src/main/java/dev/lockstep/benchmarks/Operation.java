package dev.lockstep.benchmarks;

import java.sql.SQLException;
import java.util.SplittableRandom;

/** What one thread repeats on its connection; its latency is what is measured. */
interface Operation extends AutoCloseable {
  void run(SplittableRandom random) throws SQLException;

  @Override
  void close() throws SQLException;
}
