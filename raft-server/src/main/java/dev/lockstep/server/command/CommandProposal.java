package dev.lockstep.server.command;

import dev.lockstep.server.log.Proposal;

/**
 * A {@link Command} on its way through the log, with whoever waits for its result. Ends with
 * exactly one call of {@link #applied} or {@link #failed}.
 */
public interface CommandProposal extends Proposal {
  /**
   * The command was applied and is stored on this member. Called on the thread that applies; must
   * not block.
   *
   * @param index index of the command's entry
   */
  void applied(long index, CommandResult result);
}
