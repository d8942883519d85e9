package dev.lockstep.server.database;

import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.TransactionCommand;

/**
 * What a transaction may take on the leader before its commit.
 *
 * @param totalMillisMax time from its first request to its commit
 * @param idleMillisMax time between two requests of the client
 * @param turnMillisMax time that a request may wait for the turn
 * @param stepsMax requests
 * @param scriptBytesMax bytes of its encoded steps
 * @param resultBytesMax bytes of the rows that one request shows, at most {@link #RESULT_BYTES_MAX}
 */
public record TransactionLimits(
    long totalMillisMax,
    long idleMillisMax,
    long turnMillisMax,
    int stepsMax,
    int scriptBytesMax,
    int resultBytesMax) {
  /** What the rows of a step take at most on every node: to exceed it is a replicated result. */
  public static final int RESULT_BYTES_MAX = 15 << 20;

  public static final TransactionLimits DEFAULT =
      new TransactionLimits(
          600_000, 300_000, 60_000, TransactionCommand.STEPS_MAX, 8 << 20, RESULT_BYTES_MAX);

  public TransactionLimits {
    if (stepsMax > TransactionCommand.STEPS_MAX) {
      throw new IllegalArgumentException(
          stepsMax + " steps; a command has at most " + TransactionCommand.STEPS_MAX);
    }
  }

  /**
   * Whether a step has failed for these limits, which other nodes may not have: then it cannot be a
   * part of the script.
   */
  boolean refuse(CommandResult result) {
    return resultBytesMax < RESULT_BYTES_MAX
        && result instanceof CommandResult.Failed failed
        && failed.sqlState().equals(StatementRefused.TOO_LARGE);
  }

  /** These limits, none of them more than the other's. */
  public TransactionLimits cappedBy(TransactionLimits max) {
    return new TransactionLimits(
        Math.min(totalMillisMax, max.totalMillisMax),
        Math.min(idleMillisMax, max.idleMillisMax),
        Math.min(turnMillisMax, max.turnMillisMax),
        Math.min(stepsMax, max.stepsMax),
        Math.min(scriptBytesMax, max.scriptBytesMax),
        Math.min(resultBytesMax, max.resultBytesMax));
  }
}
