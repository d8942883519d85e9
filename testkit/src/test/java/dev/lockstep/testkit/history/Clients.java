package dev.lockstep.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that use a cluster until it is enough, and count what they have done. {@link #close} ends
 * them.
 */
final class Clients implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong serializationFailures = new AtomicLong();
  private final AtomicLong unknownOutcomes = new AtomicLong();
  private final Queue<SQLException> unexpected = new ConcurrentLinkedQueue<>();

  /** What one client does over and over. */
  interface Client extends AutoCloseable {
    /** One operation or transaction, with all its outcomes recorded. */
    void act() throws SQLException;

    @Override
    void close() throws SQLException;
  }

  /** Makes a client on the thread that will use it. */
  interface Maker {
    Client make() throws SQLException;
  }

  void start(Maker maker) {
    running.add(
        threads.submit(
            () -> {
              try (Client client = maker.make()) {
                while (!enough.get()) {
                  client.act();
                  done.incrementAndGet();
                }
              }
              return null;
            }));
  }

  /** How an exception leaves what was going on. */
  ListTransaction.Outcome outcomeOf(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (state.equals("40001")) {
      serializationFailures.incrementAndGet();
      return ListTransaction.Outcome.ROLLED_BACK;
    }
    unknownOutcomes.incrementAndGet();
    unexpected.add(e);
    return ListTransaction.Outcome.UNKNOWN;
  }

  /** Operations and transactions that have ended. */
  long done() {
    return done.get();
  }

  /** Ends the clients; what one of them threw is thrown. */
  void finish() throws InterruptedException {
    enough.set(true);
    for (Future<?> client : running) {
      try {
        client.get();
      } catch (ExecutionException e) {
        throw new AssertionError("a client failed", e.getCause());
      }
    }
  }

  /** No application sees anything but a conflict, whatever happens to the nodes. */
  void assertNothingUnexpected() {
    assertThat(unexpected).as("exceptions other than 40001").isEmpty();
  }

  @Override
  public String toString() {
    return done.get()
        + " done, "
        + serializationFailures.get()
        + " of them 40001, "
        + unknownOutcomes.get()
        + " with unknown outcome";
  }

  @Override
  public void close() {
    enough.set(true);
    threads.shutdownNow();
  }
}
