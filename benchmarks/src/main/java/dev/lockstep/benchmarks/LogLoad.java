package dev.lockstep.benchmarks;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.Proposal;
import dev.lockstep.server.log.ReplicatedLog;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Keeps a number of commands in flight: a new one is proposed when one is applied. */
final class LogLoad {
  private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ReplicatedLog log;
  private final byte[] command;

  LogLoad(ReplicatedLog log, int bytes) {
    this.log = log;
    this.command = new byte[bytes];
  }

  /** Waits until this member leads; for ever, where another one does. */
  void awaitLeadership() {
    while (!log.status().leads()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Runs for some seconds, and gives a line with the figures. */
  String run(int inFlight, int seconds) throws InterruptedException {
    Round round = new Round(new Semaphore(inFlight));
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    long term = log.status().term();
    while (System.nanoTime() - end < 0) {
      round.permits.acquire();
      log.propose(term, new Timed(command, round));
    }
    round.permits.acquire(inFlight);
    double elapsed = (System.nanoTime() - start) / 1e9;
    Histogram nanos = round.nanos;
    return String.format(
        "%4d in flight: %,9.0f entries/s, median %,6d us, p99 %,6d us, %d failed",
        inFlight,
        nanos.getTotalCount() / elapsed,
        nanos.getValueAtPercentile(50) / 1_000,
        nanos.getValueAtPercentile(99) / 1_000,
        round.failed.sum());
  }

  private static final class Round {
    final Semaphore permits;
    final Histogram nanos = new ConcurrentHistogram(HIGHEST_NANOS, 3);
    final LongAdder failed = new LongAdder();

    Round(Semaphore permits) {
      this.permits = permits;
    }
  }

  /** A proposal that measures the time until it is applied. */
  static final class Timed implements Proposal {
    private final byte[] command;
    private final Round round;
    private final long start = System.nanoTime();

    Timed(byte[] command, Round round) {
      this.command = command;
      this.round = round;
    }

    @Override
    public byte[] command() {
      return command;
    }

    @Override
    public void failed(LogFailure failure) {
      round.failed.increment();
      round.permits.release();
    }

    void applied() {
      round.nanos.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - start));
      round.permits.release();
    }
  }
}
