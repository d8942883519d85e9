package dev.lockstep.server.database;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.ReplicatedLog;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who wait for an entry to be applied. Safe for use by several threads. */
final class AppliedWaiters {
  private static final Logger LOG = LoggerFactory.getLogger(AppliedWaiters.class);

  private record Key(long index, long number) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byIndex = Long.compare(index, other.index);
      return byIndex != 0 ? byIndex : Long.compare(number, other.number);
    }
  }

  private final ConcurrentSkipListMap<Key, ReplicatedLog.Completion> waiting =
      new ConcurrentSkipListMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final LongSupplier applied;
  private volatile LogFailure stopped;

  AppliedWaiters(LongSupplier applied) {
    this.applied = applied;
  }

  Replica.Waiting add(long index, ReplicatedLog.Completion completion) {
    if (index <= applied.getAsLong()) {
      complete(completion, null);
      return () -> {};
    }
    Key key = new Key(index, numbers.getAndIncrement());
    waiting.put(key, completion);
    // It may have been applied, or all have stopped, since the question above.
    LogFailure failure = stopped;
    if (failure != null || index <= applied.getAsLong()) {
      end(key, index <= applied.getAsLong() ? null : failure);
    }
    return () -> waiting.remove(key);
  }

  /** Something was applied. */
  void release() {
    long index = applied.getAsLong();
    for (Map.Entry<Key, ReplicatedLog.Completion> first = waiting.firstEntry();
        first != null && first.getKey().index() <= index;
        first = waiting.firstEntry()) {
      end(first.getKey(), null);
    }
  }

  /** Nothing will be applied any more. */
  void stop(LogFailure failure) {
    stopped = failure;
    fail(failure);
  }

  /** Gives up those who wait now. */
  void fail(LogFailure failure) {
    for (Key key : waiting.keySet()) {
      end(key, failure);
    }
  }

  int count() {
    return waiting.size();
  }

  private void end(Key key, LogFailure failure) {
    ReplicatedLog.Completion completion = waiting.remove(key);
    if (completion != null) {
      complete(completion, failure);
    }
  }

  private static void complete(ReplicatedLog.Completion completion, LogFailure failure) {
    try {
      completion.completed(failure);
    } catch (RuntimeException e) {
      LOG.error("whoever waited for an entry did not accept its end", e);
    }
  }
}
