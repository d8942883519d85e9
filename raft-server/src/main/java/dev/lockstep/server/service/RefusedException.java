package dev.lockstep.server.service;

import dev.lockstep.protocol.ServerMessage;

/** A request that is answered by a failure, before it had any effect. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ServerMessage.Failure failure;

  RefusedException(ServerMessage.Failure failure) {
    super(failure.message(), null, false, false);
    this.failure = failure;
  }

  ServerMessage.Failure failure() {
    return failure;
  }
}
