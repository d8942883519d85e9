package dev.lockstep.benchmarks;

import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Lock;

/** An operation that runs while its thread holds a lock, as if the database gave one to it. */
final class SerialOperation implements Operation {
  private final Operation operation;
  private final Lock lock;

  SerialOperation(Operation operation, Lock lock) {
    this.operation = operation;
    this.lock = lock;
  }

  @Override
  public void run(SplittableRandom random) throws SQLException {
    lock.lock();
    try {
      operation.run(random);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws SQLException {
    operation.close();
  }
}
