package dev.lockstep.server.service;

import dev.lockstep.protocol.ServerMessage;

/** A request that is answered by a failure, before it had any effect. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ServerMessage.Failure failure;
  private final transient String probe;

  RefusedException(ServerMessage.Failure failure) {
    this(failure, null);
  }

  /**
   * @param probe see {@link #probe}
   */
  RefusedException(ServerMessage.Failure failure, String probe) {
    super(failure.message(), null, false, false);
    this.failure = failure;
    this.probe = probe;
  }

  ServerMessage.Failure failure() {
    return failure;
  }

  /**
   * A query that fails as long as the schema is as the failure tells; null if it tells nothing of
   * the schema.
   */
  String probe() {
    return probe;
  }
}
