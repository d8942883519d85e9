package dev.lockstep.server.database;

/**
 * How a node runs transactions before their commit, while it leads. The nodes of a cluster may
 * differ in it: nothing that the log decides depends on it.
 *
 * @param limits what a single one may take at most
 * @param lendAfterMillis how long the holder of the turn may be without a request, while others
 *     wait, before its turn is lent to the next; 0 lends it between any two requests
 * @param turnMillis how long a holder may keep its turn, while others wait, before it is lent
 *     between two requests
 * @param stepMillisMax how long all of a transaction's steps together may keep commands from being
 *     applied, beyond the short times after which they are interrupted
 * @param proposedMax transactions that are proposed and not applied, before the next turn waits
 * @param proposedBytesMax bytes of their scripts
 */
public record TransactionOptions(
    TransactionLimits limits,
    long lendAfterMillis,
    long turnMillis,
    long stepMillisMax,
    int proposedMax,
    long proposedBytesMax) {
  /** Times beyond a day are mistakes, and would overflow in nanoseconds some day. */
  public static final long MILLIS_MAX = 86_400_000;

  /** Bytes of a script at most: with what the driver adds to it, it must fit one message. */
  public static final int SCRIPT_BYTES_MAX = 12 << 20;

  public static final int PROPOSED_MAX = 10_000;
  public static final long PROPOSED_BYTES_MAX = 1L << 30;

  public static final TransactionOptions DEFAULT =
      new TransactionOptions(TransactionLimits.DEFAULT, 50, 1_000, 10_000, 64, 16L << 20);

  public TransactionOptions {
    check("totalMillisMax", limits.totalMillisMax(), 1, MILLIS_MAX);
    check("idleMillisMax", limits.idleMillisMax(), 1, MILLIS_MAX);
    check("turnMillisMax", limits.turnMillisMax(), 1, MILLIS_MAX);
    check("stepsMax", limits.stepsMax(), 1, TransactionLimits.DEFAULT.stepsMax());
    check("scriptBytesMax", limits.scriptBytesMax(), 1, SCRIPT_BYTES_MAX);
    check("resultBytesMax", limits.resultBytesMax(), 1, TransactionLimits.RESULT_BYTES_MAX);
    check("lendAfterMillis", lendAfterMillis, 0, MILLIS_MAX);
    check("turnMillis", turnMillis, 1, MILLIS_MAX);
    check("stepMillisMax", stepMillisMax, 1, MILLIS_MAX);
    check("proposedMax", proposedMax, 1, PROPOSED_MAX);
    check("proposedBytesMax", proposedBytesMax, 1, PROPOSED_BYTES_MAX);
  }

  public TransactionOptions withLimits(TransactionLimits newLimits) {
    return new TransactionOptions(
        newLimits, lendAfterMillis, turnMillis, stepMillisMax, proposedMax, proposedBytesMax);
  }

  private static void check(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "transactions: "
              + name
              + " of "
              + value
              + "; from "
              + min
              + " to "
              + max
              + " are allowed");
    }
  }
}
