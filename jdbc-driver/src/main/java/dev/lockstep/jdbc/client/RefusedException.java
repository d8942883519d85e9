package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ServerMessage.Failure;
import java.io.IOException;

/** A node answered the greeting with a failure. */
final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  RefusedException(NodeAddress address, Failure failure) {
    super(address + ": " + failure.message());
    this.failure = failure;
  }

  Failure failure() {
    return failure;
  }
}
