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

  /** The transaction in progress, or null. */
  Transaction transaction;

  /** The greatest log index that an answer came from. */
  long appliedIndex;

  /** The transaction is over, if it is the one in progress. */
  void end(Transaction over) {
    if (transaction == over) {
      transaction = null;
    }
  }
}
