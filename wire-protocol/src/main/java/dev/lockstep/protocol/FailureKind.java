package dev.lockstep.protocol;

/** What a client does about a failure. */
public enum FailureKind {
  /** The statement's own error: final, reported to the application. Nothing was changed by it. */
  STATEMENT(0),
  /** This node does not lead; nothing was done here. Go to the leader, with the same sequence. */
  NOT_LEADER(1),
  /**
   * The node cannot say whether the write will be applied (it lost the leadership, or stops). Send
   * it again, with the same session and sequence, to whoever leads.
   */
  OUTCOME_UNKNOWN(2),
  /** Too much to do at the moment; nothing was done. Wait a little and send it again. */
  BUSY(3),
  /** A write needs a session. Open one and send the write again. */
  SESSION_REQUIRED(4),
  /** The session is not known (any more). Nothing was changed by this request. */
  SESSION_UNKNOWN(5),
  /**
   * The transaction was rolled back: what it read has changed, its time was over, or the leader
   * that held it is gone. The application may run it again.
   */
  TRANSACTION_LOST(6),
  /** This request or its values break the protocol; the node closes the connection. */
  PROTOCOL(7),
  /** The node cannot serve the database (fault, shutdown, wrong database). Try another node. */
  UNAVAILABLE(8),
  /**
   * Only to {@link ClientMessage.Outcome}: no write with this sequence was applied until now. One
   * that was sent may still be on its way.
   */
  NOT_APPLIED(9);

  private final int code;

  FailureKind(int code) {
    this.code = code;
  }

  void encode(WireWriter out) {
    out.writeByte(code);
  }

  static FailureKind decode(WireReader in) {
    int code = in.readByte();
    return switch (code) {
      case 0 -> STATEMENT;
      case 1 -> NOT_LEADER;
      case 2 -> OUTCOME_UNKNOWN;
      case 3 -> BUSY;
      case 4 -> SESSION_REQUIRED;
      case 5 -> SESSION_UNKNOWN;
      case 6 -> TRANSACTION_LOST;
      case 7 -> PROTOCOL;
      case 8 -> UNAVAILABLE;
      case 9 -> NOT_APPLIED;
      default -> throw new ProtocolException("unknown kind of failure " + code);
    };
  }
}
