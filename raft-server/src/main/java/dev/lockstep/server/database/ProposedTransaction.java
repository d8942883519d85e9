package dev.lockstep.server.database;

import dev.lockstep.server.command.TransactionCommand;
import java.util.Arrays;

/**
 * A transaction of this leader that was given to the log and has not come back. Guarded by the
 * writer's lock, but for {@link #end} and {@link #isOver}, which any thread may call.
 */
final class ProposedTransaction {
  private final TransactionCommand command;
  private final byte[] entry;
  private SessionValues before;
  private SessionValues after;
  private boolean leftOut;
  private boolean dissolving;
  private volatile boolean over;

  ProposedTransaction(TransactionCommand command, byte[] entry) {
    this.command = command;
    this.entry = entry;
  }

  TransactionCommand command() {
    return command;
  }

  byte[] entry() {
    return entry;
  }

  boolean isEntry(byte[] other) {
    return Arrays.equals(entry, other);
  }

  /** Its script was run, with these values of its session, and every step showed what it had. */
  void ran(SessionValues valuesBefore, SessionValues valuesAfter) {
    before = valuesBefore;
    after = valuesAfter;
    leftOut = false;
  }

  /** Its script showed something else than before: it has no part in the state it was run on. */
  void leaveOut() {
    leftOut = true;
  }

  /** Its script has undone the SQLite transaction around it, and must not be run again. */
  void dissolves() {
    leftOut = true;
    dissolving = true;
  }

  boolean isDissolving() {
    return dissolving;
  }

  boolean isLeftOut() {
    return leftOut;
  }

  SessionValues before() {
    return before;
  }

  SessionValues after() {
    return after;
  }

  /** Its proposal has ended, or nobody believes in it any more. */
  void end() {
    over = true;
  }

  boolean isOver() {
    return over;
  }
}
