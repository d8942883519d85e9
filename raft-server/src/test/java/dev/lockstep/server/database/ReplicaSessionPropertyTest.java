package dev.lockstep.server.database;

import static dev.lockstep.server.database.TestReplica.DATABASE;
import static dev.lockstep.server.database.TestReplica.execute;
import static dev.lockstep.server.database.TestReplica.open;
import static dev.lockstep.server.database.TestReplica.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CloseSession;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.log.StateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Sessions that are opened, used, repeated, closed, forgotten for their age and to make room: the
 * same for every replica, however its log is cut, when it restarts, and where it takes a snapshot
 * in place of the log.
 */
final class ReplicaSessionPropertyTest {
  private static final SessionLimits LIMITS = new SessionLimits(6, 2, 4_000, 300, 9_000, 100, 250);
  private static final int[] SIZES = {1, 60, 200, 400, 3_000, 5_000};
  private static final long[] STEPS = {
    0, 1, 1, 1, 61_000, 600_000, CommandApplier.SESSION_UNUSED_MILLIS_MAX / 2
  };
  private static final int COMMANDS = 150;

  /** What clients send: a random history, repetitions of old writes included. */
  private static final class Clients {
    private final Random random;
    private final List<SessionId> sessions = new ArrayList<>();
    private final List<ExecuteCommand> sent = new ArrayList<>();
    private long clockMillis = 1_000;
    private long drawn;

    Clients(Random random) {
      this.random = random;
    }

    Command next() {
      clockMillis += STEPS[random.nextInt(STEPS.length)];
      int kind = sessions.isEmpty() ? 0 : random.nextInt(10);
      if (kind == 0) {
        SessionId id = new SessionId(5, ++drawn);
        sessions.add(id);
        return new OpenSession(DATABASE, id, clockMillis);
      }
      if (kind == 1) {
        return new CloseSession(DATABASE, pick(sessions), clockMillis);
      }
      if (kind < 5 && !sent.isEmpty()) {
        ExecuteCommand old = sent.get(Math.max(0, sent.size() - 1 - random.nextInt(6)));
        return at(old.session(), old.sequence(), old);
      }
      SessionId id = pick(sessions);
      String op = id.low() + "/" + sent.size();
      ExecuteCommand write =
          execute(
              id,
              sent.size() + 1,
              List.of(
                  statement(
                      "INSERT INTO t(op, v) VALUES (?, printf('%.*c', ?, 'x')) RETURNING op, v",
                      op, (long) SIZES[random.nextInt(SIZES.length)])));
      sent.add(write);
      return at(id, write.sequence(), write);
    }

    private ExecuteCommand at(SessionId session, long sequence, ExecuteCommand write) {
      return new ExecuteCommand(
          DATABASE, session, sequence, clockMillis, write.seed(), false, write.statements());
    }

    private SessionId pick(List<SessionId> of) {
      return of.get(Math.max(0, of.size() - 1 - random.nextInt(8)));
    }
  }

  @Property(tries = 40)
  void allReplicasKeepTheSame(@ForAll long seed) throws Exception {
    Path root = Files.createTempDirectory("sessions");
    Random random = new Random(seed);
    Clients clients = new Clients(random);
    SessionId maker = new SessionId(7, 7);
    try (TestReplica one = new TestReplica(root.resolve("one"), new Disk(), LIMITS)) {
      TestReplica other = new TestReplica(root.resolve("other"), new Disk(), LIMITS);
      try {
        List<Command> commands = new ArrayList<>();
        commands.add(open(maker));
        commands.add(execute(maker, 1, "CREATE TABLE t(id INTEGER PRIMARY KEY, op TEXT, v TEXT)"));
        for (int i = 0; i < COMMANDS; i++) {
          commands.add(clients.next());
        }
        List<CommandResult> results = new ArrayList<>();
        for (int from = 0; from < commands.size(); ) {
          int to = Math.min(commands.size(), from + 1 + random.nextInt(30));
          results.addAll(one.apply(commands.subList(from, to)));
          from = to;
        }
        List<CommandResult> otherResults = new ArrayList<>();
        for (int from = 0; from < commands.size(); ) {
          int to = Math.min(commands.size(), from + 1 + random.nextInt(5));
          otherResults.addAll(other.apply(commands.subList(from, to)));
          from = to;
          if (random.nextInt(8) == 0) {
            other.reopen();
          } else if (random.nextInt(8) == 0) {
            other = installed(other, root, from);
          }
        }
        assertThat(otherResults).isEqualTo(results);
        assertThat(other.dump()).isEqualTo(one.dump());
        assertThat(other.replica.applied()).isEqualTo(one.replica.applied());
        assertThat(one.query("SELECT op FROM t GROUP BY op HAVING count(*) > 1")).isEmpty();
      } finally {
        other.close();
      }
    }
    delete(root);
  }

  /** A new replica that begins with a snapshot of this one. */
  private static TestReplica installed(TestReplica from, Path root, int number) throws Exception {
    Path snapshot = Files.createDirectories(root.resolve("snapshot" + number));
    try (StateMachine.SnapshotWriter writer = from.replica.beginSnapshot()) {
      writer.write(snapshot);
    }
    from.close();
    TestReplica next = new TestReplica(root.resolve("replica" + number), new Disk(), LIMITS);
    next.replica.loadSnapshot(snapshot, from.index, from.term);
    next.index = from.index;
    return next;
  }

  private static void delete(Path root) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(root)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
