package dev.lockstep.sql;

/**
 * The generator behind {@code random()} and {@code randomblob()}. Its numbers are part of the
 * replicated contract: all nodes, of all versions, must draw the same ones.
 *
 * <p>SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): the
 * state starts at {@code mix(seed + GAMMA * (statementNumber + 1))}; each draw adds GAMMA and
 * mixes.
 */
final class CommandRandom {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  void start(long seed, int statementNumber) {
    state = mix(seed + GAMMA * (statementNumber + 1L));
  }

  long next() {
    state += GAMMA;
    return mix(state);
  }

  /** As SQLite's {@code random()}: never the least long, so that {@code abs(random())} is safe. */
  long nextForSql() {
    long drawn = next();
    return drawn < 0 ? -(drawn & Long.MAX_VALUE) : drawn;
  }

  /** Fills with draws, each in little-endian order of bytes. */
  void fill(byte[] bytes) {
    long drawn = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (i % Long.BYTES == 0) {
        drawn = next();
      }
      bytes[i] = (byte) drawn;
      drawn >>>= Byte.SIZE;
    }
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
