package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.database.TestReplica.Waiter;
import dev.lockstep.server.log.CommittedEntry;
import dev.lockstep.server.log.LogFailure;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A replica that leads, one that follows, and a log between them that tests move on by hand. */
final class LeaderAndFollower implements AutoCloseable {
  final TestReplica leader;
  final TestReplica follower;
  private final List<Waiter> proposed = new ArrayList<>();
  private final Map<SessionId, Long> sequences = new HashMap<>();
  long clockMillis = 5_000;
  private long seed = 1;

  LeaderAndFollower(Path directory) {
    this(directory, TransactionOptions.DEFAULT);
  }

  LeaderAndFollower(Path directory, TransactionOptions options) {
    leader =
        new TestReplica(directory.resolve("leader"), new Disk(), SessionLimits.DEFAULT, options);
    follower =
        new TestReplica(directory.resolve("follower"), new Disk(), SessionLimits.DEFAULT, options);
    leader.replica.leadershipGained(1);
  }

  TransactionRegistry registry() {
    return leader.replica.transactions();
  }

  SessionId openSession(long id) {
    SessionId session = new SessionId(id, id);
    apply(TestReplica.open(session));
    return session;
  }

  long nextSequence(SessionId session) {
    return sequences.merge(session, 1L, Long::sum);
  }

  /** Applies a single autocommit command, behind everything that is proposed. */
  CommandResult execute(SessionId session, String... sql) {
    Waiter waiter = propose(TestReplica.execute(session, nextSequence(session), sql));
    deliverAll();
    return waiter.result();
  }

  CommandResult apply(Command command) {
    Waiter waiter = propose(command);
    deliverAll();
    return waiter.result();
  }

  Waiter propose(Command command) {
    return propose(new Waiter(command.encode()));
  }

  private Waiter propose(Waiter waiter) {
    proposed.add(waiter);
    return waiter;
  }

  int proposed() {
    return proposed.size();
  }

  void deliverAll() {
    deliver(proposed.size());
  }

  /** The leader applies the next entries in one batch, the follower each alone. */
  void deliver(int count) {
    List<CommittedEntry> batch = new ArrayList<>();
    for (Waiter waiter : take(count)) {
      batch.add(new CommittedEntry(++leader.index, leader.term, waiter.command(), waiter));
    }
    leader.replica.apply(batch.iterator());
    for (CommittedEntry entry : batch) {
      follower.index = entry.index();
      follower.replica.apply(
          List.of(new CommittedEntry(entry.index(), entry.term(), entry.command(), null))
              .iterator());
    }
  }

  /** The next proposals come to nothing. */
  void fail(int count) {
    for (Waiter waiter : take(count)) {
      waiter.failed(new LogFailure(LogFailure.Kind.BUSY, "full"));
    }
  }

  private List<Waiter> take(int count) {
    List<Waiter> taken = new ArrayList<>(proposed.subList(0, count));
    proposed.subList(0, count).clear();
    return taken;
  }

  TestTransaction begin(SessionId session) {
    return begin(session, TransactionMode.QUEUED);
  }

  TestTransaction begin(SessionId session, TransactionMode mode) {
    return begin(session, mode, List.of());
  }

  TestTransaction begin(
      SessionId session, TransactionMode mode, List<TransactionCommand.Step> script) {
    return begin(
        new TransactionStart(
            session, clockMillis, seed++, mode, TransactionLimits.DEFAULT, script));
  }

  private TestTransaction begin(TransactionStart start) {
    return new TestTransaction(start, registry().begin(start));
  }

  /** As a client goes on with a transaction at another node. */
  TestTransaction resume(TestTransaction former) {
    TransactionStart start = former.start;
    return begin(
        new TransactionStart(
            start.session(),
            start.clockMillis(),
            start.seed(),
            start.mode(),
            start.limits(),
            former.script));
  }

  long counter(String name) {
    Map<String, String> values = new LinkedHashMap<>();
    registry().describe(values);
    return Long.parseLong(values.get("transactions." + name));
  }

  /** Both replicas hold the same, in every table, and are equally far. */
  void assertEqual() throws SQLException {
    assertThat(leader.dump()).isEqualTo(follower.dump());
    assertThat(leader.replica.applied()).isEqualTo(follower.replica.applied());
  }

  @Override
  public void close() {
    leader.close();
    follower.close();
  }

  /** A client in a transaction. */
  final class TestTransaction {
    final TransactionStart start;
    final SessionId session;
    final ProvisionalTransaction provisional;
    final List<TransactionCommand.Step> script = new ArrayList<>();
    boolean turn;
    TransactionLostException lost;
    Waiter commit;

    private TestTransaction(TransactionStart start, ProvisionalTransaction provisional) {
      this.start = start;
      this.session = start.session();
      this.provisional = provisional;
    }

    /** A request begins. */
    TestTransaction request() {
      return request(null);
    }

    /** A request with this text begins. */
    TestTransaction request(String sql) {
      turn = false;
      provisional.whenTurn(
          sql,
          reason -> {
            turn = reason == null;
            lost = reason;
          });
      return this;
    }

    boolean hasTurn() {
      return turn;
    }

    /** A request that needs not wait for its turn. */
    CommandResult step(String sql, Object... parameters) throws TransactionLostException {
      request();
      return run(sql, parameters);
    }

    /** The request that has begun. */
    CommandResult run(String sql, Object... parameters) throws TransactionLostException {
      List<StatementCommand> statements = List.of(TestReplica.statement(sql, parameters));
      if (lost != null) {
        throw lost;
      }
      assertThat(turn).as("the turn has come").isTrue();
      try {
        StepResult result = provisional.step(statements);
        if (result.seen() != null) {
          script.add(new TransactionCommand.Step(statements, result.seen()));
        }
        return result.result();
      } finally {
        provisional.requestEnded();
      }
    }

    /** Commits; whether something was proposed. */
    boolean commit() throws TransactionLostException {
      request();
      if (lost != null) {
        throw lost;
      }
      assertThat(turn).as("the turn has come").isTrue();
      try {
        return provisional.commit(
            session,
            nextSequence(session),
            entry -> {
              commit =
                  new Waiter(entry) {
                    @Override
                    public void applied(long index, CommandResult result) {
                      provisional.committed();
                      super.applied(index, result);
                    }

                    @Override
                    public void failed(LogFailure failure) {
                      provisional.committed();
                      super.failed(failure);
                    }
                  };
              propose(commit);
              return true;
            });
      } finally {
        provisional.requestEnded();
      }
    }

    CommandResult committed() {
      return commit.result();
    }
  }
}
