package dev.lockstep.protocol;

/**
 * Bytes that are not a message of this protocol, or a message beyond a limit in {@link Limits}. The
 * connection it came from cannot be trusted any further and is closed.
 */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }
}
