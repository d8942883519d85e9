package dev.lockstep.server.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** Leaves out of a log what is not needed to make replicas differ. */
final class LogShrinker {
  private static final int RUNS_MAX = 300;
  private static final int SEEDS = 6;

  private final long seed;
  private final Path place;
  private int runs;

  private LogShrinker(long seed, Path place) {
    this.seed = seed;
    this.place = place;
  }

  /** The shortest log found that still makes a difference; the given one if none does. */
  static List<byte[]> shrink(List<byte[]> commands, long seed, Path place) throws IOException {
    LogShrinker shrinker = new LogShrinker(seed, Files.createDirectory(place.resolve("shrink")));
    List<byte[]> shortest = commands;
    if (!shrinker.differs(shortest)) {
      return commands;
    }
    for (int size = Math.max(1, shortest.size() / 2); size > 0; size /= 2) {
      int from = 0;
      while (from < shortest.size() && shrinker.runs < RUNS_MAX) {
        int to = Math.min(shortest.size(), from + size);
        List<byte[]> shorter = GeneratedLog.without(shortest, from, to);
        if (shrinker.differs(shorter)) {
          shortest = shorter;
        } else {
          from = to;
        }
      }
    }
    return shortest;
  }

  private boolean differs(List<byte[]> commands) throws IOException {
    runs++;
    for (int i = 0; i < SEEDS; i++) {
      Path run = Files.createDirectory(place.resolve(runs + "-" + i));
      GeneratedDice dice = new GeneratedDice(seed * SEEDS + i);
      try {
        GeneratedLog log = GeneratedLeader.run(run, commands, dice.split());
        GeneratedFollower.run(log, run, dice, i > 1, new GeneratorCounts());
      } catch (RuntimeException | AssertionError | SQLException e) {
        return true;
      } finally {
        GeneratedFollower.delete(run);
      }
    }
    return false;
  }
}
