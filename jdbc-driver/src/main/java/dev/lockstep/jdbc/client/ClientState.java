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

  private final Cluster cluster;

  /** The greatest log index that an answer came from. */
  private long appliedIndex;

  ClientState(Cluster cluster) {
    this.cluster = cluster;
  }

  /** An answer came from the state at this log index. */
  void applied(long index) {
    appliedIndex = Math.max(appliedIndex, index);
    cluster.applied(index);
  }

  /** The log index that the state of a read must not be behind, if it asks for a session's. */
  long readFloor(ReadConsistency consistency) {
    return consistency == ReadConsistency.PROCESS ? cluster.appliedIndex() : appliedIndex;
  }

  /** The transaction is over, if it is the one in progress. */
  void end(Transaction over) {
    if (transaction == over) {
      transaction = null;
    }
  }
}
