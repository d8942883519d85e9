package dev.lockstep.jdbc.client;

/** Which node serves the reads of a read-only connection in autocommit mode. */
public enum ReadTarget {
  /** The leader, as for everything else. */
  PRIMARY,
  /** Any node: whichever answers first. */
  ANY,
  /** A follower as long as one can be reached, else the leader. */
  PREFER_FOLLOWER
}
