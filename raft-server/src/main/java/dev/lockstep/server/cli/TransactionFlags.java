package dev.lockstep.server.cli;

import dev.lockstep.server.database.TransactionLimits;
import dev.lockstep.server.database.TransactionOptions;
import picocli.CommandLine.Option;

/** How the node runs transactions while it leads. */
final class TransactionFlags {
  private static final long KIB = 1 << 10;

  @Option(
      names = "--transaction-lend-after-millis",
      defaultValue = "50",
      paramLabel = "MS",
      description =
          "Pause of a transaction after which its turn is lent to one that waits;"
              + " 0 lends it between any two requests. Default: ${DEFAULT-VALUE}.")
  private long lendAfterMillis;

  @Option(
      names = "--transaction-turn-millis",
      defaultValue = "1000",
      paramLabel = "MS",
      description =
          "Time after which a turn is lent to one that waits, although its transaction does not"
              + " pause. Default: ${DEFAULT-VALUE}.")
  private long turnMillis;

  @Option(
      names = "--transaction-wait-millis-max",
      defaultValue = "60000",
      paramLabel = "MS",
      description = "Time that a request waits for its turn (55P03). Default: ${DEFAULT-VALUE}.")
  private long waitMillisMax;

  @Option(
      names = "--transaction-step-millis-max",
      defaultValue = "10000",
      paramLabel = "MS",
      description =
          "Time that the statements of one transaction may hold up other writes (54000)."
              + " Default: ${DEFAULT-VALUE}.")
  private long stepMillisMax;

  @Option(
      names = "--transaction-idle-millis-max",
      defaultValue = "300000",
      paramLabel = "MS",
      description =
          "Time between two requests of a transaction (25P03). Default: ${DEFAULT-VALUE}.")
  private long idleMillisMax;

  @Option(
      names = "--transaction-total-millis-max",
      defaultValue = "600000",
      paramLabel = "MS",
      description =
          "Time of a transaction from its first request to its commit (25P04)."
              + " Default: ${DEFAULT-VALUE}.")
  private long totalMillisMax;

  @Option(
      names = "--transaction-steps-max",
      defaultValue = "10000",
      paramLabel = "N",
      description = "Requests of a transaction (54000). Default: ${DEFAULT-VALUE}.")
  private int stepsMax;

  @Option(
      names = "--transaction-script-kib-max",
      defaultValue = "8192",
      paramLabel = "KIB",
      description =
          "Size of a transaction's statements with their parameters (54000)."
              + " Default: ${DEFAULT-VALUE}.")
  private int scriptKibMax;

  @Option(
      names = "--transaction-result-kib-max",
      defaultValue = "15360",
      paramLabel = "KIB",
      description =
          "Size of the rows that one request of a transaction shows (54000)."
              + " Default: ${DEFAULT-VALUE}.")
  private int resultKibMax;

  @Option(
      names = "--transactions-proposed-max",
      defaultValue = "64",
      paramLabel = "N",
      description =
          "Transactions that are proposed and not applied, before the next turn waits."
              + " Default: ${DEFAULT-VALUE}.")
  private int proposedMax;

  @Option(
      names = "--transactions-proposed-kib-max",
      defaultValue = "16384",
      paramLabel = "KIB",
      description = "Size of their statements. Default: ${DEFAULT-VALUE}.")
  private long proposedKibMax;

  /**
   * @throws IllegalArgumentException if a value is not allowed; the message names it
   */
  TransactionOptions options() {
    return new TransactionOptions(
        new TransactionLimits(
            totalMillisMax,
            idleMillisMax,
            waitMillisMax,
            stepsMax,
            Math.toIntExact(bytes("--transaction-script-kib-max", scriptKibMax)),
            Math.toIntExact(bytes("--transaction-result-kib-max", resultKibMax))),
        lendAfterMillis,
        turnMillis,
        stepMillisMax,
        proposedMax,
        bytes("--transactions-proposed-kib-max", proposedKibMax));
  }

  private static long bytes(String name, long kib) {
    if (kib < 1 || kib > Integer.MAX_VALUE / KIB) {
      throw new IllegalArgumentException(
          name + " of " + kib + "; from 1 to " + Integer.MAX_VALUE / KIB + " are allowed");
    }
    return kib * KIB;
  }
}
