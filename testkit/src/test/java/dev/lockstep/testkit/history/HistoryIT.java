package dev.lockstep.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.testkit.LocalCluster;
import dev.lockstep.testkit.ProcessCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients see of a cluster while its leaders are killed, paused and cut off: is it strictly
 * serializable, does anything but 40001 reach them? {@code -Dlockstep.history.rounds=N} makes it
 * longer.
 */
final class HistoryIT {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryIT.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = Integer.getInteger("lockstep.history.rounds", 1);
  private static final int OPERATIONS_BETWEEN = 200;
  private static final int THREADS_EACH = 3;

  @TempDir Path directory;
  private final Clients clients = new Clients();
  private final long seed = System.nanoTime();

  @AfterEach
  void end() {
    clients.close();
  }

  /** What happens to the cluster in one round. */
  private interface Round {
    void run() throws Exception;
  }

  @Test
  void killedAndPartitionedLeadersDoNotShow() throws Exception {
    try (LocalCluster cluster = LocalCluster.start(directory, 3)) {
      cluster.awaitLeader(PATIENCE);
      check(
          cluster.jdbcUrl(),
          () -> {
            String killed = cluster.awaitLeader(PATIENCE);
            cluster.kill(killed);
            awaitProgress();
            cluster.start(killed);
            awaitProgress();
            String cutOff = cluster.awaitLeader(PATIENCE);
            cluster.partition(cutOff);
            awaitProgress();
            cluster.heal(cutOff);
            awaitProgress();
            cluster.stop(cluster.awaitLeader(PATIENCE));
            awaitProgress();
            List<String> running = cluster.running();
            for (String id : List.of("n1", "n2", "n3")) {
              if (!running.contains(id)) {
                cluster.start(id);
              }
            }
            awaitProgress();
          });
    }
  }

  @Test
  void pausedAndKilledProcessesDoNotShow() throws Exception {
    try (ProcessCluster cluster =
        ProcessCluster.start(directory, 3, "--snapshot-entries", "1000")) {
      cluster.awaitLeader(PATIENCE);
      check(
          cluster.jdbcUrl(),
          () -> {
            String paused = cluster.awaitLeader(PATIENCE);
            cluster.pause(paused);
            try {
              awaitProgress();
            } finally {
              cluster.resume(paused);
            }
            awaitProgress();
            String killed = cluster.awaitLeader(PATIENCE);
            cluster.kill(killed);
            awaitProgress();
            cluster.start(killed);
            awaitProgress();
          });
    }
  }

  private void check(String url, Round round) throws Exception {
    LOG.info("seed {}", seed);
    ListClient.Lists lists = new ListClient.Lists(url, 6, clients);
    BankClient.Bank bank = new BankClient.Bank(url, 10, clients);
    RegisterClient.Registers registers = new RegisterClient.Registers(url, 10, clients);
    lists.createTables();
    bank.open();
    registers.create();
    Random random = new Random(seed);
    for (int i = 0; i < THREADS_EACH; i++) {
      long own = random.nextLong();
      clients.start(() -> new ListClient(lists, new Random(own), ""));
      clients.start(() -> new BankClient(bank, new Random(own), ""));
      clients.start(() -> new RegisterClient(registers, new Random(own), "targetServerType=any"));
    }
    awaitProgress();

    for (int i = 0; i < ROUNDS; i++) {
      round.run();
    }

    clients.finish();
    List<ListTransaction> history = lists.finish();
    LOG.info("{}; {} transactions of lists", clients, history.size());
    assertThat(ListAppendChecker.check(history)).isEmpty();
    assertThat(bank.wrongTotals()).isEmpty();
    assertThat(registers.wrong()).as("registers that were not linearizable").isEmpty();
    clients.assertNothingUnexpected();
  }

  private void awaitProgress() {
    long goal = clients.done() + OPERATIONS_BETWEEN;
    await().atMost(PATIENCE).until(() -> clients.done() > goal);
  }
}
