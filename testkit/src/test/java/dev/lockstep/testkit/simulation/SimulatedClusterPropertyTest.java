package dev.lockstep.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many seeds of the group alone: does it keep the port's contract, and produce what it must? */
final class SimulatedClusterPropertyTest {
  private static final int SEEDS = 200;

  private static final List<List<String>> GROUPS =
      List.of(
          List.of("a", "b"),
          List.of("a", "b", "c"),
          List.of("a", "b", "c"),
          List.of("a", "b", "c", "d", "e"));

  @TempDir Path directory;

  @Test
  void everySeedKeepsTheContractAndTogetherTheyShowEveryHistory() throws IOException {
    int applied = 0;
    int refused = 0;
    int unknown = 0;
    int unknownThenCommitted = 0;
    int truncated = 0;
    int installations = 0;
    int terms = 0;
    int reads = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      NumberedGroup group = run(seed);
      for (NumberedMachine.Number number : group.proposed.keySet()) {
        applied += number.applied;
        for (var failure : number.failures) {
          refused += failure.kind().outcomeUnknown() ? 0 : 1;
          unknown += failure.kind().outcomeUnknown() ? 1 : 0;
        }
      }
      unknownThenCommitted += group.cluster.unknownThenCommitted();
      truncated += group.cluster.truncated();
      installations += group.cluster.installations();
      terms += group.cluster.terms();
      reads += group.reads;
    }
    String summary =
        "applied %d, refused %d, unknown %d of which committed %d, truncated %d, installed %d, terms %d, reads %d"
            .formatted(
                applied,
                refused,
                unknown,
                unknownThenCommitted,
                truncated,
                installations,
                terms,
                reads);
    System.out.println(summary);
    assertThat(
            List.of(
                applied, refused, unknown, unknownThenCommitted, truncated, installations, reads))
        .as(summary)
        .allMatch(count -> count > SEEDS / 4);
  }

  @Test
  void sameSeedGivesTheSameHistoryAndAnotherSeedAnother() throws IOException {
    Set<Long> hashes = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      long hash = run(seed).simulation.traceHash();
      assertThat(run(seed).simulation.traceHash()).isEqualTo(hash);
      hashes.add(hash);
    }
    assertThat(hashes).hasSize(20);
  }

  private NumberedGroup run(long seed) throws IOException {
    Simulation simulation = new Simulation(seed);
    Conditions conditions = Conditions.drawn(simulation.chance());
    NumberedGroup group =
        new NumberedGroup(
            simulation,
            conditions,
            simulation.chance().pick(GROUPS),
            Files.createTempDirectory(directory, "s" + seed));
    Turbulence turbulence =
        new Turbulence(group.cluster, simulation.chance().between(100_000, 2_000_000));
    try {
      turbulence.start();
      group.proposeForEver(simulation.chance().between(1_000, 100_000));
      simulation.runUntil(() -> group.proposed.size() >= 200, 20_000);
      turbulence.stop();
      assertThat(group.settle()).as("settles").isTrue();
      check(group);
    } catch (AssertionError failure) {
      throw new AssertionError(
          "seed " + seed + ":\n" + String.join("\n", simulation.recent()), failure);
    }
    return group;
  }

  private static void check(NumberedGroup group) {
    assertThat(group.cluster.faults()).isEmpty();
    assertThat(group.forgotten()).isEmpty();
    List<Long> numbers = group.numbers("a");
    assertThat(numbers).doesNotHaveDuplicates();
    for (String member : group.members) {
      assertThat(group.numbers(member)).isEqualTo(numbers);
    }
    Set<Long> present = new HashSet<>(numbers);
    group.proposed.forEach(
        (number, log) -> {
          assertThat(number.applied + number.failures.size()).isLessThanOrEqualTo(1);
          if (number.applied > 0) {
            assertThat(present).contains(number.value);
          }
          for (var failure : number.failures) {
            if (!failure.kind().outcomeUnknown()) {
              assertThat(present).doesNotContain(number.value);
            }
          }
        });
  }
}
