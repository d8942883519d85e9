package dev.lockstep.server.log.jraft;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.server.log.LogFailure;
import dev.lockstep.server.log.Proposal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A proposal that counts how often it was ended. */
final class WaitingProposal implements Proposal {
  private final String command;
  private final AtomicInteger ends = new AtomicInteger();
  private final CompletableFuture<Long> index = new CompletableFuture<>();
  private volatile LogFailure failure;

  WaitingProposal(String command) {
    this.command = command;
  }

  static String text(byte[] command) {
    return new String(command, UTF_8);
  }

  @Override
  public byte[] command() {
    return command.getBytes(UTF_8);
  }

  @Override
  public void failed(LogFailure reason) {
    ends.incrementAndGet();
    failure = reason;
    index.completeExceptionally(new IllegalStateException(reason.toString()));
  }

  void applied(long at) {
    ends.incrementAndGet();
    index.complete(at);
  }

  /** The state machine that took it failed. */
  void refused() {
    ends.incrementAndGet();
    index.completeExceptionally(new IllegalStateException("the state machine failed"));
  }

  String text() {
    return command;
  }

  int ends() {
    return ends.get();
  }

  boolean succeeded() {
    return index.isDone() && !index.isCompletedExceptionally();
  }

  /** Log index at which it was applied; waits for it. */
  long index() {
    return index.join();
  }

  /** Null unless the log refused it. */
  LogFailure failure() {
    return failure;
  }
}
