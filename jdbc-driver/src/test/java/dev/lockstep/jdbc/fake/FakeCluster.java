package dev.lockstep.jdbc.fake;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ClientMessage.Cancel;
import dev.lockstep.protocol.ClientMessage.CloseCursor;
import dev.lockstep.protocol.ClientMessage.CloseSession;
import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Describe;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Fetch;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.ClientMessage.OpenSession;
import dev.lockstep.protocol.ClientMessage.Rollback;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Described;
import dev.lockstep.protocol.ServerMessage.Done;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.Rows;
import dev.lockstep.protocol.ServerMessage.TopologyChanged;
import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.StatementResult.RowSet;
import dev.lockstep.protocol.Topology;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Nodes that share one state: what was written, the sessions with their last results, and the
 * results of queries that the test has laid down. A statement that begins with SELECT is a query,
 * any other a write of one row. Safe for use by several threads.
 */
public final class FakeCluster implements AutoCloseable {
  private final List<FakeNode> nodes;
  private final Map<SessionId, Session> sessions = new HashMap<>();
  private final Map<String, List<Object[]>> results = new HashMap<>();
  private final Map<String, Integer> openTransactions = new HashMap<>();
  private final Map<String, List<String>> transactionSteps = new HashMap<>();
  private final Map<Long, Deque<Object[]>> cursors = new HashMap<>();
  private final List<String> applied = new ArrayList<>();
  private final List<ClientMessage> received = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();
  private FakeNode leader;
  private long term = 1;
  private long lastCursor;
  private long rowid;

  private static final class Session {
    private long lastSequence;
    private ServerMessage lastAnswer;
  }

  private record Rule(Class<? extends ClientMessage> type, Reaction reaction) {}

  public FakeCluster(int size) {
    nodes = IntStream.rangeClosed(1, size).mapToObj(i -> new FakeNode(this, "n" + i)).toList();
    leader = nodes.get(0);
  }

  public FakeNode node(int index) {
    return nodes.get(index);
  }

  /** A URL with all nodes. */
  public String url(String properties) {
    return "jdbc:lockstep://"
        + nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","))
        + "/shop"
        + properties;
  }

  // ---- the test's side

  /** The next request of this kind gets this reaction. */
  public synchronized void next(Class<? extends ClientMessage> type, Reaction reaction) {
    rules.add(new Rule(type, reaction));
  }

  /** What a query returns: columns {@code id} and {@code name}. */
  public synchronized void lay(String query, List<Object[]> rows) {
    results.put(query, rows);
  }

  /** Another node leads, in a new term; all connected clients are told. */
  public void elect(int index) {
    synchronized (this) {
      leader = nodes.get(index);
      term++;
      openTransactions.clear();
      transactionSteps.clear();
    }
    nodes.forEach(node -> node.push(new TopologyChanged(topology())));
  }

  /** Nobody leads any more. */
  public synchronized void loseLeader() {
    leader = null;
    term++;
    openTransactions.clear();
    transactionSteps.clear();
  }

  public synchronized void forgetSessions() {
    sessions.clear();
  }

  /** The statements that took effect, in their order. */
  public synchronized List<String> applied() {
    return List.copyOf(applied);
  }

  /** All requests of a kind, in their order. */
  public synchronized <T extends ClientMessage> List<T> received(Class<T> type) {
    return received.stream().filter(type::isInstance).map(type::cast).toList();
  }

  public synchronized int openSessions() {
    return sessions.size();
  }

  public synchronized int openCursors() {
    return cursors.size();
  }

  public synchronized Topology topology() {
    return new Topology(
        term, leader == null ? "" : leader.id(), nodes.stream().map(FakeNode::member).toList());
  }

  @Override
  public void close() {
    nodes.forEach(FakeNode::close);
  }

  // ---- the clients' side

  synchronized ServerMessage greet(FakeNode.Client client, Hello hello) {
    received.add(hello);
    if (!hello.database().equals("shop")) {
      return new Failure(FailureKind.UNAVAILABLE, "3D000", "no database " + hello.database());
    }
    return new Welcome(
        1,
        client.node().id(),
        "c-1",
        "0.1.0",
        "3.54.1",
        client.number(),
        client.cancelKey(),
        topology());
  }

  void receive(FakeNode.Client client, int requestId, ClientMessage message) {
    Reaction reaction = take(message);
    Reaction.Request normal = () -> carryOut(client, message);
    ServerMessage answer =
        reaction == null ? normal.carryOut() : reaction.to(client, requestId, normal);
    if (answer != null) {
      client.answer(requestId, answer);
    }
  }

  private synchronized Reaction take(ClientMessage message) {
    received.add(message);
    for (Rule rule : rules) {
      if (rule.type().isInstance(message)) {
        rules.remove(rule);
        return rule.reaction();
      }
    }
    return null;
  }

  synchronized void disconnected(FakeNode.Client client) {
    String owner = client.node().id() + "/" + client.number();
    openTransactions.remove(owner);
    transactionSteps.remove(owner);
  }

  private synchronized ServerMessage carryOut(FakeNode.Client client, ClientMessage message) {
    if (message instanceof Execute execute) {
      return execute.transaction() == 0 ? execute(client, execute) : step(client, execute);
    } else if (message instanceof OpenSession open) {
      if (client.node() != leader) {
        return notLeader();
      }
      sessions.computeIfAbsent(open.session(), id -> new Session());
    } else if (message instanceof CloseSession close) {
      sessions.remove(close.session());
    } else if (message instanceof Commit commit) {
      return commit(client, commit);
    } else if (message instanceof Rollback) {
      disconnected(client);
    } else if (message instanceof Fetch fetch) {
      Deque<Object[]> rows = cursors.get(fetch.cursor());
      if (rows == null) {
        return new Failure(FailureKind.STATEMENT, "24000", "the result is closed");
      }
      RowBatch batch = batch(rows, fetch.fetchSize());
      if (rows.isEmpty()) {
        cursors.remove(fetch.cursor());
      }
      return new Rows(batch, rows.isEmpty());
    } else if (message instanceof CloseCursor close) {
      cursors.remove(close.cursor());
    } else if (message instanceof Cancel cancel) {
      cancel(client.node(), cancel);
    } else if (message instanceof Describe describe) {
      boolean query = describe.sql().startsWith("SELECT");
      return new Described(!query, 0, query ? columns() : List.of());
    }
    return new Done(applied.size());
  }

  private ServerMessage execute(FakeNode.Client client, Execute execute) {
    boolean query = execute.calls().get(0).sql().startsWith("SELECT");
    if (query) {
      return new Executed(applied.size(), false, results(execute));
    }
    if (client.node() != leader) {
      return notLeader();
    }
    if (execute.session().isNone()) {
      return new Failure(FailureKind.SESSION_REQUIRED, "55000", "a write needs a session");
    }
    Session session = sessions.get(execute.session());
    if (session == null) {
      return new Failure(FailureKind.SESSION_UNKNOWN, "55000", "the session is not known");
    }
    if (session.lastSequence < execute.sequence()) {
      session.lastSequence = execute.sequence();
      session.lastAnswer = write(execute);
    }
    return session.lastAnswer;
  }

  private ServerMessage write(Execute execute) {
    if (execute.calls().stream().anyMatch(call -> call.sql().startsWith("BAD"))) {
      return new Failure(FailureKind.STATEMENT, "23505", 19, "made to fail", 0, 1, topology());
    }
    execute.calls().forEach(call -> apply(applied, call));
    return new Executed(applied.size(), true, results(execute));
  }

  private static void apply(List<String> to, StatementCall call) {
    for (Object[] row : call.parameterRows()) {
      to.add(row.length == 0 ? call.sql() : call.sql() + " " + Arrays.toString(row));
    }
  }

  private ServerMessage step(FakeNode.Client client, Execute execute) {
    if (client.node() != leader) {
      return notLeader();
    }
    String owner = client.node().id() + "/" + client.number();
    int number = (int) execute.transaction();
    int latest = openTransactions.getOrDefault(owner, 0);
    if (number != latest) {
      openTransactions.put(owner, number);
      transactionSteps.put(owner, new ArrayList<>());
    }
    StatementCall call = execute.calls().get(0);
    if (call.sql().startsWith("BAD")) {
      return new Failure(FailureKind.STATEMENT, "23505", 19, "made to fail", 0, 0, topology());
    }
    if (!call.sql().startsWith("SELECT")) {
      execute.calls().forEach(each -> apply(transactionSteps.get(owner), each));
    }
    return new Executed(applied.size(), false, results(execute));
  }

  private ServerMessage commit(FakeNode.Client client, Commit commit) {
    if (client.node() != leader) {
      return notLeader();
    }
    String owner = client.node().id() + "/" + client.number();
    List<String> steps = transactionSteps.get(owner);
    Session session = sessions.get(commit.session());
    if (session != null && session.lastSequence == commit.sequence()) {
      return session.lastAnswer;
    }
    if (steps == null || openTransactions.get(owner) != commit.transaction()) {
      return new Failure(FailureKind.TRANSACTION_LOST, "40001", "the transaction is lost");
    }
    if (session == null && !steps.isEmpty()) {
      return new Failure(FailureKind.SESSION_REQUIRED, "55000", "a write needs a session");
    }
    disconnected(client);
    applied.addAll(steps);
    ServerMessage answer = new Done(applied.size());
    if (session != null) {
      session.lastSequence = commit.sequence();
      session.lastAnswer = answer;
    }
    return answer;
  }

  private List<StatementResult> results(Execute execute) {
    List<StatementResult> all = new ArrayList<>();
    for (StatementCall call : execute.calls()) {
      for (String sql : call.sql().split(";", -1)) {
        all.add(result(sql.strip(), call, execute));
      }
    }
    return all;
  }

  private StatementResult result(String sql, StatementCall call, Execute execute) {
    if (sql.startsWith("SELECT")) {
      Deque<Object[]> rows = new ArrayDeque<>(results.getOrDefault(sql, List.of()));
      while (execute.maxRows() > 0 && rows.size() > execute.maxRows()) {
        rows.removeLast();
      }
      RowBatch batch = batch(rows, execute.fetchSize());
      long cursor = rows.isEmpty() ? 0 : ++lastCursor;
      if (cursor != 0) {
        cursors.put(cursor, rows);
      }
      return StatementResult.ofRows(new RowSet(false, columns(), batch, cursor));
    }
    long[] counts = new long[call.parameterRows().size()];
    Arrays.fill(counts, 1);
    RowSet keys = null;
    if (execute.keys().wanted()) {
      List<Object[]> rows = new ArrayList<>();
      for (int i = 0; i < counts.length; i++) {
        rows.add(new Object[] {++rowid});
      }
      Column id = new Column("id", "t", "INTEGER");
      keys = new RowSet(true, List.of(id), RowBatch.of(rows), 0);
    }
    return new StatementResult(counts, keys);
  }

  private static RowBatch batch(Deque<Object[]> rows, int fetchSize) {
    List<Object[]> taken = new ArrayList<>();
    while (!rows.isEmpty() && (fetchSize == 0 || taken.size() < fetchSize)) {
      taken.add(rows.removeFirst());
    }
    return RowBatch.of(taken);
  }

  private static List<Column> columns() {
    return List.of(new Column("id", "t", "INTEGER"), new Column("name", "t", "TEXT"));
  }

  private static void cancel(FakeNode node, Cancel cancel) {
    FakeNode.Client target = node.client(cancel.connection());
    if (target != null && target.cancelKey() == cancel.cancelKey()) {
      int requestId = target.takeHanging();
      if (requestId != 0) {
        target.answer(
            requestId, new Failure(FailureKind.STATEMENT, "57014", "the request was cancelled"));
      }
    }
  }

  private Failure notLeader() {
    return new Failure(FailureKind.NOT_LEADER, "57P03", 0, "another node leads", 0, 0, topology());
  }
}
