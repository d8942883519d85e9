package dev.lockstep.jdbc.client;

import dev.lockstep.protocol.ClientMessage;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.ServerMessage.Described;
import dev.lockstep.protocol.ServerMessage.Done;
import dev.lockstep.protocol.ServerMessage.Executed;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.ServerMessage.Rows;
import dev.lockstep.protocol.ServerMessage.Welcome;
import java.io.IOException;
import java.sql.SQLException;
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
  private final ClientState state = new ClientState();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean released = new AtomicBoolean();

  /** The exchange in progress, or null; written under the lock. */
  private volatile Exchange current;

  private ClusterClient(ClientOptions options) {
    this.options = options;
    this.links = new Links(options, Clusters.acquire(options.seeds(), options.database()));
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
      return execution(
          exchange(
              new AutocommitExecute(state, request, options), request.timeoutMillis(), follower));
    } finally {
      lock.unlock();
    }
  }

  /** Executes as a step of the transaction, which begins with its first step. */
  public Execution executeStep(Request request) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      checkTransactionAlive();
      Exchange.Answer answer =
          exchange(new TransactionStep(state, request, options), request.timeoutMillis(), false);
      state.transactionLink = answer.link();
      return execution(answer);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Commits; without a step since the last commit, nothing happens.
   *
   * @param readOnly whether the transaction could not write, so that its loss loses nothing
   */
  public void commit(boolean readOnly) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      if (!state.isTransactionBegun() || (readOnly && !state.transactionLink.isOpen())) {
        return;
      }
      checkTransactionAlive();
      ServerMessage answer = exchange(new CommitTransaction(state), 0, false).message();
      if (!(answer instanceof Done done)) {
        throw unexpected(answer);
      }
      applied(done.appliedIndex());
    } finally {
      state.endTransaction();
      lock.unlock();
    }
  }

  /** Rolls back; a transaction whose node is gone is rolled back already. */
  public void rollback() throws SQLException {
    lock.lock();
    try {
      checkOpen();
      Link link = state.transactionLink;
      if (link == null || !link.isOpen()) {
        return;
      }
      ClientMessage rollback = new ClientMessage.Rollback(state.session, state.lastTransaction);
      try {
        if (!(links.call(link, rollback, 0) instanceof Done)) {
          // Whatever the node says, the transaction ends with the link it belongs to.
          links.leave(link);
        }
      } catch (SilenceException e) {
        throw silence(e);
      } catch (IOException e) {
        links.lost(link);
      }
    } finally {
      state.endTransaction();
      lock.unlock();
    }
  }

  /** Whether a transaction has taken a step. */
  public boolean isInTransaction() {
    lock.lock();
    try {
      return state.inTransaction;
    } finally {
      lock.unlock();
    }
  }

  /** What a statement is, without running it. */
  public Described describe(String sql) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      ServerMessage answer =
          exchange(new Inquiry(new ClientMessage.Describe(sql)), 0, false).message();
      if (answer instanceof Described described) {
        return described;
      }
      throw unexpected(answer);
    } finally {
      lock.unlock();
    }
  }

  /**
   * More rows of a result.
   *
   * @throws SQLException 40001 if the node that held it is gone
   */
  public Rows fetch(Cursor cursor, int fetchSize) throws SQLException {
    lock.lock();
    try {
      checkOpen();
      return fetch(cursor.link(), new ClientMessage.Fetch(cursor.id(), fetchSize));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SqlState.CANCELED.exception("interrupted while waiting for the cluster", e);
    } finally {
      lock.unlock();
    }
  }

  private Rows fetch(Link link, ClientMessage fetch) throws SQLException, InterruptedException {
    Retry retry = new Retry(new Inquiry(fetch), options.failoverTimeoutMillis(), 0);
    while (true) {
      if (!link.isOpen()) {
        throw resultLost(null);
      }
      ServerMessage answer;
      try {
        answer = links.call(link, fetch, 0);
      } catch (SilenceException e) {
        throw silence(e);
      } catch (IOException e) {
        links.lost(link);
        throw resultLost(e);
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
        case STATEMENT, PROTOCOL, SESSION_REQUIRED, SESSION_UNKNOWN, NOT_APPLIED ->
            throw reason.toSqlException();
        case NOT_LEADER, OUTCOME_UNKNOWN, UNAVAILABLE -> {
          links.leave(link);
          throw resultLost(reason);
        }
        case TRANSACTION_LOST -> {
          state.endTransaction();
          throw reason.toSqlException();
        }
      }
    }
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
      if (state.isTransactionBegun()) {
        link.call(new ClientMessage.Rollback(state.session, state.lastTransaction), 0, deadline);
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

  private Execution execution(Exchange.Answer answer) throws SQLException {
    if (!(answer.message() instanceof Executed executed)) {
      throw unexpected(answer.message());
    }
    applied(executed.appliedIndex());
    return new Execution(executed.results(), answer.link());
  }

  private void applied(long index) {
    state.appliedIndex = Math.max(state.appliedIndex, index);
  }

  private void checkOpen() throws SQLException {
    if (isClosed()) {
      throw SqlState.CLOSED.exception("the connection is closed");
    }
  }

  private void checkTransactionAlive() throws SQLException {
    if (state.isTransactionBegun() && !state.transactionLink.isOpen()) {
      state.endTransaction();
      throw TransactionStep.transactionLost(null);
    }
  }

  private SQLException silence(SilenceException e) {
    abort();
    return SqlState.CONNECTION_FAILED.exception(
        "the connection is closed, its network timeout is over: " + e.getMessage(), e);
  }

  private SQLException resultLost(Exception reason) {
    if (state.isTransactionBegun()) {
      state.endTransaction();
    }
    return SqlState.TRANSACTION_LOST.exception(
        "the rest of the result was lost with the node that held it; the query may be run again",
        reason);
  }

  private static SQLException unexpected(ServerMessage answer) {
    return SqlState.PROTOCOL_VIOLATION.exception("the node answered with " + answer.type());
  }
}
