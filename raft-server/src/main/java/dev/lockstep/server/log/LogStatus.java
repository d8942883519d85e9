package dev.lockstep.server.log;

/**
 * What a member knows.
 *
 * @param role what it is at the moment
 * @param term the current term
 * @param leader id of the member that leads the term, or the empty text if none is known
 */
public record LogStatus(Role role, long term, String leader) {
  /** A member's part in the term. */
  public enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    /** Broken or closed: takes part in nothing any more. */
    STOPPED
  }

  public boolean leads() {
    return role == Role.LEADER;
  }
}
