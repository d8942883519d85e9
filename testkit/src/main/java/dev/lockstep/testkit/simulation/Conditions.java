package dev.lockstep.testkit.simulation;

/**
 * How rough it is in a simulated group. Times are the longest of random delays, in virtual
 * microseconds; chances lie between 0 and 1.
 *
 * @param networkMicros until a message is handled by its receiver
 * @param diskMicros until appended entries are forced to the disk
 * @param applyMicros until the next batch is handed to the state machine
 * @param electionTimeoutMicros silence of the leader that others take for its death
 * @param messageLoss chance that a message, or its answer, is lost
 * @param busy chance that a proposal is refused though the queue is not full
 * @param synchronousRefusal chance that a refusal is reported inside the call of {@code propose}
 * @param proposalsMax proposals that may wait on a member
 * @param batchMax entries of a batch
 * @param replicatedMax entries sent in one message
 * @param snapshotEntries entries after which a member takes a snapshot; 0 for never
 */
public record Conditions(
    long networkMicros,
    long diskMicros,
    long applyMicros,
    long electionTimeoutMicros,
    double messageLoss,
    double busy,
    double synchronousRefusal,
    int proposalsMax,
    int batchMax,
    int replicatedMax,
    int snapshotEntries) {

  /** Everything works, quickly. */
  public static Conditions calm() {
    return new Conditions(2_000, 1_000, 1_000, 150_000, 0, 0, 0, 1_000, 64, 64, 0);
  }

  /** Each seed another character: some lose messages, some have slow disks or tiny batches. */
  public static Conditions drawn(Chance chance) {
    return new Conditions(
        chance.between(500, 40_000),
        chance.between(100, chance.with(0.2) ? 2_000_000 : 30_000),
        chance.between(100, chance.with(0.3) ? 200_000 : 10_000),
        chance.between(80_000, 300_000),
        chance.with(0.5) ? chance.between(1, 25) / 100.0 : 0,
        chance.with(0.3) ? chance.between(1, 10) / 100.0 : 0,
        chance.between(0, 100) / 100.0,
        chance.with(0.3) ? (int) chance.between(1, 5) : 1_000,
        (int) chance.between(1, chance.with(0.5) ? 4 : 64),
        (int) chance.between(1, chance.with(0.5) ? 3 : 64),
        chance.with(0.7) ? (int) chance.between(5, 60) : 0);
  }
}
