package dev.lockstep.jdbc.client;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The driver's log: all of it is of interest only to somebody who looks for a fault. */
public final class DriverLog {
  /** Name of the logger; also the parent that {@code Driver.getParentLogger} answers. */
  public static final Logger LOGGER = Logger.getLogger("dev.lockstep.jdbc");

  private DriverLog() {}

  static void fine(String message, Throwable cause) {
    LOGGER.log(Level.FINE, message, cause);
  }

  static void fine(String format, Object... arguments) {
    if (LOGGER.isLoggable(Level.FINE)) {
      LOGGER.log(Level.FINE, String.format(format, arguments));
    }
  }
}
