package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.TransactionCommand;
import dev.lockstep.sql.Analysis;
import dev.lockstep.sql.StatementAnalyzer;
import dev.lockstep.sql.StatementException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A transaction before its commit. Its steps run on the writer, in a SQLite transaction that is
 * rolled back whenever a command must be applied, and re-created by running the script again.
 * {@link #cancel} and {@link #rollback} may be called by any thread; the other methods by one
 * thread at a time.
 */
public final class ProvisionalTransaction {
  ProvisionalTransaction() {}

  /**
   * Runs the statements of one request: all take effect, or none and the result says why; then the
   * transaction goes on without them. Blocks on the writer's lock and on SQLite.
   *
   * @return {@link CommandResult.Executed} or {@link CommandResult.Failed} with cause STATEMENT
   * @throws TransactionLostException if what the transaction has read has changed, its time is
   *     over, or this node does not lead any more
   */
  public CommandResult step(List<StatementCommand> statements) throws TransactionLostException {
    throw new UnsupportedOperationException("follows");
  }

  /** Interrupts a running step, which then fails with SQLSTATE 57014; else does nothing. */
  public void cancel() {
    throw new UnsupportedOperationException("follows");
  }

  /**
   * What a text's statements do, seen with the transaction's own DDL. Blocks like {@link #step}.
   *
   * @throws StatementException if a statement is wrong or refused; the transaction goes on
   * @throws SQLException a fault of this node
   */
  public Analysis analyze(StatementAnalyzer analyzer, String sql)
      throws TransactionLostException, StatementException, SQLException {
    throw new UnsupportedOperationException("follows");
  }

  /**
   * Whether a step may have changed something, so that the commit needs an entry of the log. While
   * false, the caller of {@link #commandForCommit} first waits until a read index, asked for after
   * the client's request came, is applied: the certification is only as fresh as the state.
   */
  public boolean hasWritten() {
    throw new UnsupportedOperationException("follows");
  }

  /**
   * The command that commits the transaction, or empty if it has changed nothing: then it is
   * certified and over by this call. Otherwise the turn stays taken until {@link #committed}. May
   * block like {@link #step}.
   *
   * @param session the session that commits; the one the transaction began with, unless that was
   *     {@link SessionId#NONE}
   */
  public Optional<TransactionCommand> commandForCommit(SessionId session, long sequence)
      throws TransactionLostException {
    throw new UnsupportedOperationException("follows");
  }

  /** The command for the commit was applied, or failed: the turn is over. Idempotent. */
  public void committed() {
    throw new UnsupportedOperationException("follows");
  }

  /** Gives the transaction up, whatever its state. Idempotent; never blocks. */
  public void rollback() {
    throw new UnsupportedOperationException("follows");
  }
}
