package dev.lockstep.server.service;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that may block on SQLite, with a bounded queue before them. */
final class Workers {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final long THREAD_IDLE_SECONDS = 30;

  private final ThreadPoolExecutor pool;

  Workers(int threadsMax, int queueMax) {
    AtomicInteger number = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            threadsMax,
            threadsMax,
            THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(queueMax),
            task -> new Thread(task, "lockstep-worker-" + number.incrementAndGet()));
    pool.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs the task on a worker.
   *
   * @return false if the queue is full or the workers are stopped: the task will not run
   */
  boolean execute(Runnable task) {
    try {
      pool.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /**
   * Runs the task for a request: whatever happens to it, the request is answered.
   *
   * @param orElse gives back what the task would have; called if the task will not run
   */
  void execute(ClientRequest request, Runnable task, Runnable orElse) {
    boolean accepted =
        execute(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                LOG.error("request of type {} failed", request.message().type(), e);
                request.answer(Failures.statement("XX000", "internal error: " + e));
              } catch (Error e) {
                // No memory, for example: of this node, not of the statement.
                LOG.error("request of type {} failed", request.message().type(), e);
                request.answer(Failures.unavailable("this node failed: " + e));
                throw e;
              }
            });
    if (!accepted) {
      orElse.run();
      request.answer(Failures.busy("too many requests wait for a thread of this node"));
    }
  }

  int active() {
    return pool.getActiveCount();
  }

  int queued() {
    return pool.getQueue().size();
  }

  /** Lets queued work end, up to the time given, then interrupts what is left. */
  void close(long millis) {
    pool.shutdown();
    try {
      if (pool.awaitTermination(millis, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.shutdownNow();
  }
}
