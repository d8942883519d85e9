package dev.lockstep.server.service;

import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.server.command.CommandResult.LockBusy;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A request that takes or releases a named lock. While another session has the lock, it is tried
 * again and again under the same sequence, of which the last try has effect only; no thread waits,
 * and nothing is in the log meanwhile. A try that was proposed is waited for, whatever ends the
 * request: it may have taken the lock, and then that is the answer. Safe for use by several
 * threads.
 */
final class LockRequest {
  private final Backend backend;
  private final LockWaits waits;
  private final RunningRequest running;

  /** The command, given whether it waits. */
  private final Function<Boolean, byte[]> command;

  private final long begun = System.nanoTime();

  /** The lock that is waited for; null before the first try. */
  private String name;

  private boolean trying;

  /** Whether to try again as soon as the try in progress has failed. */
  private boolean again;

  /** Whether the time is over, so that the next try is the last. */
  private boolean last;

  private Future<?> deadline;

  LockRequest(Backend backend, RunningRequest running, Function<Boolean, byte[]> command) {
    this.backend = backend;
    this.waits = backend.lockWaits();
    this.running = running;
    this.command = command;
  }

  /**
   * Tries to take the lock.
   *
   * @return false if the request is over
   */
  boolean tryAgain() {
    boolean waiting;
    synchronized (this) {
      if (trying) {
        again = true;
        return true;
      }
      trying = true;
      again = false;
      waiting = !last;
    }
    // What ends the request now, ends it when the try is decided.
    if (!running.enter(() -> {})) {
      over();
      return false;
    }
    Failure failure = propose(waiting);
    if (failure != null) {
      answer(failure);
      return false;
    }
    return true;
  }

  private Failure propose(boolean waiting) {
    Failure unavailable = backend.unavailable();
    if (unavailable != null) {
      return unavailable;
    }
    byte[] entry;
    try {
      entry = command.apply(waiting);
    } catch (ProtocolException e) {
      return Failures.statement("54000", "the write is too large: " + e.getMessage());
    }
    return backend.propose(
        running.request(),
        entry,
        answer -> {
          over();
          return answer;
        },
        this::inVain);
  }

  private void inVain(LockBusy busy) {
    // From here on, what ends the request answers it at once.
    Failure ended = running.leave();
    if (ended != null) {
      answer(ended);
      return;
    }
    boolean first;
    boolean next;
    synchronized (this) {
      first = name == null;
      name = busy.name();
      trying = false;
      next = again || last;
    }
    if (first) {
      waits.add(busy.name(), this);
      endAfter(busy.waitMillis());
    }
    if (next) {
      tryAgain();
    }
  }

  private void endAfter(long waitMillis) {
    long left = waitMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    try {
      Future<?> timer =
          backend.timer().schedule(this::lastTry, Math.max(0, left), TimeUnit.MILLISECONDS);
      synchronized (this) {
        deadline = timer;
      }
    } catch (RejectedExecutionException stopped) {
      // The node has stopped; its connections are closed.
    }
  }

  private void lastTry() {
    synchronized (this) {
      last = true;
    }
    tryAgain();
  }

  private void answer(ServerMessage answer) {
    over();
    running.request().answer(answer);
  }

  /** Gives back what the waiting has taken. */
  private void over() {
    running.leave();
    String waitedFor;
    synchronized (this) {
      waitedFor = name;
      if (deadline != null) {
        deadline.cancel(false);
      }
    }
    if (waitedFor != null) {
      waits.remove(waitedFor, this);
    }
  }
}
