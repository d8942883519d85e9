package dev.lockstep.server.node;

/**
 * How often the replicas compare themselves, and how much of the content each time. A cluster of
 * one node does not.
 *
 * @param commands entries of the log after which the leader adds a checkpoint
 * @param millis time after which it adds one although there were fewer, as long as anything has
 *     changed since the whole content was last compared
 * @param millisMin time between two checkpoints at least, however many entries there are
 * @param rows rows of the content that a checkpoint compares, about
 * @param bytes bytes of the content that a checkpoint compares, about
 */
public record CheckOptions(int commands, int millis, int millisMin, int rows, int bytes) {
  public static final int DEFAULT_COMMANDS = 10_000;
  public static final int DEFAULT_MILLIS = 10_000;
  private static final int DEFAULT_MILLIS_MIN = 1_000;
  private static final int DEFAULT_ROWS = 20_000;
  private static final int DEFAULT_BYTES = 4 << 20;

  public static final CheckOptions DEFAULT = of(DEFAULT_COMMANDS, DEFAULT_MILLIS);

  /** With these intervals: never more often than they say, nor than once a second by default. */
  public static CheckOptions of(int commands, int millis) {
    return new CheckOptions(
        commands, millis, Math.min(millis, DEFAULT_MILLIS_MIN), DEFAULT_ROWS, DEFAULT_BYTES);
  }

  public CheckOptions {
    check("commands", commands);
    check("millis", millis);
    check("millisMin", millisMin);
    check("rows", rows);
    check("bytes", bytes);
  }

  private static void check(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "checkpoints: " + name + " of " + value + ": at least 1 is needed");
    }
  }
}
