package dev.lockstep.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real replicas and clients that retry, on a simulated log: exactly once, alike everywhere, in real
 * time's order, whatever happens to leaders, members and their files.
 *
 * <p>{@code -Dlockstep.simulation.seed=N} runs one seed, {@code -Dlockstep.simulation.print=true}
 * shows what happens in it; {@code -Dlockstep.simulation.seeds=COUNT} runs that many, beginning
 * with {@code -Dlockstep.simulation.first=N}.
 */
final class ReplicaSimulationPropertyTest {
  private static final int OPERATIONS = 120;
  private static final int EVENTS_MAX = 30_000;

  private static final List<List<String>> GROUPS =
      List.of(List.of("a", "b", "c"), List.of("a", "b", "c"), List.of("a", "b", "c", "d", "e"));

  @TempDir Path directory;

  private final Totals totals = new Totals();

  /** What all seeds together have shown. */
  private static final class Totals {
    int operations;
    int retries;
    int repeatsAnswered;
    int abandonedThenApplied;
    int unknownThenCommitted;
    int installations;
    int powerFailures;
    int terms;

    List<Integer> all() {
      return List.of(
          operations,
          retries,
          repeatsAnswered,
          abandonedThenApplied,
          unknownThenCommitted,
          installations,
          powerFailures,
          terms);
    }

    @Override
    public String toString() {
      return ("operations %d, retries %d, repeats answered alike %d, given up but applied %d,"
              + " unknown but committed %d, snapshots installed %d, power failures %d, terms %d")
          .formatted(all().toArray());
    }
  }

  @Test
  void everySeedAppliesEachWriteOnceAndAlikeOnAllReplicas() throws Exception {
    Long only = Long.getLong("lockstep.simulation.seed");
    long first = only != null ? only : Long.getLong("lockstep.simulation.first", 0);
    long seeds = only != null ? 1 : Long.getLong("lockstep.simulation.seeds", 100);
    for (long seed = first; seed < first + seeds; seed++) {
      run(seed);
    }
    System.out.printf("seeds %d to %d: %s%n", first, first + seeds - 1, totals);
    if (seeds >= 100) {
      assertThat(totals.all()).as("%s", totals).allMatch(count -> count > seeds / 4);
    }
  }

  @Test
  void sameSeedGivesTheSameHistory() throws Exception {
    for (long seed = 1_000; seed < 1_003; seed++) {
      long hash = run(seed);
      assertThat(run(seed)).isEqualTo(hash);
    }
  }

  private long run(long seed) throws IOException, SQLException {
    Path place = Files.createTempDirectory(directory, "s" + seed + "-");
    Simulation simulation = new Simulation(seed);
    Conditions conditions = Conditions.drawn(simulation.chance());
    ReplicaGroup group =
        new ReplicaGroup(simulation, conditions, simulation.chance().pick(GROUPS), place);
    try {
      run(group);
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "seed %d (run it alone: -Dlockstep.simulation.seed=%d):%n%s"
              .formatted(seed, seed, String.join("\n", simulation.recent())),
          failure);
    } finally {
      group.cluster.closeAll();
      group.closeAll();
    }
    delete(place);
    return simulation.traceHash();
  }

  private void run(ReplicaGroup group) throws SQLException {
    Simulation simulation = group.simulation;
    List<ReplicaClient> clients = new ArrayList<>();
    for (int i = 0; i < simulation.chance().between(2, 6); i++) {
      clients.add(new ReplicaClient(group, i + 1));
    }
    ReplicaClient definer = clients.get(0);
    definer.define();
    assertThat(simulation.runUntil(definer::idle, EVENTS_MAX)).as("a session is opened").isTrue();
    definer.begin(definer.definition());
    assertThat(simulation.runUntil(definer::idle, EVENTS_MAX)).as("tables are made").isTrue();
    Turbulence turbulence =
        new Turbulence(group.cluster, simulation.chance().between(50_000, 1_000_000));
    turbulence.start();
    clients.forEach(ReplicaClient::start);
    simulation.runUntil(
        () ->
            !group.complaints.isEmpty()
                || !group.cluster.faults().isEmpty()
                || operations(clients).size() >= OPERATIONS,
        EVENTS_MAX);
    turbulence.stop();
    clients.forEach(ReplicaClient::stop);
    boolean settled = group.settle(() -> clients.stream().allMatch(ReplicaClient::idle));
    assertThat(group.complaints).isEmpty();
    assertThat(group.cluster.faults()).isEmpty();
    assertThat(settled).as("settles").isTrue();
    new ReplicaGroupCheck(group, operations(clients)).run();
    count(group, clients);
  }

  private static List<ClientOperation> operations(List<ReplicaClient> clients) {
    return clients.stream().flatMap(client -> client.operations.stream()).toList();
  }

  private void count(ReplicaGroup group, List<ReplicaClient> clients) {
    for (ClientOperation operation : operations(clients)) {
      totals.operations++;
      totals.retries += operation.attempts - 1;
      totals.abandonedThenApplied += operation.abandoned && operation.tookEffect() ? 1 : 0;
    }
    clients.forEach(client -> totals.repeatsAnswered += client.repeatsAnswered);
    totals.unknownThenCommitted += group.cluster.unknownThenCommitted();
    totals.installations += group.cluster.installations();
    totals.powerFailures += group.powerFailures;
    totals.terms += group.cluster.terms();
  }

  private static void delete(Path place) throws IOException {
    List<Path> paths;
    try (var walk = Files.walk(place)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
