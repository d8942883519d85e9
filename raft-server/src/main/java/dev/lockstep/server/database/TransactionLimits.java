package dev.lockstep.server.database;

import dev.lockstep.server.command.TransactionCommand;

/**
 * What a transaction may take on the leader before its commit.
 *
 * @param totalMillisMax time from its first request to its commit
 * @param idleMillisMax time between two requests of the client
 * @param turnMillisMax time that a request may wait for the turn
 * @param stepsMax requests
 * @param scriptBytesMax bytes of its encoded steps
 */
public record TransactionLimits(
    long totalMillisMax, long idleMillisMax, long turnMillisMax, int stepsMax, int scriptBytesMax) {
  public static final TransactionLimits DEFAULT =
      new TransactionLimits(600_000, 300_000, 60_000, TransactionCommand.STEPS_MAX, 8 << 20);

  public TransactionLimits {
    if (stepsMax > TransactionCommand.STEPS_MAX) {
      throw new IllegalArgumentException(
          stepsMax + " steps; a command has at most " + TransactionCommand.STEPS_MAX);
    }
  }

  /** These limits, none of them more than the other's. */
  public TransactionLimits cappedBy(TransactionLimits max) {
    return new TransactionLimits(
        Math.min(totalMillisMax, max.totalMillisMax),
        Math.min(idleMillisMax, max.idleMillisMax),
        Math.min(turnMillisMax, max.turnMillisMax),
        Math.min(stepsMax, max.stepsMax),
        Math.min(scriptBytesMax, max.scriptBytesMax));
  }
}
