package dev.lockstep.server.net;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Answers on their way to one event loop. The apply thread ends the proposals of a whole batch one
 * after another; the first answer wakes the event loop, the others are found by it, and what goes
 * to the same client is flushed together. Safe for use by several threads.
 */
final class ReplyQueue {
  /** An answer of a connection. */
  interface Reply {
    ClientChannel channel();

    /** Writes the answer, without a flush; on the event loop. */
    void write();
  }

  private final EventLoop eventLoop;
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final List<ClientChannel> written = new ArrayList<>();

  ReplyQueue(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  void add(Reply reply) {
    replies.add(reply);
    if (scheduled.compareAndSet(false, true)) {
      try {
        eventLoop.execute(this::drain);
      } catch (RejectedExecutionException e) {
        // The front door is closed, its connections with it: nobody is left to answer.
        replies.clear();
      }
    }
  }

  private void drain() {
    // Before the queue is looked at: an answer added later schedules the next round.
    scheduled.set(false);
    for (Reply reply = replies.poll(); reply != null; reply = replies.poll()) {
      reply.write();
      if (reply.channel().markUnflushed()) {
        written.add(reply.channel());
      }
    }
    for (ClientChannel channel : written) {
      channel.flush();
    }
    written.clear();
  }
}
