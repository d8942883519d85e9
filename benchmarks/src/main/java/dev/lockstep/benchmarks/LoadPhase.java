package dev.lockstep.benchmarks;

/** Tells the threads of a run where it is. Safe for use by several threads. */
final class LoadPhase {
  private volatile boolean measuring;
  private volatile boolean ended;

  void measure() {
    measuring = true;
  }

  void end() {
    ended = true;
  }

  boolean isMeasuring() {
    return measuring && !ended;
  }

  boolean hasEnded() {
    return ended;
  }
}
