package dev.lockstep.server.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Executed;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.database.LeaderAndFollower.TestTransaction;
import dev.lockstep.server.database.TestReplica.Waiter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Clients with transactions and single commands, in an order drawn from a seed, on a leader and a
 * follower; and the judge, a plain SQLite that runs what was committed one after another.
 */
final class Interleaving implements AutoCloseable {
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE kv(k INTEGER PRIMARY KEY, v INTEGER CHECK (v < 100))",
          "CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, note)",
          "INSERT INTO kv VALUES (1, 10), (2, 20), (3, 30)");
  private static final int CLIENTS = 4;

  private final Random random;
  private final LeaderAndFollower cluster;
  private final List<Client> clients = new ArrayList<>();

  /** What was proposed, in the order of the log. */
  private final List<Work> log = new ArrayList<>();

  int committed;
  int lost;

  /** Statements that took effect together if they did, and what their client saw of them. */
  private static final class Work {
    private final List<String> statements = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private Waiter end;
    private boolean transaction;
  }

  private static final class Client {
    private final SessionId session;
    private TestTransaction transaction;
    private Work work;

    private Client(SessionId session) {
      this.session = session;
    }
  }

  Interleaving(Path directory, long seed) {
    random = new Random(seed);
    cluster = new LeaderAndFollower(directory);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(cluster.openSession(i + 1)));
    }
    for (String sql : SCHEMA) {
      cluster.execute(clients.get(0).session, sql);
    }
  }

  long counter(String name) {
    return cluster.counter(name);
  }

  void run(int actions) throws SQLException {
    for (int i = 0; i < actions; i++) {
      act();
    }
    cluster.deliverAll();
    cluster.assertEqual();
    judge();
  }

  private void act() {
    Client client = clients.get(random.nextInt(CLIENTS));
    int action = random.nextInt(100);
    if (action < 62) {
      step(client);
    } else if (action < 78) {
      commit(client);
    } else if (action < 82) {
      rollback(client);
    } else if (action < 88) {
      single(client);
    } else if (action < 98) {
      cluster.deliver(random.nextInt(cluster.proposed() + 1));
    } else if (action == 98) {
      cluster.fail(Math.min(1, cluster.proposed()));
    } else {
      cluster.leader.replica.leadershipLost(null);
      cluster.leader.replica.leadershipGained(1);
    }
  }

  private void step(Client client) {
    if (client.transaction == null) {
      boolean queued = random.nextInt(3) > 0;
      client.transaction =
          cluster.begin(
              client.session, queued ? TransactionMode.QUEUED : TransactionMode.OPTIMISTIC);
      client.work = new Work();
      client.work.transaction = true;
    }
    try {
      if (!request(client)) {
        return;
      }
      String sql = statement(true);
      String seen = text(client.transaction.run(sql));
      client.work.statements.add(sql);
      client.work.seen.add(seen);
    } catch (TransactionLostException e) {
      over(client);
    }
  }

  private boolean request(Client client) throws TransactionLostException {
    client.transaction.request();
    if (client.transaction.lost == null && !client.transaction.hasTurn()) {
      cluster.leader.nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(6));
      cluster.registry().lend();
    }
    if (client.transaction.lost == null && !client.transaction.hasTurn()) {
      client.transaction.provisional.requestEnded();
      return false;
    }
    return true;
  }

  private void over(Client client) {
    lost++;
    client.transaction = null;
  }

  private void commit(Client client) {
    if (client.transaction == null || client.work.statements.isEmpty()) {
      return;
    }
    try {
      if (!request(client)) {
        return;
      }
      if (client.transaction.commit()) {
        client.work.end = client.transaction.commit;
        log.add(client.work);
      } else {
        // Certified on what is applied: its place is before everything that is not.
        log.add(log.size() - cluster.proposed(), client.work);
      }
      client.transaction = null;
    } catch (TransactionLostException e) {
      over(client);
    }
  }

  private void rollback(Client client) {
    if (client.transaction != null) {
      client.transaction.provisional.rollback();
      client.transaction = null;
    }
  }

  private void single(Client client) {
    if (client.transaction != null) {
      return;
    }
    Work work = new Work();
    work.statements.add(statement(false));
    work.end =
        cluster.propose(
            TestReplica.execute(
                client.session, cluster.nextSequence(client.session), work.statements.get(0)));
    log.add(work);
  }

  private String statement(boolean inTransaction) {
    int k = 1 + random.nextInt(4);
    return switch (random.nextInt(inTransaction ? 14 : 6)) {
      case 0, 1 -> "UPDATE kv SET v = v + " + random.nextInt(5) + " WHERE k = " + k;
      case 2 -> "INSERT INTO kv VALUES (" + k + ", " + random.nextInt(60) + ")";
      case 3 -> "DELETE FROM kv WHERE k = " + k;
      case 4 -> "INSERT INTO log(note) SELECT sum(v) FROM kv RETURNING id, note";
      case 5 -> "UPDATE kv SET v = v + 30";
      case 6, 7 -> "SELECT v FROM kv WHERE k = " + k;
      case 8 -> "SELECT count(*), sum(v) FROM kv";
      case 9 -> "SELECT max(id), count(*) FROM log";
      case 10 -> "SAVEPOINT a";
      case 11 -> "ROLLBACK TO a";
      case 12 -> "RELEASE a";
      default -> "UPDATE kv SET v = (SELECT v FROM kv WHERE k = 1) WHERE k = " + k;
    };
  }

  private static String text(CommandResult result) {
    if (result instanceof Failed failed) {
      return "error " + failed.vendorCode();
    }
    StatementResult only = ((Executed) result).results().get(0);
    StringBuilder text = new StringBuilder();
    for (long count : only.updateCounts()) {
      text.append(count).append(' ');
    }
    if (only.rows() != null) {
      int width = only.rows().columns().size();
      RowReader rows = new RowReader(only.rows().batch(), width);
      while (rows.next()) {
        for (int i = 0; i < width; i++) {
          text.append(rows.value(i)).append('|');
        }
      }
    }
    return text.toString();
  }

  /** Runs what was committed, one after another, and compares what is seen with what was seen. */
  private void judge() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = connection.createStatement()) {
      for (String sql : SCHEMA) {
        statement.execute(sql);
      }
      for (Work work : log) {
        if (work.end != null && work.end.results.isEmpty()) {
          continue;
        }
        CommandResult result = work.end == null ? Done.INSTANCE : work.end.result();
        if (!work.transaction) {
          assertThat(plain(statement, work.statements.get(0))).isEqualTo(text(result));
        } else if (result instanceof Done) {
          committed++;
          judge(statement, work);
        } else {
          lost++;
        }
      }
      for (String table : List.of("kv", "log")) {
        String all = "SELECT * FROM " + table + " ORDER BY 1";
        assertThat(plain(cluster.leader, all)).isEqualTo(plain(statement, all));
      }
    }
  }

  private static void judge(Statement statement, Work work) throws SQLException {
    statement.execute("BEGIN");
    for (int i = 0; i < work.statements.size(); i++) {
      assertThat(plain(statement, work.statements.get(i)))
          .as("step %d of %s", i, work.statements)
          .isEqualTo(work.seen.get(i));
    }
    statement.execute("COMMIT");
  }

  private static String plain(TestReplica replica, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + replica.replica.currentFile());
        Statement statement = connection.createStatement()) {
      return plain(statement, sql);
    }
  }

  private static String plain(Statement statement, String sql) throws SQLException {
    boolean change =
        sql.startsWith("UPDATE") || sql.startsWith("INSERT") || sql.startsWith("DELETE");
    StringBuilder rows = new StringBuilder();
    try {
      if (statement.execute(sql)) {
        try (ResultSet result = statement.getResultSet()) {
          int width = result.getMetaData().getColumnCount();
          while (result.next()) {
            for (int i = 1; i <= width; i++) {
              rows.append(result.getObject(i)).append('|');
            }
          }
        }
      }
    } catch (SQLException e) {
      return "error " + (e.getErrorCode() & 0xFF);
    }
    if (!change) {
      return sql.startsWith("SELECT") ? rows.toString() : "0 ";
    }
    try (ResultSet count =
        statement.getConnection().createStatement().executeQuery("SELECT changes()")) {
      count.next();
      return count.getLong(1) + " " + rows;
    }
  }

  @Override
  public void close() {
    cluster.close();
  }
}
