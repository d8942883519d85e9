package dev.lockstep.server.database;

import java.util.List;
import java.util.SplittableRandom;

/** Chance for the generated logs: all of a case follows from its seed. */
final class GeneratedDice {
  private final SplittableRandom random;

  GeneratedDice(long seed) {
    this.random = new SplittableRandom(seed);
  }

  private GeneratedDice(SplittableRandom random) {
    this.random = random;
  }

  /** Another source, so that what is drawn from it does not move what is drawn from this one. */
  GeneratedDice split() {
    return new GeneratedDice(random.split());
  }

  /** From 0 to {@code bound - 1}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int min, int max) {
    return min + random.nextInt(max - min + 1);
  }

  long anyLong() {
    return random.nextLong();
  }

  boolean percent(int chance) {
    return random.nextInt(100) < chance;
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
