package dev.lockstep.examples.shop;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that place orders one after the other until they are told to stop. What they were told by
 * the cluster is kept: it is what the proof is about.
 */
final class Customers implements AutoCloseable {
  /** A customer whose order failed for good waits so long before the next one. */
  private static final int PAUSE_AFTER_FAILURE_MILLIS = 200;

  private final Transactions transactions;
  private final Catalogue catalogue;
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong lastReference = new AtomicLong();
  private volatile boolean open = true;

  Customers(Transactions transactions, Catalogue catalogue) {
    this.transactions = transactions;
    this.catalogue = catalogue;
  }

  /** An order that was not acknowledged: it may be in the database or not. */
  record Failure(String reference, SQLException error) {}

  void start(int count, long seed) {
    for (int i = 0; i < count; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      Thread thread = new Thread(() -> buy(random), "customer-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void buy(SplittableRandom random) {
    while (open) {
      String reference = "order-%08d".formatted(lastReference.incrementAndGet());
      Order order = catalogue.randomOrder(reference, random);
      try {
        receipts.add(transactions.run(connection -> OrderDesk.place(connection, order)));
      } catch (SQLException e) {
        failures.add(new Failure(reference, e));
        pause();
      }
    }
  }

  /** Lets everybody finish the order in hand. */
  @Override
  public void close() {
    open = false;
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What was acknowledged so far, in the order of time. */
  List<Receipt> receipts() {
    return receipts.stream().sorted(Comparator.comparingLong(Receipt::acknowledgedNanos)).toList();
  }

  int receiptCount() {
    return receipts.size();
  }

  List<Failure> failures() {
    return List.copyOf(failures);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_AFTER_FAILURE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
