package dev.lockstep.testkit.history;

import java.util.List;

/**
 * A transaction as its client saw it.
 *
 * @param number unique in the history
 * @param invokedNanos when its first statement was sent; of a clock that all clients share
 * @param completedNanos when its client knew the outcome
 * @param steps what it read, and what it appended or tried to
 */
public record ListTransaction(
    int number, long invokedNanos, long completedNanos, Outcome outcome, List<Micro> steps) {
  public enum Outcome {
    COMMITTED,
    /** Certainly without effect. */
    ROLLED_BACK,
    /** Perhaps applied, at any time since it was invoked. */
    UNKNOWN
  }

  public ListTransaction {
    steps = List.copyOf(steps);
  }

  @Override
  public String toString() {
    return "T" + number + " " + outcome + " " + steps;
  }
}
