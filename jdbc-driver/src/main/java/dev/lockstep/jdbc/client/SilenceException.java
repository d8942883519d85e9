package dev.lockstep.jdbc.client;

import java.io.IOException;

/** The application's own limit of time for an answer (the network timeout) is over. */
final class SilenceException extends IOException {
  private static final long serialVersionUID = 1L;

  SilenceException(String message) {
    super(message);
  }
}
