package dev.lockstep.server.database;

import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.server.command.TransactionCommand.Step;
import dev.lockstep.sql.SqlErrors;
import dev.lockstep.sql.SqlFailure;
import java.sql.SQLException;
import java.util.List;

/**
 * Runs a transaction's work on the writer, on top of its steps so far, and again when the applying
 * thread has come between. For the thread that works on the transaction.
 */
final class WriterRun implements WriterLock.Interruptible {
  private final TransactionRegistry registry;
  private final WriterAccess access;
  private final ProvisionalTransaction transaction;
  private final StepPatience patience;

  /** The surroundings of the steps, as they have left them; null if they are not in place. */
  private Script script;

  /** The committed state that the steps were last run on; 0 if it was none, or they never were. */
  private long seenIndex;

  WriterRun(TransactionRegistry registry, ProvisionalTransaction transaction) {
    this.registry = registry;
    this.access = registry.access();
    this.transaction = transaction;
    this.patience = new StepPatience(registry.options().stepMillisMax());
  }

  /** Work on the writer. */
  interface Work<T> {
    /**
     * @param script the surroundings for another step
     */
    T run(ScriptRunner runner, Script script) throws SQLException, Dissolved, Interrupted;
  }

  /** The work was interrupted, and shall not be begun again here. */
  static final class GivenUp extends Exception {
    private static final long serialVersionUID = 1L;

    GivenUp() {
      super("given up", null, false, false);
    }
  }

  /** Whether work that was interrupted shall be begun again. */
  interface Again {
    boolean wanted();
  }

  /**
   * Runs the work.
   *
   * @throws GivenUp if it was interrupted, and is not to be run again; nothing of it is left
   * @throws TransactionLostException if the transaction is over
   */
  <T> T run(Work<T> work, Again again) throws TransactionLostException, GivenUp {
    while (true) {
      access.lock().lock();
      try {
        checkOpen();
        return attempt(work);
      } catch (Interrupted e) {
        registry.check(transaction);
        if (!again.wanted()) {
          throw new GivenUp();
        }
        interrupted();
      } finally {
        if (registry.isOver(transaction)) {
          // It ended while nobody else could roll it back.
          access.abandonHeld(transaction);
        }
        access.lock().unlock();
      }
    }
  }

  /** If it ends in an exception, nothing is left in the SQLite transaction. */
  private <T> T attempt(Work<T> work) throws TransactionLostException, Interrupted {
    try {
      try {
        return started(work);
      } catch (Interrupted e) {
        undo();
        throw e;
      } catch (Dissolved e) {
        undo();
        throw transaction.lose(
            new TransactionLostException(
                "40002",
                e.result().message() + "; this statement has rolled back the transaction"));
      }
    } catch (SQLException e) {
      throw failed(ScriptRunner.fault(e));
    } catch (ReplicaFault e) {
      throw failed(e);
    }
  }

  /** To be called with the writer's lock held. */
  void checkOpen() throws TransactionLostException {
    registry.check(transaction);
    if (access.connection() == null) {
      throw transaction.lose(new TransactionLostException("57P01", "this node stops"));
    }
  }

  private <T> T started(Work<T> work)
      throws SQLException, Dissolved, Interrupted, TransactionLostException {
    long start = System.nanoTime();
    access.start(this);
    try {
      replay();
      return work.run(access.runner(), script);
    } catch (SQLException e) {
      if (SqlErrors.classify(e).kind() == SqlFailure.Kind.INTERRUPTED) {
        throw new Interrupted();
      }
      throw e;
    } finally {
      access.finish();
      patience.ran(System.nanoTime() - start);
    }
  }

  /** Puts the steps so far on everything that is proposed, if they are not there any more. */
  private void replay() throws SQLException, Interrupted, TransactionLostException {
    Speculation speculation = access.speculation();
    if (speculation.isOn(transaction)) {
      return;
    }
    script = speculation.enter(transaction, transaction.start());
    long index = speculation.isOnCommittedState() ? access.appliedIndex() : 0;
    List<Step> steps = transaction.steps();
    if (steps.isEmpty()) {
      seenIndex = index;
      return;
    }
    registry.counters().replayed();
    if (transaction.definesSchema()) {
      speculation.noteDefinition();
    }
    boolean same;
    try {
      same = access.runner().firstDifference(steps, script, null) < 0;
    } catch (Dissolved e) {
      speculation.rollback();
      same = false;
    }
    if (!same) {
      throw transaction.conflict();
    }
    seenIndex = index;
  }

  private void undo() throws SQLException {
    script = null;
    access.rollback();
  }

  private void interrupted() throws TransactionLostException {
    registry.counters().interrupted();
    patience.interrupted();
    if (patience.isUsedUp()) {
      throw transaction.lose(patience.exceeded());
    }
  }

  /** See {@link TransactionCommand#seenIndex}. */
  long seenIndex() {
    return seenIndex;
  }

  /** The script's surroundings if its steps are in place; with the writer's lock held. */
  Script scriptInPlace() {
    return script;
  }

  /** With the writer's lock held. */
  TransactionLostException failed(ReplicaFault fault) {
    boolean undone = rollback(fault);
    if (fault.isDiskFull() || undone && fault.isNoMemory()) {
      return transaction.lose(TransactionLostException.of(fault));
    }
    registry.nodeFailed(fault);
    return transaction.lose(new TransactionLostException("58030", fault.getMessage()));
  }

  private boolean rollback(ReplicaFault fault) {
    try {
      access.rollback();
      return true;
    } catch (SQLException e) {
      fault.addSuppressed(e);
      return false;
    }
  }

  @Override
  public long patienceMillis() {
    return patience.millis();
  }

  @Override
  public void interrupt() {
    access.interruptRunning();
  }
}
