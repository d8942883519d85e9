package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whatever the order of steps, commits, single commands and batches of the log: all replicas are
 * equal, and what was committed is what plain SQLite makes of it, one transaction after another.
 * The system property {@code lockstep.test.interleavings} says how many are tried.
 */
final class TransactionPropertyTest {
  private static final int INTERLEAVINGS = Integer.getInteger("lockstep.test.interleavings", 8);
  private static final int ACTIONS = 120;

  private static long committed;
  private static long lost;
  private static long inPlace;
  private static long certified;

  @Property(tries = 5, shrinking = ShrinkingMode.OFF)
  void committedTransactionsAreSerial(@ForAll long seed) throws IOException, SQLException {
    for (int i = 0; i < INTERLEAVINGS; i++) {
      Path directory = Files.createTempDirectory("lockstep-interleaving");
      try (Interleaving interleaving = new Interleaving(directory, seed + i)) {
        interleaving.run(ACTIONS);
        committed += interleaving.committed;
        lost += interleaving.lost;
        inPlace += interleaving.counter("committedInPlace");
        certified += interleaving.counter("certified");
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("with seed " + (seed + i), e);
      } finally {
        delete(directory);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A check that every transaction passes because none is committed would be worth nothing. */
  @AfterContainer
  static void allWaysWereTaken() {
    System.out.printf(
        "interleavings: %d transactions committed, %d in place, %d certified, %d lost%n",
        committed, inPlace, certified, lost);
    assertThat(inPlace).isPositive();
    assertThat(certified).isPositive();
    assertThat(lost).isPositive();
  }
}
