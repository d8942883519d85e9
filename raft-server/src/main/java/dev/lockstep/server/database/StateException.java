package dev.lockstep.server.database;

/** The stored state of a database cannot be used as it is; the message says what to do. */
public class StateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateException(String message) {
    super(message);
  }

  public StateException(String message, Throwable cause) {
    super(message, cause);
  }
}
