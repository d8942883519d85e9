package dev.lockstep.server.database;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The alarm of a real node: a thread that lives while turns are waited for. */
final class TurnAlarmThread implements TurnAlarm {
  private static final Logger LOG = LoggerFactory.getLogger(TurnAlarmThread.class);
  private static final long THREAD_IDLE_SECONDS = 30;

  private final ScheduledThreadPoolExecutor timer;

  TurnAlarmThread(String database) {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "lockstep-turns-" + database);
              thread.setDaemon(true);
              return thread;
            });
    timer.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void after(long nanos, Runnable task) {
    try {
      timer.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the node stops: nobody waits for a turn any more", e);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("turns could not be given on", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
