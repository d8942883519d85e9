package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions that run on this node, the leader, before their commit. They take turns, first
 * come first served. Safe for use by several threads.
 */
public final class TransactionRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionRegistry.class);

  private final String database;
  private final TransactionLimits limits;
  private final LongSupplier nanoTime;
  private final WriterAccess access;
  private final Function<SessionId, SessionValues> sessions;
  private final Consumer<ReplicaFault> onFault;

  // Guarded by this, with the state and times of all transactions.
  private final Deque<ProvisionalTransaction> waiting = new ArrayDeque<>();
  private ProvisionalTransaction holder;
  private boolean leads;

  TransactionRegistry(
      ReplicaOptions options,
      LongSupplier nanoTime,
      WriterAccess access,
      Function<SessionId, SessionValues> sessions,
      Consumer<ReplicaFault> onFault) {
    this.database = options.database();
    this.limits = options.transactions();
    this.nanoTime = nanoTime;
    this.access = access;
    this.sessions = sessions;
    this.onFault = onFault;
  }

  /** Called at most once. */
  public interface TurnCompletion {
    /**
     * @param lost null if the turn has come; else the transaction is over
     */
    void completed(TransactionLostException lost);
  }

  /**
   * Begins a transaction; never blocks. Its requests wait for their turn by {@link
   * ProvisionalTransaction#whenTurn}. Whoever begins it ends it: by {@link
   * ProvisionalTransaction#rollback} or {@link ProvisionalTransaction#commit}, unless one of its
   * methods has thrown {@link TransactionLostException}.
   */
  public ProvisionalTransaction begin(TransactionStart start) {
    return new ProvisionalTransaction(this, start, start.limits().cappedBy(limits));
  }

  void requestTurn(ProvisionalTransaction transaction, TurnCompletion onTurn) {
    TransactionLostException lost = null;
    synchronized (this) {
      switch (transaction.state) {
        case NEW -> {
          transaction.waitsNanos = nanoTime.getAsLong();
          if (!leads) {
            lost = new TransactionLostException("40001", "this node does not lead");
          } else if (holder == null) {
            giveTurn(transaction);
          } else {
            transaction.state = ProvisionalTransaction.State.WAITING;
            waiting.add(transaction);
          }
          transaction.onTurn = onTurn;
        }
        case WAITING -> transaction.onTurn = onTurn;
        case ACTIVE -> {
          transaction.onTurn = onTurn;
          transaction.stepping = true;
        }
        case COMMITTING -> throw new IllegalStateException("a request after the commit");
        case ENDED -> {
          transaction.onTurn = onTurn;
          lost = transaction.lost;
        }
      }
      if (transaction.state == ProvisionalTransaction.State.WAITING) {
        return;
      }
    }
    if (lost != null) {
      end(transaction, lost);
    }
    notify(transaction, lost);
  }

  synchronized void endRequest(ProvisionalTransaction transaction) {
    transaction.onTurn = null;
    transaction.stepping = false;
    transaction.activeNanos = nanoTime.getAsLong();
  }

  /**
   * Rolls back the transactions whose time is over.
   *
   * @param now the present {@link System#nanoTime}
   */
  public void expire(long now) {
    List<ProvisionalTransaction> late = new ArrayList<>();
    List<TransactionLostException> reasons = new ArrayList<>();
    synchronized (this) {
      for (ProvisionalTransaction transaction : waiting) {
        if (isOver(now, transaction.waitsNanos, transaction.limits().turnMillisMax())) {
          late.add(transaction);
          reasons.add(
              new TransactionLostException(
                  "55P03",
                  "the transaction waited for its turn for more than "
                      + transaction.limits().turnMillisMax()
                      + " ms: other transactions take too long"));
        }
      }
      TransactionLostException reason = holder == null ? null : overdue(holder, now);
      if (reason != null) {
        late.add(holder);
        reasons.add(reason);
      }
    }
    for (int i = 0; i < late.size(); i++) {
      end(late.get(i), reasons.get(i));
    }
  }

  private TransactionLostException overdue(ProvisionalTransaction transaction, long now) {
    if (transaction.state != ProvisionalTransaction.State.ACTIVE) {
      return null;
    }
    TransactionLimits limits = transaction.limits();
    long totalMillisMax = waiting.isEmpty() ? limits.totalMillisMax() : limits.contendedMillisMax();
    if (isOver(now, transaction.turnNanos, totalMillisMax)) {
      return new TransactionLostException(
          "25P04",
          "the transaction took more than "
              + totalMillisMax
              + " ms"
              + (waiting.isEmpty() ? "" : " while others waited for their turn"));
    }
    if (!transaction.stepping && isOver(now, transaction.activeNanos, limits.idleMillisMax())) {
      return new TransactionLostException(
          "25P03", "the transaction was idle for more than " + limits.idleMillisMax() + " ms");
    }
    return null;
  }

  private static boolean isOver(long now, long since, long millisMax) {
    return now - since > TimeUnit.MILLISECONDS.toNanos(millisMax);
  }

  /** Transactions that run or wait for their turn. */
  public synchronized int count() {
    return waiting.size() + (holder == null ? 0 : 1);
  }

  synchronized void leadershipGained() {
    leads = true;
  }

  void leadershipLost(String reason) {
    synchronized (this) {
      leads = false;
    }
    endAll("40001", reason);
  }

  /** Ends all transactions, those included that wait. */
  void endAll(String sqlState, String reason) {
    List<ProvisionalTransaction> all;
    synchronized (this) {
      all = new ArrayList<>(waiting);
      if (holder != null) {
        // Last, so that its turn goes to nobody.
        all.add(holder);
      }
    }
    for (ProvisionalTransaction transaction : all) {
      end(transaction, new TransactionLostException(sqlState, reason));
    }
  }

  /**
   * Ends a transaction, whatever its state, and gives the turn on. Idempotent; never blocks.
   *
   * @param lost why, or null if its owner wants it so
   */
  void end(ProvisionalTransaction transaction, TransactionLostException lost) {
    ProvisionalTransaction next = null;
    boolean waited = false;
    synchronized (this) {
      if (transaction.state == ProvisionalTransaction.State.ENDED) {
        return;
      }
      transaction.state = ProvisionalTransaction.State.ENDED;
      transaction.lost = lost != null ? lost : rolledBack();
      if (waiting.remove(transaction)) {
        waited = true;
      } else if (holder == transaction) {
        next = waiting.poll();
        holder = null;
        if (next != null) {
          giveTurn(next);
        }
      }
    }
    access.lock().interrupt(transaction.interruptible());
    access.abandon(transaction);
    if (waited) {
      notify(transaction, transaction.lost);
    }
    if (next != null) {
      notify(next, null);
    }
  }

  private static TransactionLostException rolledBack() {
    return new TransactionLostException("25P01", "the transaction is over");
  }

  private void giveTurn(ProvisionalTransaction transaction) {
    holder = transaction;
    transaction.state = ProvisionalTransaction.State.ACTIVE;
    transaction.stepping = true;
    transaction.turnNanos = nanoTime.getAsLong();
    transaction.activeNanos = transaction.turnNanos;
  }

  private void notify(ProvisionalTransaction transaction, TransactionLostException lost) {
    TurnCompletion completion;
    synchronized (this) {
      completion = transaction.onTurn;
      transaction.onTurn = null;
    }
    if (completion == null) {
      return;
    }
    try {
      completion.completed(lost);
    } catch (RuntimeException e) {
      LOG.error("whoever waited for a transaction's turn did not accept it", e);
    }
  }

  synchronized void beginCommit(ProvisionalTransaction transaction)
      throws TransactionLostException {
    check(transaction);
    transaction.state = ProvisionalTransaction.State.COMMITTING;
  }

  /**
   * @throws TransactionLostException if the transaction has ended
   */
  synchronized void check(ProvisionalTransaction transaction) throws TransactionLostException {
    if (transaction.state == ProvisionalTransaction.State.ENDED) {
      throw new TransactionLostException(
          transaction.lost.sqlState(), transaction.lost.getMessage());
    }
  }

  synchronized void checkActive(ProvisionalTransaction transaction)
      throws TransactionLostException {
    check(transaction);
    if (transaction.state != ProvisionalTransaction.State.ACTIVE) {
      throw new IllegalStateException("a request of a transaction that is " + transaction.state);
    }
  }

  synchronized boolean isOver(ProvisionalTransaction transaction) {
    return transaction.state == ProvisionalTransaction.State.ENDED;
  }

  String database() {
    return database;
  }

  WriterAccess access() {
    return access;
  }

  SessionValues sessionValues(SessionId session) {
    return sessions.apply(session);
  }

  void nodeFailed(ReplicaFault fault) {
    onFault.accept(fault);
  }
}
