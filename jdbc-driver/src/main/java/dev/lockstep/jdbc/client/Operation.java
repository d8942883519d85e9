package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import java.sql.SQLException;

/**
 * One request of the application while it is sent, perhaps to several nodes one after the other:
 * what is sent, and what a failed attempt means for it. Used by one thread.
 */
abstract class Operation {
  /**
   * What to send now.
   *
   * @param timeoutMillis what is left of the statement's time, 0 for no limit
   */
  abstract ClientMessage message(int timeoutMillis);

  /**
   * The last attempt had no effect.
   *
   * @throws SQLException if it makes no sense to try again
   */
  abstract void notDone(Exception reason) throws SQLException;

  /**
   * The last attempt may have had an effect, now or later.
   *
   * @throws SQLException if it cannot be tried again
   */
  abstract void lost(Exception reason) throws SQLException;

  /**
   * The node does not know the session; nothing was changed by the last attempt.
   *
   * @throws SQLException if it cannot be tried again with a new session
   */
  abstract void sessionUnknown(Exception reason) throws SQLException;

  /** The node has run the statement, which failed by itself. */
  void failed(Link link) {}

  /** Whether an attempt may have changed something. */
  boolean mayBeApplied() {
    return false;
  }
}
