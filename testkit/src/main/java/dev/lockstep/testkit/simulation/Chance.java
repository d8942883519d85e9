package dev.lockstep.testkit.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** The only source of chance in a simulation; the same seed gives the same answers. */
public final class Chance {
  private final SplittableRandom random;

  public Chance(long seed) {
    this(new SplittableRandom(seed));
  }

  private Chance(SplittableRandom random) {
    this.random = random;
  }

  /** A source of its own, so that one part's questions do not change another part's answers. */
  public Chance split() {
    return new Chance(random.split());
  }

  public boolean with(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** A number from {@code min} to {@code max}, both included. */
  public long between(long min, long max) {
    return random.nextLong(min, max + 1);
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  public <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  public long bits() {
    return random.nextLong();
  }

  /**
   * A delay: mostly short, now and then as long as {@code max} (the cube of an even distribution).
   */
  long delay(long max) {
    double even = random.nextDouble();
    return (long) (even * even * even * max);
  }
}
