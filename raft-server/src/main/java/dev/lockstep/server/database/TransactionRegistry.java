package dev.lockstep.server.database;

import dev.lockstep.server.database.ProvisionalTransaction.State;
import dev.lockstep.server.log.ReplicatedLog;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions that run on this node, the leader, before their commit is applied. Safe for use
 * by several threads; its monitor is held for moments only, never while SQLite works.
 */
public final class TransactionRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionRegistry.class);

  private static final long READ_INDEX_SECONDS_MAX = 10;

  private final String database;
  private final TransactionOptions options;
  private final LongSupplier nanoTime;
  private final TurnAlarm alarm;
  private final WriterAccess access;
  private final TransactionCounters counters;
  private final Consumer<ReplicaFault> onFault;

  // Guarded by this, with the state and times of all transactions.
  private final Turns turns;
  private final Set<ProvisionalTransaction> open = new LinkedHashSet<>();
  private boolean alarmSet;
  private boolean leads;

  private volatile ReadIndex readIndex;

  TransactionRegistry(
      ReplicaOptions options,
      LongSupplier nanoTime,
      TurnAlarm alarm,
      WriterAccess access,
      TransactionCounters counters,
      Consumer<ReplicaFault> onFault) {
    this.database = options.database();
    this.options = options.transactions();
    this.nanoTime = nanoTime;
    this.alarm = alarm;
    this.access = access;
    this.counters = counters;
    this.onFault = onFault;
    this.turns = new Turns(this.options, counters);
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
    ProvisionalTransaction transaction =
        new ProvisionalTransaction(this, start, start.limits().cappedBy(options.limits()));
    counters.begun();
    synchronized (this) {
      transaction.beganNanos = nanoTime.getAsLong();
      transaction.activeNanos = transaction.beganNanos;
      if (leads) {
        open.add(transaction);
      } else {
        transaction.state = State.ENDED;
        transaction.lost = new TransactionLostException("57P03", "this node does not lead");
      }
    }
    return transaction;
  }

  /** How read indexes are asked for; without it, long reads are certified by running them again. */
  public interface ReadIndex {
    /** As {@link ReplicatedLog#readIndex}. */
    void readIndex(ReplicatedLog.ReadIndexCompletion completion);
  }

  /** To be called once, before the first transaction. */
  public void useReadIndex(ReadIndex source) {
    readIndex = source;
  }

  /**
   * Waits until this node has applied everything that is committed now. Blocks.
   *
   * @return false if that is not known
   */
  boolean awaitReadIndex() {
    ReadIndex source = readIndex;
    if (source == null) {
      return false;
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    source.readIndex((index, failure) -> done.complete(failure == null));
    try {
      return done.get(READ_INDEX_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  void requestTurn(ProvisionalTransaction transaction, String text, TurnCompletion onTurn) {
    ProvisionalTransaction next = null;
    TransactionLostException lost = null;
    boolean now = false;
    synchronized (this) {
      long nanos = nanoTime.getAsLong();
      transaction.noteText(text);
      switch (transaction.state) {
        case NEW, LENT, WAITING -> {
          transaction.onTurn = onTurn;
          if (transaction.start().mode() == TransactionMode.OPTIMISTIC) {
            transaction.state = State.ACTIVE;
            transaction.requesting = true;
            now = true;
          } else if (transaction.state != State.WAITING) {
            turns.queue(transaction, nanos);
            next = turns.next(nanos);
            setAlarm(nanos);
          }
        }
        case ACTIVE -> {
          turns.goOn(transaction, nanos);
          transaction.onTurn = onTurn;
          transaction.requesting = true;
          now = true;
        }
        case COMMITTING -> throw new IllegalStateException("a request after the commit");
        case ENDED -> {
          transaction.onTurn = onTurn;
          lost = transaction.lost;
          now = true;
        }
      }
    }
    if (now) {
      notify(transaction, lost);
    }
    notifyTurn(next);
  }

  void endRequest(ProvisionalTransaction transaction) {
    ProvisionalTransaction next;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      transaction.onTurn = null;
      transaction.requesting = false;
      transaction.activeNanos = now;
      if (transaction.state == State.WAITING) {
        // Its client has given up the request, and may send another.
        turns.remove(transaction);
        transaction.state = transaction.hadTurn ? State.LENT : State.NEW;
      }
      next = turns.next(now);
      setAlarm(now);
    }
    notifyTurn(next);
  }

  /** The transaction does not need its turn for what it does now. */
  void passTurn(ProvisionalTransaction transaction) {
    ProvisionalTransaction next;
    synchronized (this) {
      if (turns.holder() != transaction) {
        return;
      }
      turns.release(transaction);
      transaction.state = State.LENT;
      long now = nanoTime.getAsLong();
      next = turns.next(now);
      setAlarm(now);
    }
    notifyTurn(next);
  }

  /** Lends the turn, if its holder is idle and others wait for it. */
  void lend() {
    ProvisionalTransaction next;
    synchronized (this) {
      alarmSet = false;
      long now = nanoTime.getAsLong();
      next = turns.next(now);
      setAlarm(now);
    }
    notifyTurn(next);
  }

  private void setAlarm(long now) {
    long nanos = turns.nanosUntilLook(now);
    if (nanos > 0 && !alarmSet) {
      alarmSet = true;
      alarm.after(nanos, this::lend);
    }
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
      for (ProvisionalTransaction transaction : open) {
        TransactionLostException reason = overdue(transaction, now);
        if (reason != null) {
          late.add(transaction);
          reasons.add(reason);
        }
      }
    }
    for (int i = 0; i < late.size(); i++) {
      end(late.get(i), reasons.get(i));
    }
  }

  private static TransactionLostException overdue(ProvisionalTransaction transaction, long now) {
    TransactionLimits limits = transaction.limits();
    if (transaction.state == State.COMMITTING) {
      return null;
    }
    if (transaction.state == State.WAITING) {
      if (isOver(now, transaction.waitsNanos, limits.turnMillisMax())) {
        return new TransactionLostException(
            "55P03",
            "the transaction waited for its turn for more than "
                + limits.turnMillisMax()
                + " ms: other transactions take too long");
      }
    } else if (!transaction.requesting
        && isOver(now, transaction.activeNanos, limits.idleMillisMax())) {
      return new TransactionLostException(
          "25P03", "the transaction was idle for more than " + limits.idleMillisMax() + " ms");
    }
    if (isOver(now, transaction.beganNanos, limits.totalMillisMax())) {
      return new TransactionLostException(
          "25P04", "the transaction took more than " + limits.totalMillisMax() + " ms");
    }
    return null;
  }

  private static boolean isOver(long now, long since, long millisMax) {
    return now - since > TimeUnit.MILLISECONDS.toNanos(millisMax);
  }

  /** Transactions that are not at their end, those included that are being committed. */
  public synchronized int count() {
    return open.size();
  }

  /** All of them. */
  public synchronized List<TransactionView> views() {
    long now = nanoTime.getAsLong();
    List<TransactionView> views = new ArrayList<>(open.size());
    for (ProvisionalTransaction transaction : open) {
      boolean busy =
          transaction.requesting
              || transaction.state == State.WAITING
              || transaction.state == State.COMMITTING;
      views.add(
          new TransactionView(
              transaction.start().session(),
              transaction.start().mode().name().toLowerCase(Locale.ROOT),
              transaction.state.name().toLowerCase(Locale.ROOT),
              TimeUnit.NANOSECONDS.toMillis(now - transaction.beganNanos),
              busy ? 0 : TimeUnit.NANOSECONDS.toMillis(now - transaction.activeNanos),
              transaction.stepCount(),
              transaction.hasWritten()));
    }
    return views;
  }

  /** Adds how transactions stand, and what has happened to them, for a node's status. */
  public void describe(Map<String, String> values) {
    synchronized (this) {
      values.put("transactions", String.valueOf(open.size()));
      values.put("transactions.waiting", String.valueOf(turns.waiting()));
      values.put("transactions.proposed", String.valueOf(turns.proposed()));
    }
    counters.describe(values);
  }

  synchronized void leadershipGained() {
    leads = true;
  }

  void leadershipLost(String reason) {
    synchronized (this) {
      leads = false;
    }
    endAll("57P03", reason);
  }

  /** Ends all transactions, those included that wait. */
  private void endAll(String sqlState, String reason) {
    List<ProvisionalTransaction> all;
    synchronized (this) {
      // Who waits first, so that a turn goes to nobody.
      all = turns.allWaiting();
      open.stream().filter(transaction -> transaction.state != State.WAITING).forEach(all::add);
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
    ProvisionalTransaction next;
    synchronized (this) {
      if (transaction.state == State.ENDED) {
        return;
      }
      transaction.state = State.ENDED;
      transaction.lost =
          lost != null ? lost : new TransactionLostException("25P01", "the transaction is over");
      open.remove(transaction);
      turns.remove(transaction);
      if (transaction.proposal != null) {
        transaction.proposal.end();
        turns.removeProposed(transaction.proposal.entry().length);
      }
      long now = nanoTime.getAsLong();
      next = turns.next(now);
      setAlarm(now);
    }
    transaction.interrupt();
    transaction.leaveSnapshot();
    access.abandon(transaction);
    notify(transaction, transaction.lost);
    notifyTurn(next);
  }

  private void notifyTurn(ProvisionalTransaction next) {
    if (next != null) {
      notify(next, null);
    }
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

  /** From here on the log decides about the transaction. */
  synchronized void beginCommit(ProvisionalTransaction transaction, ProposedTransaction proposal)
      throws TransactionLostException {
    check(transaction);
    transaction.state = State.COMMITTING;
    transaction.proposal = proposal;
    turns.addProposed(proposal.entry().length);
  }

  /** The proposal is in the log's hands: the next one's turn begins on top of it. */
  void proposed(ProvisionalTransaction transaction) {
    ProvisionalTransaction next;
    synchronized (this) {
      turns.release(transaction);
      long now = nanoTime.getAsLong();
      next = turns.next(now);
      setAlarm(now);
    }
    notifyTurn(next);
  }

  /**
   * @throws TransactionLostException if the transaction has ended
   */
  synchronized void check(ProvisionalTransaction transaction) throws TransactionLostException {
    if (transaction.state == State.ENDED) {
      throw new TransactionLostException(
          transaction.lost.sqlState(), transaction.lost.getMessage());
    }
  }

  /** A request that has passed its turn on goes on without it. */
  synchronized void checkActive(ProvisionalTransaction transaction)
      throws TransactionLostException {
    check(transaction);
    boolean passed = transaction.state == State.LENT && transaction.requesting;
    if (transaction.state != State.ACTIVE && !passed) {
      throw new IllegalStateException("a request of a transaction that is " + transaction.state);
    }
  }

  synchronized boolean isOver(ProvisionalTransaction transaction) {
    return transaction.state == State.ENDED;
  }

  synchronized boolean isActive(ProvisionalTransaction transaction) {
    return transaction.state == State.ACTIVE;
  }

  String database() {
    return database;
  }

  WriterAccess access() {
    return access;
  }

  /** What a transaction may take at most on this node. */
  public TransactionLimits limits() {
    return options.limits();
  }

  TransactionOptions options() {
    return options;
  }

  TransactionCounters counters() {
    return counters;
  }

  void nodeFailed(ReplicaFault fault) {
    onFault.accept(fault);
  }

  @Override
  public void close() {
    alarm.close();
  }
}
