package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.HdrHistogram.Histogram;

/**
 * Runs one workload with a number of threads, each with a connection of its own. The threads send
 * an operation when they have the answer to the one before (a closed loop): the latencies of a
 * database that pauses are those of as many operations as there are threads, not of all that would
 * have come in the meantime.
 */
final class LoadRun {
  private final ConnectionSource connections;
  private final Workload workload;
  private final int threads;
  private final int rows;
  private final CpuClock cpu;
  private final Lock lock;

  LoadRun(ConnectionSource connections, Workload workload, int threads, int rows, CpuClock cpu) {
    this(connections, workload, threads, rows, cpu, null);
  }

  /**
   * @param lock held by a thread while it runs an operation; null for none
   */
  LoadRun(
      ConnectionSource connections,
      Workload workload,
      int threads,
      int rows,
      CpuClock cpu,
      Lock lock) {
    this.lock = lock;
    this.connections = connections;
    this.workload = workload;
    this.threads = threads;
    this.rows = rows;
    this.cpu = cpu;
  }

  /** Opens connections; called by several threads. */
  interface ConnectionSource {
    Connection open() throws SQLException;
  }

  /**
   * Makes the tables, warms up, measures.
   *
   * @throws SQLException if the tables cannot be made
   * @throws IllegalStateException if the content of the tables is wrong afterwards
   */
  LoadResult run(double warmUpSeconds, double seconds) throws SQLException, InterruptedException {
    try (Connection connection = connections.open()) {
      BenchmarkTables.create(connection, rows);
    }
    AtomicInteger nextId = new AtomicInteger();
    LoadPhase phase = new LoadPhase();
    List<LoadThread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      LoadThread worker =
          new LoadThread(
              "load-" + i, connections, connection -> prepare(connection, nextId), phase, i);
      workers.add(worker);
      worker.start();
    }
    double measured;
    long cpuMicros;
    try {
      Thread.sleep(Math.round(warmUpSeconds * 1_000));
      long cpuBefore = cpu.micros();
      long begin = System.nanoTime();
      phase.measure();
      Thread.sleep(Math.round(seconds * 1_000));
      phase.end();
      measured = (System.nanoTime() - begin) / 1e9;
      cpuMicros = cpu.micros() - cpuBefore;
    } finally {
      phase.end();
      for (LoadThread worker : workers) {
        worker.join();
      }
    }
    LoadResult result = result(workers, measured, cpuMicros);
    check(workers);
    return result;
  }

  private Operation prepare(Connection connection, AtomicInteger nextId) throws SQLException {
    Operation operation = workload.prepare(connection, rows, nextId);
    return lock == null ? operation : new SerialOperation(operation, lock);
  }

  private LoadResult result(List<LoadThread> workers, double seconds, long cpuMicros) {
    Histogram micros = new Histogram(3);
    long errors = 0;
    long rolledBack = 0;
    String firstError = "";
    for (LoadThread worker : workers) {
      micros.add(worker.micros());
      errors += worker.errors();
      rolledBack += worker.rolledBack();
      firstError = firstError.isEmpty() ? worker.firstError() : firstError;
    }
    return new LoadResult(
        workload,
        threads,
        seconds,
        micros.getTotalCount(),
        workload.rowsEach(rows),
        micros,
        cpuMicros,
        errors,
        rolledBack,
        firstError);
  }

  /** A fast database that loses writes is not fast. */
  private void check(List<LoadThread> workers) throws SQLException {
    boolean failed = workers.stream().anyMatch(worker -> worker.errors() > 0);
    try (Connection connection = connections.open()) {
      if (workload == Workload.TRANSFER && !BenchmarkTables.moneyIsAllThere(connection, rows)) {
        throw new IllegalStateException("transfers have made or lost money");
      }
      if ((workload == Workload.INSERT || workload == Workload.BATCH100) && !failed) {
        long expected =
            workers.stream().mapToLong(LoadThread::succeeded).sum() * workload.rowsEach(rows);
        long found = BenchmarkTables.entries(connection);
        if (found != expected) {
          throw new IllegalStateException(expected + " rows inserted, " + found + " found");
        }
      }
      BenchmarkTables.drop(connection);
    }
  }
}
