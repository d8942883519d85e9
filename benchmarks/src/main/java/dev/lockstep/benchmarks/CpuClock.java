package dev.lockstep.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What processes have used of the processor so far. On a shared machine it tells more than the
 * throughput does, which depends on what others leave.
 */
final class CpuClock {
  private final List<ProcessHandle> processes;

  private CpuClock(List<ProcessHandle> processes) {
    this.processes = List.copyOf(processes);
  }

  /** This process, with its clients, and others. */
  static CpuClock ofThisAnd(List<Process> others) {
    return new CpuClock(
        Stream.concat(Stream.of(ProcessHandle.current()), others.stream().map(Process::toHandle))
            .toList());
  }

  /**
   * Microseconds of all of them together; of a process that has ended nothing is known any more.
   */
  long micros() {
    return processes.stream()
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .mapToLong(used -> used.toNanos() / 1_000)
        .sum();
  }
}
