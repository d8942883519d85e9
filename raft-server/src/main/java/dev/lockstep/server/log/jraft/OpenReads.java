package dev.lockstep.server.log.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.ReplicatedLog.ReadIndexCompletion;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The read indexes that are being asked for. The engine's own timeout ticks every millisecond for
 * each JVM; this one looks now and then. Used by several threads.
 */
final class OpenReads {
  /** After this a read has waited too long for the leader or for this member to catch up. */
  static final long TIMEOUT_MILLIS = 5_000;

  private final Set<OpenRead> open = ConcurrentHashMap.newKeySet();

  OpenRead add(ReadIndexCompletion completion) {
    OpenRead read = new OpenRead(completion);
    open.add(read);
    return read;
  }

  void failAll(LogFailure failure) {
    for (OpenRead read : open) {
      read.end(-1, failure);
    }
  }

  void failLate() {
    long now = System.nanoTime();
    for (OpenRead read : open) {
      if (now - read.deadlineNanos > 0) {
        read.end(-1, new LogFailure(LogFailure.Kind.BUSY, "no read index in time"));
      }
    }
  }

  /** One of them; ended once, by whoever comes first. */
  final class OpenRead extends ReadIndexClosure {
    private final AtomicReference<ReadIndexCompletion> completion;
    private final long deadlineNanos =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);

    private OpenRead(ReadIndexCompletion completion) {
      super(-1);
      this.completion = new AtomicReference<>(completion);
    }

    @Override
    public void run(Status status, long index, byte[] context) {
      if (status.isOk()) {
        end(index, null);
      } else {
        end(-1, Failures.ofRead(status));
      }
    }

    void end(long index, LogFailure failure) {
      ReadIndexCompletion waiting = completion.getAndSet(null);
      if (waiting == null) {
        return;
      }
      open.remove(this);
      try {
        waiting.completed(index, failure);
      } catch (RuntimeException e) {
        JRaftLog.LOG.error("the end of a read was not accepted", e);
      }
    }
  }
}
