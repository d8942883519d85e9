package dev.lockstep.server.database;

import dev.lockstep.server.command.TransactionCommand;

/**
 * What a transaction may take before its commit.
 *
 * @param totalMillisMax time from its turn to its commit while nobody else waits for a turn
 * @param contendedMillisMax the same while others wait
 * @param idleMillisMax time between two requests of the client
 * @param turnMillisMax time that it may wait for its turn
 * @param stepsMax requests
 * @param scriptBytesMax bytes of its encoded steps
 * @param resultBytesMax bytes of one step's encoded result
 */
public record TransactionLimits(
    long totalMillisMax,
    long contendedMillisMax,
    long idleMillisMax,
    long turnMillisMax,
    int stepsMax,
    int scriptBytesMax,
    int resultBytesMax) {
  public static final TransactionLimits DEFAULT =
      new TransactionLimits(
          600_000, 60_000, 300_000, 60_000, TransactionCommand.STEPS_MAX, 8 << 20, 15 << 20);
}
