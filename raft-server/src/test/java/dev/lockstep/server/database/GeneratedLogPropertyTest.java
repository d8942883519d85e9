package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Random schemas, statements and logs: several replicas apply the same log under different
 * circumstances and must be alike in results, digests and content. See docs/TESTING.md.
 */
final class GeneratedLogPropertyTest {
  private static final int THREADS = 2;

  private final GeneratorCounts counts = new GeneratorCounts();
  private final List<AssertionError> failures = new ArrayList<>();

  @Test
  void replicasAreAlikeWhateverHappensToThem() throws Exception {
    Long only = Long.getLong("lockstep.generator.seed");
    long first = only != null ? only : Long.getLong("lockstep.generator.first", 0);
    long cases = only != null ? 1 : Long.getLong("lockstep.generator.cases", 2_000);
    int failuresMax = Integer.getInteger("lockstep.generator.failures", 1);
    Path memory = Path.of("/dev/shm");
    Path place =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "lockstep-generator")
            : Files.createTempDirectory("lockstep-generator");
    AtomicLong next = new AtomicLong(first);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(
            threads.submit(
                () -> {
                  long seed;
                  while ((seed = next.getAndIncrement()) < first + cases
                      && failureCount() < failuresMax) {
                    run(seed, place.resolve(Long.toString(seed)));
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      threads.shutdownNow();
      GeneratedFollower.delete(place);
    }
    System.out.printf("seeds %d to %d: %s%n", first, next.get() - 1, counts);
    if (Boolean.getBoolean("lockstep.generator.print")) {
      System.out.println(counts.refusals());
    }
    for (AssertionError failure : failures) {
      System.out.println(failure.getMessage());
    }
    assertThat(failures).isEmpty();
  }

  private synchronized int failureCount() {
    return failures.size();
  }

  private synchronized void failed(AssertionError failure) {
    failures.add(failure);
  }

  private void run(long seed, Path place) throws IOException, SQLException {
    Files.createDirectory(place);
    GeneratedDice dice = new GeneratedDice(seed);
    int entries = dice.between(8, dice.percent(3) ? 150 : 32);
    GeneratedLog log;
    try {
      log = LogGenerator.generate(place, dice.split(), entries, counts);
    } catch (RuntimeException | AssertionError e) {
      failed(new AssertionError("seed " + seed + ": the leader failed", e));
      e.printStackTrace(System.out);
      return;
    }
    try {
      for (int i = 0; i < 2; i++) {
        counts.add("replicas");
        GeneratedFollower.run(
            log, Files.createDirectory(place.resolve("f" + i)), dice.split(), i > 0, counts);
      }
    } catch (RuntimeException | AssertionError e) {
      List<byte[]> shrunk = LogShrinker.shrink(log.commands(), seed, place);
      failed(
          new AssertionError(
              "seed %d (run it alone: -Dlockstep.generator.seed=%d): %s%n%s"
                  .formatted(seed, seed, e, GeneratedLog.print(shrunk)),
              e));
    } finally {
      GeneratedFollower.delete(place);
    }
  }
}
