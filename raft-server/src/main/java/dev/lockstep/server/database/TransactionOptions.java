package dev.lockstep.server.database;

/**
 * How a node runs transactions before their commit.
 *
 * @param limits what a single one may take at most
 * @param lendAfterMillis how long the holder of the turn may be without a request, while others
 *     wait, before its turn is lent to the next
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
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(TransactionLimits.DEFAULT, 50, 1_000, 10_000, 64, 16L << 20);

  public TransactionOptions {
    if (lendAfterMillis < 0 || turnMillis < 1 || proposedMax < 1 || proposedBytesMax < 1) {
      throw new IllegalArgumentException(
          "not possible: "
              + lendAfterMillis
              + " ms to lend after, "
              + turnMillis
              + " ms for a turn, "
              + proposedMax
              + " proposed transactions of "
              + proposedBytesMax
              + " bytes");
    }
  }

  public TransactionOptions withLimits(TransactionLimits newLimits) {
    return new TransactionOptions(
        newLimits, lendAfterMillis, turnMillis, stepMillisMax, proposedMax, proposedBytesMax);
  }
}
