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
import dev.lockstep.protocol.ClientMessage.Outcome;
import dev.lockstep.protocol.ClientMessage.Resume;
import dev.lockstep.protocol.ClientMessage.Rollback;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.DescribedColumn;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Fingerprint;
import dev.lockstep.protocol.Nullability;
import dev.lockstep.protocol.Receipt;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowsDigest;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ScriptStep;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Described;
import dev.lockstep.protocol.ServerMessage.Done;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.Rows;
import dev.lockstep.protocol.ServerMessage.Stepped;
import dev.lockstep.protocol.ServerMessage.TopologyChanged;
import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.StatementResult.RowSet;
import dev.lockstep.protocol.Topology;
import dev.lockstep.protocol.ValueInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
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
  private final Map<String, FakeTransaction> transactions = new HashMap<>();

  /** Commits that are in the log and not applied yet. */
  private final List<Runnable> proposed = new ArrayList<>();

  private final Map<Long, Deque<Object[]>> cursors = new HashMap<>();
  private final List<String> applied = new ArrayList<>();
  private final List<ClientMessage> received = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();
  private Function<ClientMessage, Reaction> interceptor = message -> null;
  private FakeNode leader;
  private long clock = 1_000;
  private long term = 1;
  private long lastCursor;
  private long rowid;

  private static final class Session {
    private long lastSequence;
    private ServerMessage lastAnswer;
  }

  private static String owner(FakeNode.Client client) {
    return client.node().id() + "/" + client.number();
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

  /**
   * Every request is shown, in its order, and gets the reaction that comes of it; null for none.
   */
  public synchronized void intercept(Function<ClientMessage, Reaction> function) {
    interceptor = function;
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
      transactions.clear();
    }
    nodes.forEach(node -> node.push(new TopologyChanged(topology())));
  }

  /** Nobody leads any more. */
  public synchronized void loseLeader() {
    leader = null;
    term++;
    transactions.clear();
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
    Reaction intercepted = interceptor.apply(message);
    if (intercepted != null) {
      return intercepted;
    }
    for (Rule rule : rules) {
      if (rule.type().isInstance(message)) {
        rules.remove(rule);
        return rule.reaction();
      }
    }
    return null;
  }

  synchronized void disconnected(FakeNode.Client client) {
    transactions.remove(owner(client));
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
    } else if (message instanceof Resume resume) {
      return resume(client, resume);
    } else if (message instanceof Outcome outcome) {
      return outcome(client, outcome);
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
      return new Described(!query, List.of(), query ? describedColumns() : List.of());
    }
    return new Done(applied.size());
  }

  private ServerMessage execute(FakeNode.Client client, Execute execute) {
    boolean query = execute.calls().get(0).sql().startsWith("SELECT");
    if (query && execute.seen().count() > 0) {
      return skipped(execute, executed -> executed);
    }
    if (query) {
      return new Executed(applied.size(), false, results(execute));
    }
    if (client.node() != leader) {
      return notLeader();
    }
    if (execute.session().isNone()) {
      return new Failure(FailureKind.SESSION_REQUIRED, "55000", "a write needs a session");
    }
    return propose(execute.session(), execute.sequence(), () -> write(execute));
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
    if (client.node() != leader && !execute.readOnly()) {
      return notLeader();
    }
    FakeTransaction open = transactions.get(owner(client));
    if (open == null || open.number() < execute.transaction()) {
      if (execute.begin() == null) {
        return lost("the transaction is over");
      }
      open = new FakeTransaction(execute.transaction(), clock++, rowid, execute.begin());
      transactions.put(owner(client), open);
    }
    if (execute.calls().get(0).sql().startsWith("WRONG")) {
      return new Failure(FailureKind.STATEMENT, "42601", 1, "made to be refused", 0, 0, topology());
    }
    if (execute.seen().count() > 0) {
      return skipped(execute, executed -> new Stepped(receipt(1, executed), executed, null));
    }
    return take(open, execute);
  }

  /** Runs a step, and gives what a node answers to it. */
  private Stepped take(FakeTransaction open, Execute execute) {
    if (execute.calls().stream().anyMatch(call -> call.sql().startsWith("BAD"))) {
      Failure failure =
          new Failure(FailureKind.STATEMENT, "23505", 19, "made to fail", 0, 0, topology());
      Stepped step = new Stepped(receipt(open.clock(), null), null, failure);
      open.add(execute, step.receipt().seen(), List.of());
      return step;
    }
    List<String> writes = new ArrayList<>();
    if (!execute.calls().get(0).sql().startsWith("SELECT")) {
      execute.calls().forEach(call -> apply(writes, call));
    }
    long outside = rowid;
    rowid = open.rowid();
    Executed executed = new Executed(applied.size(), false, results(execute));
    open.rowid(rowid);
    rowid = outside;
    Stepped step = new Stepped(receipt(open.clock(), executed), executed, null);
    open.add(execute, step.receipt().seen(), writes);
    return step;
  }

  /** What was shown, recognised by the rows and keys in it. */
  private static Receipt receipt(long clock, Executed shown) {
    RowsDigest digest = new RowsDigest();
    long counts = shown == null ? -1 : 0;
    if (shown != null) {
      for (StatementResult result : shown.results()) {
        counts += result.updateCounts().length;
        if (result.rows() != null) {
          digest.add(result.rows().batch());
        }
      }
    }
    Fingerprint rows = digest.seen().digest();
    return new Receipt(clock, ~clock, new Fingerprint(rows.high(), rows.low() ^ counts));
  }

  private ServerMessage resume(FakeNode.Client client, Resume resume) {
    if (client.node() != leader && !resume.readOnly()) {
      return notLeader();
    }
    FakeTransaction open =
        new FakeTransaction(resume.transaction(), resume.clockMillis(), rowid, resume.options());
    transactions.put(owner(client), open);
    if (resume.seed() != ~resume.clockMillis() || !replay(open, resume)) {
      transactions.remove(owner(client));
      return lost("what was read has changed");
    }
    return new Done(applied.size());
  }

  private boolean replay(FakeTransaction open, Resume resume) {
    for (ScriptStep step : resume.steps()) {
      long before = lastCursor;
      Stepped taken = take(open, FakeTransaction.execute(step, resume.readOnly()));
      cursors.keySet().removeIf(cursor -> cursor > before);
      if (!taken.receipt().seen().equals(step.seen())) {
        return false;
      }
      for (ScriptStep.Fetched fetched : step.fetched()) {
        List<Object[]> rows = results.get(step.calls().get(0).sql());
        if (fetched.rows().count() > rows.size()
            || !seen(rows, fetched.rows().count()).equals(fetched.rows())
            || (fetched.complete() && fetched.rows().count() < rows.size())) {
          return false;
        }
      }
    }
    return true;
  }

  private static RowsSeen seen(List<Object[]> rows, long count) {
    RowsDigest digest = new RowsDigest();
    digest.add(RowBatch.of(rows.subList(0, (int) count)));
    return digest.seen();
  }

  /** The rest of a result of which the client has the beginning. */
  private ServerMessage skipped(Execute execute, Function<Executed, ServerMessage> answer) {
    String sql = execute.calls().get(0).sql();
    List<Object[]> rows = results.getOrDefault(sql, List.of());
    long count = execute.seen().count();
    if (count > rows.size() || !seen(rows, count).equals(execute.seen())) {
      return lost("the rows have changed");
    }
    Deque<Object[]> rest = new ArrayDeque<>(rows.subList((int) count, rows.size()));
    RowBatch batch = batch(rest, execute.fetchSize());
    RowSet set = new RowSet(false, columns(), batch, keep(rest));
    return answer.apply(new Executed(applied.size(), false, List.of(StatementResult.ofRows(set))));
  }

  private ServerMessage commit(FakeNode.Client client, Commit commit) {
    if (client.node() != leader) {
      return notLeader();
    }
    FakeTransaction open = transactions.get(owner(client));
    if (open == null || open.number() != commit.transaction()) {
      return lost("the transaction is over");
    }
    if (commit.session().isNone() && open.hasWritten()) {
      return new Failure(FailureKind.SESSION_REQUIRED, "55000", "a write needs a session");
    }
    transactions.remove(owner(client));
    if (!open.hasWritten()) {
      return isAsBefore(open) ? new Done(applied.size()) : lost("what was read has changed");
    }
    return propose(commit.session(), commit.sequence(), () -> certify(open));
  }

  /**
   * The commit enters the log, and is applied with the next proposal, or {@link #applyProposed}.
   */
  public Reaction proposeAndCut(Runnable event) {
    return (client, requestId, normal) -> {
      synchronized (this) {
        List<Commit> commits = received(Commit.class);
        Commit commit = commits.get(commits.size() - 1);
        FakeTransaction open = transactions.remove(owner(client));
        if (open != null && open.hasWritten() && client.node() == leader) {
          proposed.add(() -> apply(commit.session(), commit.sequence(), () -> certify(open)));
        }
      }
      event.run();
      client.cut();
      return null;
    };
  }

  public synchronized void applyProposed() {
    proposed.forEach(Runnable::run);
    proposed.clear();
  }

  private ServerMessage propose(SessionId id, long sequence, Supplier<ServerMessage> effect) {
    applyProposed();
    return apply(id, sequence, effect);
  }

  private ServerMessage apply(SessionId id, long sequence, Supplier<ServerMessage> effect) {
    Session session = sessions.get(id);
    if (session == null) {
      return new Failure(FailureKind.SESSION_UNKNOWN, "55000", "the session is not known");
    }
    if (session.lastSequence < sequence) {
      session.lastSequence = sequence;
      session.lastAnswer = effect.get();
    }
    return session.lastAnswer;
  }

  private ServerMessage certify(FakeTransaction open) {
    if (!isAsBefore(open)) {
      return lost("what was read has changed");
    }
    applied.addAll(open.writes());
    rowid = open.rowid();
    return new Done(applied.size());
  }

  private boolean isAsBefore(FakeTransaction open) {
    FakeTransaction again = new FakeTransaction(open.number(), open.clock(), rowid, open.options());
    return open.steps().stream()
        .allMatch(step -> take(again, step.execute()).receipt().seen().equals(step.seen()));
  }

  private ServerMessage outcome(FakeNode.Client client, Outcome outcome) {
    if (client.node() != leader) {
      return notLeader();
    }
    Session session = sessions.get(outcome.session());
    if (session == null) {
      return new Failure(FailureKind.SESSION_UNKNOWN, "55000", "the session is not known");
    }
    if (session.lastSequence == outcome.sequence()) {
      return session.lastAnswer;
    }
    return outcome.decide()
        ? propose(outcome.session(), outcome.sequence(), () -> lost("decided: not applied"))
        : new Failure(FailureKind.NOT_APPLIED, "40003", "not applied so far");
  }

  private static Failure lost(String message) {
    return new Failure(FailureKind.TRANSACTION_LOST, "40001", message);
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
      boolean whole = execute.transaction() != 0 && !execute.readOnly();
      RowBatch batch = batch(rows, whole ? 0 : execute.fetchSize());
      return StatementResult.ofRows(new RowSet(false, columns(), batch, keep(rows)));
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

  private long keep(Deque<Object[]> rows) {
    if (rows.isEmpty()) {
      return 0;
    }
    cursors.put(++lastCursor, rows);
    return lastCursor;
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

  private static List<DescribedColumn> describedColumns() {
    return columns().stream()
        .map(
            column ->
                new DescribedColumn(
                    column,
                    new ValueInfo(column.declaredType(), Nullability.POSSIBLE),
                    column.label().equals("id")))
        .toList();
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
