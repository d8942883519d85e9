package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.Receipt;
import dev.lockstep.protocol.ServerMessage.Stepped;
import java.sql.SQLException;
import java.util.List;

/**
 * The transaction in progress. It lives at one node at a time, and is carried over to another one
 * by its script. Guarded by the client's lock.
 */
final class Transaction {
  private final ClientState state;
  private final ClientOptions options;
  private final boolean readOnly;
  private final Script script;

  /** Where it lives, if the link is open; null before a node has answered. */
  private Link link;

  /** Its number there, and before that the one it was last begun with. */
  private long number;

  // From the receipts.
  private long clockMillis;
  private long seed;

  Transaction(ClientState state, ClientOptions options, boolean readOnly) {
    this.state = state;
    this.options = options;
    this.readOnly = readOnly;
    this.script = new Script(options.failoverScriptBytesMax());
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /** Whether it has shown or changed nothing so far, so that losing it loses nothing. */
  boolean isEmpty() {
    return script.isEmpty();
  }

  boolean isKept() {
    return script.isKept();
  }

  /** Whether it goes on at the end of this link. */
  boolean livesAt(Link other) {
    return link == other;
  }

  /** The link to the node where it lives, or null if it lives nowhere at the moment. */
  Link link() {
    return link != null && link.isOpen() ? link : null;
  }

  long number() {
    return number;
  }

  /** A number that no node has seen of this connection. */
  long renumber() {
    number = ++state.lastTransaction;
    return number;
  }

  /** A node has answered for it. */
  void livesAtNow(Link answering) {
    link = answering;
  }

  /** It lives nowhere; what the node still has of it is rolled back. */
  void leave() {
    link = null;
  }

  /** A step was taken. */
  void took(Request request, Stepped step, List<Cursor> cursors) {
    Receipt receipt = step.receipt();
    clockMillis = receipt.clockMillis();
    seed = receipt.seed();
    script.add(request, receipt.seen(), cursors);
  }

  /**
   * The request that carries it over to another node.
   *
   * @throws SQLException 40001 if its script is not kept
   */
  ClientMessage resume(int timeoutMillis) throws SQLException {
    if (!script.isKept()) {
      throw notKept();
    }
    return new ClientMessage.Resume(
        state.session,
        renumber(),
        readOnly,
        options.transaction(),
        clockMillis,
        seed,
        timeoutMillis,
        options.consistency().atNode(),
        state.readFloor(options.consistency()),
        options.maxStalenessMillis(),
        script.steps());
  }

  SQLException notKept() {
    return SqlState.TRANSACTION_LOST.exception(
        "the transaction was rolled back with the node that held it: its statements take more than"
            + " failoverScriptSizeMax, "
            + script.bytesMax()
            + " bytes; it may be run again");
  }
}
