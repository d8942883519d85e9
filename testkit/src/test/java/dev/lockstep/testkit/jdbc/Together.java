package dev.lockstep.testkit.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Tasks that run at the same time. */
public final class Together {
  private static final int MINUTES_MAX = 5;

  private Together() {}

  /** Runs each in a thread of its own until all have ended; throws what one of them has thrown. */
  public static void all(List<Callable<Void>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<Void>> results = new ArrayList<>();
      tasks.forEach(task -> results.add(threads.submit(task)));
      for (Future<Void> result : results) {
        result.get(MINUTES_MAX, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
