package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.SessionId;

/** What a connection holds at the cluster. Guarded by the client's lock. */
final class ClientState {
  /** The session, or none before the first write. */
  SessionId session = SessionId.NONE;

  /** The greatest sequence number used so far. */
  long lastSequence;

  /** The number of the last transaction. */
  long lastTransaction;

  /** Whether a transaction has taken a step, or tries to. */
  boolean inTransaction;

  /** To the node that has answered a step of the transaction, so that it lives there; or null. */
  Link transactionLink;

  /** The greatest log index that an answer came from. */
  long appliedIndex;

  void endTransaction() {
    inTransaction = false;
    transactionLink = null;
  }

  boolean isTransactionBegun() {
    return transactionLink != null;
  }
}
