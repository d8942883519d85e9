package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.fake.FakeCluster;
import dev.lockstep.jdbc.fake.Reaction;
import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.OpenSession;
import dev.lockstep.protocol.ClientMessage.Outcome;
import dev.lockstep.protocol.ClientMessage.Resume;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A transaction (a read, writes, a savepoint, a statement that fails, a commit) in which every
 * message is lost in every way, once and twice, with and without somebody else changing what was
 * read. What the application is told must be what is in the database: done means all of it once,
 * 40001 none of it, and 40001 is only told where somebody has changed what was read.
 *
 * <p>{@code -Dlockstep.lost.stride=1} tries all pairs of losses; by default every 97th.
 */
final class LostMessagesIT {
  private static final int STRIDE = Integer.getInteger("lockstep.lost.stride", 97);

  private static final List<Object[]> READ = List.<Object[]>of(new Object[] {1L, "a"});
  private static final List<Object[]> CHANGED = List.<Object[]>of(new Object[] {1L, "b"});

  /** How a message is lost. */
  private enum Loss {
    BEFORE_THE_NODE(false, false),
    BEFORE_THE_CLIENT(true, false),
    BEFORE_THE_LEADER_THAT_FELL(false, true),
    BEFORE_THE_CLIENT_AND_THE_LEADER_FELL(true, true),
    /** The leader falls without a word: the next message finds one that does not lead. */
    NONE_BUT_THE_LEADER_FELL(true, true),
    /** A commit is in the log when its link is lost, and is applied later. */
    IN_THE_LOG(true, false),
    /**
     * The same, and it is applied just before the transaction is resumed; what it has read is
     * changed by others behind it.
     */
    IN_THE_LOG_AND_OVERTAKEN(true, false);

    private final boolean carriedOut;
    private final boolean leaderFalls;

    Loss(boolean carriedOut, boolean leaderFalls) {
      this.carriedOut = carriedOut;
      this.leaderFalls = leaderFalls;
    }
  }

  /** The n-th message is lost like this; then perhaps somebody changes what was read. */
  private record Fault(int message, Loss loss, boolean conflict) {}

  private FakeCluster cluster;
  private int leader;

  /** Whether the commit that is in the log is applied before the next Resume. */
  private volatile boolean overtaken;

  private final Map<String, Integer> outcomes = new TreeMap<>();

  @BeforeEach
  void start() {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void whateverIsLostOnceTheApplicationIsToldTheTruth() throws SQLException {
    int messages = run(List.of());
    int runs = 0;
    for (Fault fault : faults(1, messages)) {
      run(List.of(fault));
      runs++;
    }
    System.out.println("lost once: " + runs + " runs of " + messages + " messages, " + outcomes);
  }

  @Test
  void whateverIsLostTwiceTheApplicationIsToldTheTruth() throws SQLException {
    int messages = run(List.of());
    int runs = 0;
    int pair = 0;
    for (Fault first : faults(1, messages)) {
      // The first loss leads to at most five messages more: session, outcome, resume and again.
      for (Fault second : faults(first.message() + 1, messages + 5)) {
        if (pair++ % STRIDE == 0) {
          run(List.of(first, second));
          runs++;
        }
      }
    }
    System.out.println("lost twice: " + runs + " runs, " + outcomes);
  }

  private static List<Fault> faults(int from, int to) {
    List<Fault> faults = new ArrayList<>();
    for (int message = from; message <= to; message++) {
      for (Loss loss : Loss.values()) {
        faults.add(new Fault(message, loss, false));
        faults.add(new Fault(message, loss, true));
      }
    }
    return faults;
  }

  /** Runs the transaction; how many messages it took. */
  private int run(List<Fault> faults) throws SQLException {
    cluster.lay("SELECT 1", READ);
    overtaken = false;
    int before = cluster.applied().size();
    int[] messages = {0};
    boolean[] conflict = {false};
    cluster.intercept(
        message -> {
          if (!isCounted(message)) {
            return null;
          }
          messages[0]++;
          if (overtaken && message instanceof Resume) {
            overtaken = false;
            cluster.applyProposed();
            cluster.lay("SELECT 1", CHANGED);
            conflict[0] = true;
          }
          for (Fault fault : faults) {
            if (fault.message() == messages[0]) {
              return lose(fault, message, conflict);
            }
          }
          return null;
        });
    String told;
    try (Connection connection = DriverManager.getConnection(cluster.url(""))) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        try (ResultSet rows = statement.executeQuery("SELECT 1")) {
          assertThat(rows.next()).isTrue();
        }
        assertThat(statement.executeUpdate("INSERT 1")).isEqualTo(1);
        fails(statement);
        connection.setSavepoint("s");
        assertThat(statement.executeUpdate("INSERT 2")).isEqualTo(1);
        connection.commit();
        told = "done";
      } catch (SQLException e) {
        told = e.getSQLState();
      }
      cluster.intercept(message -> null);
      // A commit that was in the log comes now, whatever the application was told.
      cluster.applyProposed();
      assertThat(connection.isClosed()).as("%s", faults).isFalse();
    }
    List<String> applied = cluster.applied().subList(before, cluster.applied().size());
    if (told.equals("done")) {
      assertThat(applied)
          .as("%s", faults)
          .containsExactly("INSERT 1", "SAVEPOINT \"s\"", "INSERT 2");
    } else {
      assertThat(told).as("%s", faults).isEqualTo("40001");
      assertThat(applied).as("%s", faults).isEmpty();
      assertThat(conflict[0]).as("a conflict in %s", faults).isTrue();
    }
    outcomes.merge(told, 1, Integer::sum);
    return messages[0];
  }

  private static void fails(Statement statement) throws SQLException {
    try {
      statement.executeUpdate("BAD");
    } catch (SQLException e) {
      if (!"23505".equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private static boolean isCounted(ClientMessage message) {
    return message instanceof Execute
        || message instanceof OpenSession
        || message instanceof Resume
        || message instanceof Outcome
        || message instanceof Commit;
  }

  private Reaction lose(Fault fault, ClientMessage message, boolean[] conflict) {
    Loss loss = fault.loss();
    boolean inTheLog = loss == Loss.IN_THE_LOG || loss == Loss.IN_THE_LOG_AND_OVERTAKEN;
    if (inTheLog && message instanceof Commit) {
      return cluster.proposeAndCut(
          () -> {
            overtaken = loss == Loss.IN_THE_LOG_AND_OVERTAKEN;
            after(fault, conflict);
          });
    }
    return (client, requestId, normal) -> {
      var answer = loss.carriedOut ? normal.carryOut() : null;
      if (loss.leaderFalls) {
        leader = (leader + 1) % 3;
        cluster.elect(leader);
      }
      after(fault, conflict);
      if (loss == Loss.NONE_BUT_THE_LEADER_FELL) {
        return answer;
      }
      client.cut();
      return null;
    };
  }

  private void after(Fault fault, boolean[] conflict) {
    if (fault.conflict()) {
      cluster.lay("SELECT 1", CHANGED);
      conflict[0] = true;
    }
  }
}
