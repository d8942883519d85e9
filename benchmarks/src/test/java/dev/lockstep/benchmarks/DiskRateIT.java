package dev.lockstep.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskRateIT {
  @Test
  void probeMeasuresAndLeavesNothingBehind(@TempDir Path directory) throws Exception {
    DiskRate rate = DiskRate.measure(directory);

    assertThat(rate.perSecond()).isPositive();
    assertThat(directory).isEmptyDirectory();
  }
}
