package dev.lockstep.server.database;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What has happened to transactions on this node since it started. For any thread. */
final class TransactionCounters {
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong lent = new AtomicLong();
  private final AtomicLong replayed = new AtomicLong();
  private final AtomicLong interrupted = new AtomicLong();
  private final AtomicLong conflicts = new AtomicLong();
  private final AtomicLong inPlace = new AtomicLong();
  private final AtomicLong certified = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();

  void begun() {
    begun.incrementAndGet();
  }

  void lent() {
    lent.incrementAndGet();
  }

  void replayed() {
    replayed.incrementAndGet();
  }

  void interrupted() {
    interrupted.incrementAndGet();
  }

  void conflict() {
    conflicts.incrementAndGet();
  }

  void committedInPlace() {
    inPlace.incrementAndGet();
  }

  void certified(boolean same) {
    (same ? certified : refused).incrementAndGet();
  }

  void skipped() {
    skipped.incrementAndGet();
  }

  /** All of them, by the name under which a node's status shows them. */
  void describe(Map<String, String> values) {
    put(values, "transactions.begun", begun);
    put(values, "transactions.turnsLent", lent);
    put(values, "transactions.replays", replayed);
    put(values, "transactions.stepsInterrupted", interrupted);
    put(values, "transactions.lostBeforeCommit", conflicts);
    put(values, "transactions.committedInPlace", inPlace);
    put(values, "transactions.certified", certified);
    put(values, "transactions.lostAtCommit", refused);
    put(values, "transactions.readsSkipped", skipped);
  }

  private static void put(Map<String, String> values, String name, AtomicLong counter) {
    values.put(name, String.valueOf(counter.get()));
  }
}
