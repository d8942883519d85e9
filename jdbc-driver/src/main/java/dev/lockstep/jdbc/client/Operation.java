package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import java.sql.SQLException;

/**
 * One request of the application while it is carried out, perhaps at several nodes one after the
 * other and by several messages: what is sent, and what its answer or its loss means. Used by one
 * thread.
 */
abstract class Operation {
  /** Where it must go if that can be, or null if any link to the right kind of node will do. */
  Link link() {
    return null;
  }

  /**
   * What to send to this node now.
   *
   * @param timeoutMillis what is left of the statement's time, 0 for no limit
   * @throws SQLException if the operation cannot go on
   */
  abstract ClientMessage message(Link link, int timeoutMillis) throws SQLException;

  /**
   * The last message was answered, not by a failure.
   *
   * @return whether this is the operation's own answer; else it goes on
   * @throws SQLException if the answer says that the statement failed
   */
  boolean answered(Link link, ServerMessage answer) throws SQLException {
    return true;
  }

  /**
   * The last message was answered by a failure that another attempt would not change: of kind
   * STATEMENT, TRANSACTION_LOST or NOT_APPLIED.
   *
   * @throws SQLException the failure, unless the operation goes on in another way
   */
  void failed(Link link, NodeFailure reason) throws SQLException {
    throw reason.toSqlException();
  }

  /** The last message had no effect; it, or what takes its place, is sent to another node. */
  void notDone() {}

  /** The node had too much to do for the last message, which is sent again. */
  void busy() {}

  /** The last message may have had an effect, now or later. */
  void lost() {}

  /**
   * The node does not know the session; nothing was changed by the last message.
   *
   * @throws SQLException if the operation cannot go on with a new session
   */
  void sessionUnknown(Exception reason) throws SQLException {}

  /** Whether something that was sent may have changed the database, or may do so later. */
  boolean mayBeApplied() {
    return false;
  }
}
