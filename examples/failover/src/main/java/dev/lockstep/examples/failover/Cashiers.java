package dev.lockstep.examples.failover;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/**
 * Threads that write one sale after the other, as long as they are open. They know nothing of nodes
 * and leaders, and do nothing again.
 */
final class Cashiers implements AutoCloseable {
  /** A write waits 30 s for a leader, and then fails. */
  private static final int PATIENCE_SECONDS = 60;

  private final DataSource dataSource;
  private final ExecutorService threads;
  private final List<Future<Void>> cashiers = new ArrayList<>();
  private final ConcurrentLinkedQueue<String> receipts = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Long> timesNanos = new ConcurrentLinkedQueue<>();
  private final Semaphore sold = new Semaphore(0);
  private volatile boolean open = true;

  Cashiers(DataSource dataSource, int count) {
    this.dataSource = dataSource;
    this.threads = Executors.newFixedThreadPool(count);
    for (int i = 1; i <= count; i++) {
      String name = "cashier " + i;
      cashiers.add(threads.submit(() -> sell(name)));
    }
  }

  private Void sell(String name) throws SQLException {
    for (int number = 1; open; number++) {
      String receipt = name + ", sale " + number;
      try (Connection connection = dataSource.getConnection();
          PreparedStatement insert =
              connection.prepareStatement("INSERT INTO sale (receipt) VALUES (?)")) {
        insert.setString(1, receipt);
        insert.executeUpdate();
      }
      receipts.add(receipt);
      timesNanos.add(System.nanoTime());
      sold.release();
    }
    return null;
  }

  /** Waits until so many more sales were acknowledged. */
  void awaitSales(int count) throws InterruptedException, TimeoutException {
    if (!sold.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException(count + " sales took more than " + PATIENCE_SECONDS + " s");
    }
  }

  /** Waits for the sales in hand; the first exception that a cashier got is thrown. */
  void stop() throws ExecutionException, InterruptedException, TimeoutException {
    open = false;
    for (Future<Void> cashier : cashiers) {
      cashier.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** What was acknowledged. */
  List<String> receipts() {
    return List.copyOf(receipts);
  }

  /** The longest time in which nobody's sale was acknowledged. */
  Duration longestPause() {
    long[] times = timesNanos.stream().mapToLong(Long::longValue).sorted().toArray();
    long longest = 0;
    for (int i = 1; i < times.length; i++) {
      longest = Math.max(longest, times[i] - times[i - 1]);
    }
    return Duration.ofNanos(longest);
  }

  @Override
  public void close() {
    open = false;
    threads.shutdownNow();
  }
}
