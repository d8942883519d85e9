package dev.lockstep.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.database.Replica;
import dev.lockstep.testkit.ContentComparison;
import dev.lockstep.testkit.history.ListAppendChecker;
import dev.lockstep.testkit.history.ListTransaction;
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
 * Real replicas run, propose and certify transactions on a simulated log, while leaders are lost,
 * members crash and snapshots are installed; clients carry their scripts over to the next leader.
 * What they were told must be strictly serializable.
 *
 * <p>{@code -Dlockstep.transactions.seed=N} runs one seed, {@code
 * -Dlockstep.transactions.seeds=COUNT} that many, beginning with {@code
 * -Dlockstep.transactions.first=N}.
 */
final class TransactionSimulationPropertyTest {
  private static final int TRANSACTIONS = 150;
  private static final int EVENTS_MAX = 60_000;

  @TempDir Path directory;

  private int committed;
  private int rolledBack;
  private int resumed;
  private int asked;
  private int fenced;
  private int terms;

  @Test
  void everySeedIsStrictlySerializable() throws Exception {
    Long only = Long.getLong("lockstep.transactions.seed");
    long first = only != null ? only : Long.getLong("lockstep.transactions.first", 0);
    long seeds = only != null ? 1 : Long.getLong("lockstep.transactions.seeds", 60);
    for (long seed = first; seed < first + seeds; seed++) {
      run(seed);
    }
    String totals =
        "seeds %d to %d: %d transactions committed, %d rolled back, %d resumed, %d asked for, %d fenced, %d terms"
            .formatted(
                first, first + seeds - 1, committed, rolledBack, resumed, asked, fenced, terms);
    System.out.println(totals);
    if (seeds >= 60) {
      assertThat(List.of(committed, rolledBack, resumed, asked, fenced, terms))
          .as(totals)
          .allMatch(count -> count > seeds / 6);
    }
  }

  private void run(long seed) throws IOException, SQLException {
    Path place = Files.createTempDirectory(directory, "s" + seed + "-");
    Simulation simulation = new Simulation(seed);
    Conditions conditions = Conditions.drawn(simulation.chance());
    ReplicaGroup group = new ReplicaGroup(simulation, conditions, List.of("a", "b", "c"), place);
    try {
      run(group);
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "seed %d (run it alone: -Dlockstep.transactions.seed=%d):%n%s"
              .formatted(seed, seed, String.join("\n", simulation.recent())),
          failure);
    } finally {
      group.cluster.closeAll();
      group.closeAll();
    }
    delete(place);
  }

  private void run(ReplicaGroup group) throws SQLException {
    Simulation simulation = group.simulation;
    ReplicaClient definer = new ReplicaClient(group, 1);
    definer.define();
    assertThat(simulation.runUntil(definer::idle, EVENTS_MAX)).as("a session is opened").isTrue();
    definer.begin(definer.listDefinition());
    assertThat(simulation.runUntil(definer::idle, EVENTS_MAX)).as("a table is made").isTrue();
    List<TransactionClient> clients = new ArrayList<>();
    for (int i = 0; i < simulation.chance().between(2, 5); i++) {
      clients.add(new TransactionClient(group, i + 1));
    }
    Turbulence turbulence =
        new Turbulence(group.cluster, simulation.chance().between(50_000, 1_000_000));
    turbulence.start();
    clients.forEach(TransactionClient::start);
    simulation.runUntil(
        () ->
            !group.complaints.isEmpty()
                || !group.cluster.faults().isEmpty()
                || history(clients).size() >= TRANSACTIONS,
        EVENTS_MAX);
    turbulence.stop();
    clients.forEach(TransactionClient::stop);
    boolean settled = group.settle(() -> clients.stream().allMatch(TransactionClient::idle));
    assertThat(group.complaints).isEmpty();
    assertThat(group.cluster.faults()).isEmpty();
    assertThat(settled).as("settles").isTrue();
    TransactionClient last = clients.get(0);
    last.readAll();
    assertThat(simulation.runUntil(last::idle, EVENTS_MAX)).as("all lists are read").isTrue();
    check(group, clients);
  }

  private void check(ReplicaGroup group, List<TransactionClient> clients) throws SQLException {
    List<ListTransaction> history = history(clients);
    assertThat(ListAppendChecker.check(history)).isEmpty();
    group.settle(() -> true);
    Replica first = group.replicas.values().iterator().next();
    for (Replica replica : group.replicas.values()) {
      assertThat(replica.applied()).isEqualTo(first.applied());
      assertThat(ContentComparison.firstDifference(first.currentFile(), replica.currentFile()))
          .isEmpty();
    }
    for (ListTransaction transaction : history) {
      if (transaction.outcome() == ListTransaction.Outcome.COMMITTED) {
        committed++;
      } else {
        rolledBack++;
      }
    }
    for (TransactionClient client : clients) {
      resumed += client.resumed;
      asked += client.asked;
      fenced += client.fenced;
    }
    terms += group.cluster.terms();
  }

  private static List<ListTransaction> history(List<TransactionClient> clients) {
    return clients.stream().flatMap(client -> client.history.stream()).toList();
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
