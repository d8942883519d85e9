package dev.lockstep.server.log;

/**
 * A command on its way into the log, with whoever waits for it. It ends on exactly one of two ways:
 * the state machine receives it with its committed entry, or {@link #failed} is called.
 */
public interface Proposal {
  /** The bytes of the log entry; not changed any more. */
  byte[] command();

  /**
   * The command did not come back to this member. {@link LogFailure.Kind#outcomeUnknown} tells
   * whether it may still be applied. Called on an engine's thread, or on the proposing thread
   * before {@link ReplicatedLog#propose} returns; must not block.
   */
  void failed(LogFailure failure);
}
