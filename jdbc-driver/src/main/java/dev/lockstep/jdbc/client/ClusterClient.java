package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.RowsSeen;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Described;
import dev.lockstep.protocol.ServerMessage.Done;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.Rows;
import dev.lockstep.protocol.ServerMessage.Stepped;
import dev.lockstep.protocol.ServerMessage.Welcome;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection of an application to the cluster: its links, its session, its transaction. Repeats
 * requests at whoever leads until they are answered or the time is over, and never so that a write
 * could be applied twice.
 *
 * <p>Requests of several threads take turns; {@link #cancel}, {@link #abort} and {@link #close} do
 * not wait for a request in progress.
 */
public final class ClusterClient implements AutoCloseable {
  /** Time that closing takes at most for each thing that is given back. */
  private static final int CLOSE_MILLIS = 1_000;

  private final ClientOptions options;
  private final Links links;
  private final ReentrantLock lock = new ReentrantLock();
  private final ClientState state;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean released = new AtomicBoolean();

  /** The session that may hold named locks; none before one was asked for. */
  private volatile SessionId lockSession = SessionId.NONE;

  /** The exchange in progress, or null; written under the lock. */
  private volatile Exchange current;

  private ClusterClient(ClientOptions options) {
    this.options = options;
    Cluster cluster = Clusters.acquire(options.seeds(), options.database());
    this.state = new ClientState(cluster);
    this.links = new Links(options, cluster);
  }

  /**
   * Connects: finds the leader, or any node if that is enough.
   *
   * @throws SQLException 08001 if no node can be reached or the time is over; or the refusal of the
   *     nodes
   */
  public static ClusterClient connect(ClientOptions options) throws SQLException {
    ClusterClient client = new ClusterClient(options);
    try {
      client.links.establish();
      return client;
    } catch (InterruptedException e) {
      client.abort();
      Thread.currentThread().interrupt();
      throw SqlState.CONNECTION_NOT_ESTABLISHED.exception("interrupted while connecting", e);
    } catch (SQLException | RuntimeException e) {
      client.abort();
      throw e;
    }
  }

  /**
   * Executes in autocommit mode.
   *
   * @param follower whether a node that does not lead may serve it
   */
  public Execution execute(Request request, boolean follower) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      Exchange.Answer answer =
          exchange(
              new AutocommitExecute(state, request, options), request.timeoutMillis(), follower);
      if (request.namesLocks() && !state.session.isNone()) {
        lockSession = state.session;
        LockLeases.shared().hold(this);
        if (isClosed()) {
          // By another thread, meanwhile.
          LockLeases.shared().drop(this);
        }
      }
      return new Execution(request, executed(answer).results(), null, answer.link());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Executes as a step of the transaction, which begins with its first step. If the request is
   * read-only then, the transaction is a snapshot.
   *
   * @param follower whether a node that does not lead may serve a snapshot
   */
  public Execution executeStep(Request request, boolean follower) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      if (state.transaction == null) {
        state.transaction = new Transaction(state, options, request.readOnly());
      }
      Transaction transaction = state.transaction;
      Exchange.Answer answer =
          exchange(
              new TransactionStep(state, transaction, request, options, RowsSeen.NONE),
              request.timeoutMillis(),
              follower && transaction.isReadOnly());
      Execution execution =
          new Execution(
              request,
              executed(answer).results(),
              transaction.isReadOnly() ? transaction : null,
              answer.link());
      if (answer.message() instanceof Stepped step) {
        transaction.took(request, step, execution.cursors());
      }
      return execution;
    } finally {
      lock.unlock();
    }
  }

  /** Commits; without a step since the last commit, nothing happens. */
  public void commit() throws SQLException {
    lock.lock();
    try {
      checkOpen();
      Transaction transaction = state.transaction;
      if (transaction == null) {
        return;
      }
      if (transaction.isReadOnly() || transaction.isEmpty()) {
        // There is nothing to be made sure of.
        giveUp(transaction);
        return;
      }
      ServerMessage answer =
          exchange(new CommitTransaction(state, transaction), 0, false).message();
      if (!(answer instanceof Done done)) {
        throw unexpected(answer);
      }
      state.applied(done.appliedIndex());
    } finally {
      state.transaction = null;
      lock.unlock();
    }
  }

  /** Rolls back; a transaction whose node is gone is rolled back already. */
  public void rollback() throws SQLException {
    lock.lock();
    try {
      checkOpen();
      if (state.transaction != null) {
        giveUp(state.transaction);
      }
    } finally {
      state.transaction = null;
      lock.unlock();
    }
  }

  private void giveUp(Transaction transaction) throws SQLException {
    Link link = transaction.link();
    if (link == null) {
      return;
    }
    try {
      ClientMessage rollback = new ClientMessage.Rollback(state.session, transaction.number());
      if (!(links.call(link, rollback, 0) instanceof Done)) {
        // Whatever the node says, the transaction ends with the link it belongs to.
        links.leave(link);
      }
    } catch (SilenceException e) {
      throw silence(e);
    } catch (IOException e) {
      links.lost(link);
    }
  }

  /** Whether a transaction has begun. */
  public boolean isInTransaction() {
    lock.lock();
    try {
      return state.transaction != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What a statement is, without running it.
   *
   * @param statement which one of the text, from 0
   */
  public Described describe(String sql, int statement) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      ServerMessage answer =
          exchange(new Inquiry(new ClientMessage.Describe(sql, statement)), 0, false).message();
      if (answer instanceof Described described) {
        return described;
      }
      throw unexpected(answer);
    } finally {
      lock.unlock();
    }
  }

  /**
   * More rows of a result. If its node is gone, the query is executed again at another one, which
   * passes over the rows that were received already.
   *
   * @throws SQLException 40001 if these rows are not the same there
   */
  public Rows fetch(Cursor cursor, int fetchSize) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      Rows rows = cursor.link().isOpen() ? fetchHere(cursor, fetchSize) : null;
      if (rows == null) {
        rows = fetchElsewhere(cursor, fetchSize);
      }
      cursor.received(rows.batch(), rows.last());
      return rows;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SqlState.CANCELED.exception("interrupted while waiting for the cluster", e);
    } finally {
      lock.unlock();
    }
  }

  /** Null if the node is gone or can serve no more. */
  private Rows fetchHere(Cursor cursor, int fetchSize) throws SQLException, InterruptedException {
    Link link = cursor.link();
    ClientMessage fetch = new ClientMessage.Fetch(cursor.id(), fetchSize);
    Retry retry = new Retry(new Inquiry(fetch), options.failoverTimeoutMillis(), 0);
    while (true) {
      ServerMessage answer;
      try {
        answer = links.call(link, fetch, 0);
      } catch (SilenceException e) {
        throw silence(e);
      } catch (IOException e) {
        DriverLog.fine("a result was lost with its link", e);
        links.lost(link);
        return null;
      }
      if (answer instanceof Rows rows) {
        return rows;
      }
      if (!(answer instanceof Failure failure)) {
        throw unexpected(answer);
      }
      NodeFailure reason = new NodeFailure(failure);
      switch (failure.kind()) {
        case BUSY -> {
          retry.failed(reason);
          retry.pause(links.cluster());
        }
        case NOT_LEADER, OUTCOME_UNKNOWN, UNAVAILABLE -> {
          links.leave(link);
          return null;
        }
        default -> throw reason.toSqlException();
      }
    }
  }

  private Rows fetchElsewhere(Cursor cursor, int fetchSize) throws SQLException {
    checkOpen();
    if (!cursor.canMove()) {
      throw SqlState.TRANSACTION_LOST.exception(
          "the rest of the result was lost with the node that held it, and it was one of several"
              + " results of one text; the text may be run again");
    }
    Request again = cursor.request().again(fetchSize);
    RowsSeen seen = cursor.seen();
    Transaction transaction = cursor.transaction();
    boolean inTransaction = transaction != null && transaction == state.transaction;
    Exchange.Answer answer =
        exchange(
            inTransaction
                ? new TransactionStep(state, transaction, again, options, seen)
                : new ResumedQuery(state, again, options, seen),
            0,
            again.readOnly() && options.readTarget() != ReadTarget.PRIMARY);
    List<StatementResult> results = executed(answer).results();
    RowSet rows = results.size() == 1 ? results.get(0).rows() : null;
    if (rows == null || !rows.columns().equals(cursor.columns())) {
      throw SqlState.TRANSACTION_LOST.exception(
          "the columns of the result have changed since its node was lost");
    }
    cursor.movedTo(answer.link(), rows.cursor());
    return new Rows(rows.batch(), rows.cursor() == 0);
  }

  /** Gives the rest of a result back. Does not wait for the node's answer. */
  public void closeCursor(Cursor cursor) {
    lock.lock();
    try {
      Link link = cursor.link();
      if (link.isOpen()) {
        try {
          link.send(new ClientMessage.CloseCursor(cursor.id()));
        } catch (IOException e) {
          DriverLog.fine("a cursor was lost with its link", e);
          links.lost(link);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether a node answers in time; goes to another one if need be.
   *
   * @param timeoutMillis 0 for the failover timeout
   */
  public boolean ping(int timeoutMillis) {
    int limitMillis = timeoutMillis == 0 ? options.failoverTimeoutMillis() : timeoutMillis;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
    boolean locked = false;
    try {
      locked = lock.tryLock(limitMillis, TimeUnit.MILLISECONDS);
      // Where another thread's request takes long, the connection is not dead for it.
      return !closed.get() && (!locked || answersUntil(deadline));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (SQLException e) {
      DriverLog.fine("no node answers", e);
      return false;
    } finally {
      if (locked) {
        lock.unlock();
      }
    }
  }

  private boolean answersUntil(long deadline) throws SQLException, InterruptedException {
    while (deadline - System.nanoTime() > 0) {
      Optional<Link> link =
          options.readTarget() == ReadTarget.PRIMARY
              ? links.toLeader(deadline, () -> false)
              : links.toReader(deadline, () -> false);
      if (link.isEmpty()) {
        return false;
      }
      try {
        if (links.call(link.get(), new ClientMessage.Ping(), deadline) instanceof Done) {
          return true;
        }
        links.leave(link.get());
      } catch (SilenceException e) {
        links.abort();
        return false;
      } catch (IOException e) {
        DriverLog.fine("a link was lost", e);
        links.lost(link.get());
      }
      if (links.isAborted()) {
        return false;
      }
    }
    return false;
  }

  // ---- from any thread

  /** The session whose named locks are to be kept, or none. */
  SessionId lockSession() {
    return lockSession;
  }

  /** The session is gone, with its locks. */
  void lockSessionLost(SessionId session) {
    if (session.equals(lockSession)) {
      lockSession = SessionId.NONE;
    }
  }

  Cluster cluster() {
    return links.cluster();
  }

  ClientOptions options() {
    return options;
  }

  /** What the node said that was greeted last. */
  public Welcome welcome() {
    return links.welcome();
  }

  /** Time to wait for an answer, 0 for no limit. */
  public int socketTimeoutMillis() {
    return links.socketTimeoutMillis();
  }

  public void setSocketTimeoutMillis(int millis) {
    links.setSocketTimeoutMillis(millis);
  }

  /** Stops what is going on for this connection, if anything; it fails with 57014 then. */
  public void cancel() throws SQLException {
    Exchange exchange = current;
    if (exchange != null) {
      exchange.cancel();
    }
    links.cancel();
  }

  /** Whether the connection was closed, by the application or for an error. */
  public boolean isClosed() {
    return closed.get() || links.isAborted();
  }

  /** Ends the connection at once; the node rolls back what is open. Idempotent. */
  public void abort() {
    closed.set(true);
    // Not under the lock: the thread that holds it may wait on the very link that is closed here.
    links.abort();
    LockLeases.shared().drop(this);
    if (released.compareAndSet(false, true)) {
      Clusters.release(options.seeds(), options.database());
    }
  }

  /** Rolls back, gives the session back, and ends the connection. Idempotent. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    boolean locked = false;
    try {
      locked = lock.tryLock(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      if (locked) {
        giveBack();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      abort();
      if (locked) {
        lock.unlock();
      }
    }
  }

  private void giveBack() {
    Link link = links.leaderIfOpen();
    if (link == null) {
      return;
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
    try {
      Transaction transaction = state.transaction;
      if (transaction != null && transaction.link() != null) {
        transaction
            .link()
            .call(new ClientMessage.Rollback(state.session, transaction.number()), 0, deadline);
      }
      if (!state.session.isNone()) {
        link.call(new ClientMessage.CloseSession(state.session), 0, deadline);
      }
    } catch (IOException e) {
      // The node rolls back by itself, and the session is forgotten after a day.
      DriverLog.fine("closed without the node's answer", e);
    }
  }

  // ---- under the lock

  private Exchange.Answer exchange(Operation operation, int timeoutMillis, boolean follower)
      throws SQLException {
    Retry retry = new Retry(operation, options.failoverTimeoutMillis(), timeoutMillis);
    current = new Exchange(links, state, operation, retry, follower);
    try {
      return current.run();
    } catch (SQLException e) {
      if (SqlState.OUTCOME_UNKNOWN.code().equals(e.getSQLState())) {
        // What comes next must not depend on a write nobody knows of.
        abort();
      }
      throw e;
    } finally {
      current = null;
    }
  }

  private Executed executed(Exchange.Answer answer) throws SQLException {
    Executed executed;
    if (answer.message() instanceof Executed alone) {
      executed = alone;
    } else if (answer.message() instanceof Stepped step && step.executed() != null) {
      executed = step.executed();
    } else {
      throw unexpected(answer.message());
    }
    state.applied(executed.appliedIndex());
    return executed;
  }

  private void checkOpen() throws SQLException {
    if (isClosed()) {
      throw SqlState.CLOSED.exception("the connection is closed");
    }
  }

  private SQLException silence(SilenceException e) {
    abort();
    return SqlState.CONNECTION_FAILED.exception(
        "the connection is closed, its network timeout is over: " + e.getMessage(), e);
  }

  private static SQLException unexpected(ServerMessage answer) {
    return SqlState.PROTOCOL_VIOLATION.exception("the node answered with " + answer.type());
  }
}
