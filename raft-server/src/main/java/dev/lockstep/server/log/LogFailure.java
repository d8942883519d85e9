package dev.lockstep.server.log;

/**
 * Why the log did not do what it was asked.
 *
 * @param message for a person
 */
public record LogFailure(Kind kind, String message) {
  /** What the caller can conclude. */
  public enum Kind {
    /** This member does not lead the term any more: nothing entered the log. */
    NOT_LEADER(false),
    /** Too much is waiting: nothing entered the log. */
    BUSY(false),
    /** The member is closed or broken: nothing entered the log. */
    STOPPED(false),
    /** A snapshot, a change of leaders or the like was tried and went wrong. */
    FAILED(false),
    /** The entry was appended here, but it is not known whether a majority will have it. */
    UNKNOWN(true);

    private final boolean outcomeUnknown;

    Kind(boolean outcomeUnknown) {
      this.outcomeUnknown = outcomeUnknown;
    }

    /** Whether the command may still be applied, now or later, by the members. */
    public boolean outcomeUnknown() {
      return outcomeUnknown;
    }
  }
}
