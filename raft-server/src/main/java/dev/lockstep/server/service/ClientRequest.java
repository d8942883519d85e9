package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;

/** A request that waits for its one answer. Safe for use by several threads. */
public interface ClientRequest {
  ClientMessage message();

  /**
   * Sends the answer, from any thread and without blocking. Only the first one counts, so that a
   * limit of time and a result may race; the later one is dropped.
   *
   * @return whether this was the first
   */
  boolean answer(ServerMessage answer);

  /** The answer, or null before it was given. */
  ServerMessage given();

  /** The {@link System#nanoTime} at which it came. */
  long arrivedNanos();

  /** Whether an answer was given, so that going on would be in vain. */
  boolean answered();
}
