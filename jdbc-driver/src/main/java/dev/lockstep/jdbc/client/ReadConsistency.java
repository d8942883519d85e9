package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.Consistency;

/** How fresh reads are, as the user of the driver asks for it. */
public enum ReadConsistency {
  /** All acknowledged writes are seen. */
  LINEARIZABLE(Consistency.LINEARIZABLE),
  /** What the connection has written and seen. */
  SESSION(Consistency.SESSION),
  /** What the connections of this process have written and seen that have the same URL's hosts. */
  PROCESS(Consistency.SESSION),
  /** A state that is not older than a given time. */
  BOUNDED(Consistency.BOUNDED),
  /** What the node has. */
  LOCAL(Consistency.LOCAL);

  private final Consistency atNode;

  ReadConsistency(Consistency atNode) {
    this.atNode = atNode;
  }

  /** What a node is asked for. */
  Consistency atNode() {
    return atNode;
  }
}
