package dev.lockstep.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** One client: a connection and what it does. Its figures are read after its end. */
final class LoadThread extends Thread {
  /** A client whose operations all fail gives up after so many. */
  private static final int FAILURES_IN_A_ROW_MAX = 100;

  private final LoadRun.ConnectionSource connections;
  private final Preparation preparation;
  private final LoadPhase phase;
  private final SplittableRandom random;
  private final Histogram micros = new Histogram(3);
  private long succeeded;
  private long errors;
  private long rolledBack;
  private String firstError = "";
  private int failuresInARow;

  LoadThread(
      String name,
      LoadRun.ConnectionSource connections,
      Preparation preparation,
      LoadPhase phase,
      long seed) {
    super(name);
    this.connections = connections;
    this.preparation = preparation;
    this.phase = phase;
    this.random = new SplittableRandom(seed);
  }

  /** Prepares an operation on a new connection. */
  interface Preparation {
    Operation prepare(Connection connection) throws SQLException;
  }

  Histogram micros() {
    return micros;
  }

  /** All operations that succeeded, also those before and after the measurement. */
  long succeeded() {
    return succeeded;
  }

  long errors() {
    return errors;
  }

  long rolledBack() {
    return rolledBack;
  }

  String firstError() {
    return firstError;
  }

  @Override
  public void run() {
    while (!phase.hasEnded() && failuresInARow < FAILURES_IN_A_ROW_MAX) {
      try (Connection connection = connections.open()) {
        try (Operation operation = preparation.prepare(connection)) {
          repeat(operation, connection);
        } finally {
          connection.setAutoCommit(true);
        }
      } catch (SQLException | RuntimeException e) {
        fail(e);
      }
    }
  }

  /** Until the end, or until the connection is lost. */
  private void repeat(Operation operation, Connection connection) throws SQLException {
    while (!phase.hasEnded() && failuresInARow < FAILURES_IN_A_ROW_MAX) {
      try {
        measure(operation);
        failuresInARow = 0;
      } catch (SQLException e) {
        fail(e);
        if (!connection.isValid(1)) {
          return;
        }
      }
    }
  }

  private void measure(Operation operation) throws SQLException {
    boolean counts = phase.isMeasuring();
    long begin = System.nanoTime();
    while (!attempt(operation)) {
      rolledBack += counts ? 1 : 0;
      if (phase.hasEnded()) {
        return;
      }
    }
    succeeded++;
    if (counts && phase.isMeasuring()) {
      micros.recordValue((System.nanoTime() - begin) / 1_000);
    }
  }

  /** False if the database has rolled the operation back and wants it to be run again. */
  private boolean attempt(Operation operation) throws SQLException {
    try {
      operation.run(random);
      return true;
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("40")) {
        return false;
      }
      throw e;
    }
  }

  private void fail(Exception e) {
    errors++;
    failuresInARow++;
    if (firstError.isEmpty()) {
      firstError = e.toString();
    }
  }
}
