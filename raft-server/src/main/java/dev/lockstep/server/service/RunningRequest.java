package dev.lockstep.server.service;

import dev.lockstep.protocol.ServerMessage.Failure;
import java.util.concurrent.Future;

/**
 * A request that may be ended before its result is there: by Cancel, by its limit of time, by the
 * loss of its connection. While it only waits, the end is its answer; while SQLite works for it,
 * SQLite is interrupted, and who runs it answers. Safe for use by several threads.
 */
final class RunningRequest {
  private final ClientRequest request;
  private Runnable interrupt;
  private Failure ended;
  private Future<?> limit;

  RunningRequest(ClientRequest request) {
    this.request = request;
  }

  ClientRequest request() {
    return request;
  }

  boolean over() {
    return request.answered();
  }

  /** Remembers the timer of the limit, so that it does not outlive the request. */
  synchronized void limitedBy(Future<?> timer) {
    if (request.answered()) {
      timer.cancel(false);
    } else {
      limit = timer;
    }
  }

  /**
   * SQLite begins to work for the request.
   *
   * @param how interrupts it; called at most until {@link #leave}
   * @return false if the request has ended already: nothing is to be done for it
   */
  synchronized boolean enter(Runnable how) {
    if (ended != null || request.answered()) {
      return false;
    }
    interrupt = how;
    return true;
  }

  /**
   * SQLite does not work for the request any more.
   *
   * @return why the request was ended meanwhile, or null
   */
  synchronized Failure leave() {
    interrupt = null;
    return ended;
  }

  /** Whether the request was ended, so that going on is in vain. */
  synchronized boolean ended() {
    return ended != null;
  }

  /** Ends the request, if it is not answered yet. */
  synchronized void end(Failure why) {
    if (ended != null) {
      return;
    }
    ended = why;
    if (interrupt != null) {
      interrupt.run();
    } else {
      request.answer(why);
    }
  }

  /** The answer is given. */
  synchronized void done() {
    if (limit != null) {
      limit.cancel(false);
      limit = null;
    }
  }
}
