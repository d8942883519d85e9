package dev.lockstep.server.database;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.CloseSession;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Done;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.CommandResult.LockBusy;
import dev.lockstep.server.command.Digest;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.RenewSession;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.TransactionCommand;
import java.sql.SQLException;

/**
 * Applies one command inside the open SQLite transaction: the rules of sessions, the certification
 * of transactions. All it decides depends on the log alone.
 */
final class CommandApplier {
  /** Bytes of the rows that an autocommit command returns. */
  static final int RESULT_BYTES_MAX = 8 << 20;

  /** Time after which an unused session is removed, by the commands' clock. */
  static final long SESSION_UNUSED_MILLIS_MAX = 86_400_000;

  /** Unused sessions are looked for when the commands' clock enters another minute. */
  private static final long EXPIRY_INTERVAL_MILLIS = 60_000;

  private static final int BUFFER_BYTES_KEPT = 1 << 20;

  private final StateConnection connection;
  private final ScriptRunner runner;
  private final SessionTable sessions;
  private final TransactionCounters counters;
  private final LockCalls lockCalls;
  private final TableUses uses;
  private final RecentChanges changes;
  private WireWriter encoded = newBuffer();

  CommandApplier(
      StateConnection connection,
      ScriptRunner runner,
      SessionTable sessions,
      TransactionCounters counters,
      long appliedIndex) {
    this.counters = counters;
    this.uses = new TableUses(connection);
    this.changes = new RecentChanges(uses, appliedIndex);
    this.connection = connection;
    this.runner = runner;
    this.sessions = sessions;
    this.lockCalls = new LockCalls(sessions);
    connection.writer().setNamedLocks(lockCalls);
  }

  /**
   * Applies a command.
   *
   * @param before the state after the entry before
   * @return the state after this entry
   * @throws Dissolved if the transaction must be begun again, with this outcome of the command
   * @throws NotInPlace if the transaction must be begun again, and nothing is in place then
   */
  AppliedState apply(PendingCommand pending, AppliedState before)
      throws SQLException, Dissolved, NotInPlace {
    Command command = pending.command();
    long clock = Math.max(before.clockMillis(), command.clockMillis());
    if (clock / EXPIRY_INTERVAL_MILLIS != before.clockMillis() / EXPIRY_INTERVAL_MILLIS) {
      sessions.removeUnusedSince(clock - SESSION_UNUSED_MILLIS_MAX);
    }
    if (encoded.buffer().length > BUFFER_BYTES_KEPT) {
      encoded = newBuffer();
    }
    encoded.reset();
    long index = pending.index();
    CommandResult result = dispatch(pending, clock);
    changes.add(index, command);
    if (encoded.size() == 0) {
      result.encode(encoded);
    }
    pending.setResult(result);
    Digest digest = before.digest().next(index, encoded.buffer(), encoded.size());
    return new AppliedState(index, pending.entry().term(), clock, digest);
  }

  private CommandResult dispatch(PendingCommand pending, long clock)
      throws SQLException, Dissolved, NotInPlace {
    Command command = pending.command();
    return switch (command.type()) {
      case OPEN_SESSION -> open((OpenSession) command, pending.index(), clock);
      case RENEW_SESSION -> renew((RenewSession) command, clock);
      case CLOSE_SESSION -> close((CloseSession) command);
      case EXECUTE -> {
        ExecuteCommand execute = (ExecuteCommand) command;
        yield write(pending, execute.session(), execute.sequence(), clock);
      }
      case TRANSACTION -> {
        TransactionCommand transaction = (TransactionCommand) command;
        yield write(pending, transaction.session(), transaction.sequence(), clock);
      }
      // Their place in the log is all that counts; ContentSnapshots does the rest after the commit.
      case CHECKPOINT, FIX_CONTENT -> Done.INSTANCE;
    };
  }

  private CommandResult open(OpenSession command, long index, long clock) {
    Session session = sessions.get(command.session());
    if (session != null) {
      sessions.update(session.used(clock));
    } else if (command.session().isNone()) {
      return new Failed(Cause.STATEMENT, "08P01", "a session's id cannot be 0");
    } else {
      sessions.add(Session.opened(command.session(), index, clock));
    }
    return Done.INSTANCE;
  }

  private CommandResult renew(RenewSession command, long clock) {
    Session session = sessions.get(command.session());
    if (session == null) {
      return unknown(command.session());
    }
    sessions.update(session.used(clock));
    return Done.INSTANCE;
  }

  private static Failed unknown(SessionId id) {
    return new Failed(Cause.SESSION_UNKNOWN, "08003", "session " + id + " is not open (any more)");
  }

  private CommandResult close(CloseSession command) {
    Session session = sessions.get(command.session());
    if (session != null) {
      sessions.remove(session);
    }
    return Done.INSTANCE;
  }

  /** To be called after the commit of definitions. */
  void schemaChanged() {
    uses.schemaChanged();
  }

  /** Whether the statements of a write will run; false for repetitions and unknown sessions. */
  boolean isNew(SessionId id, long sequence) {
    Session session = sessions.get(id);
    return session != null && sequence > session.lastSequence();
  }

  private CommandResult write(PendingCommand pending, SessionId id, long sequence, long clock)
      throws SQLException, Dissolved, NotInPlace {
    Session session = sessions.get(id);
    ProposedTransaction inPlace = pending.inPlace();
    if (inPlace != null) {
      return record(pending, inPlace, session, sequence, clock);
    }
    if (session == null) {
      return unknown(id);
    }
    if (sequence == session.lastSequence() && sequence > 0) {
      byte[] kept = session.result() != null ? session.result() : connection.readResult(session);
      encoded.writeRaw(kept, 0, kept.length);
      return CommandResult.decode(new WireReader(kept));
    }
    if (sequence <= session.lastSequence()) {
      return new Failed(
          Cause.SEQUENCE_TOO_OLD,
          "08P01",
          "write "
              + sequence
              + " of session "
              + id
              + " came after write "
              + session.lastSequence());
    }
    Script script = scriptOf(pending.command(), session);
    CommandResult result =
        pending.outcome() != null
            ? pending.outcome()
            : execute(pending.command(), script, session, clock);
    result.encode(encoded);
    if (result instanceof LockBusy) {
      // It will be tried again, with the same sequence.
      sessions.update(session.used(clock));
      return result;
    }
    SessionValues values = result instanceof Failed ? session.values() : script.values();
    sessions.update(session.wrote(sequence, pending.index(), clock, toKeep(session), values));
    return result;
  }

  /**
   * Records a transaction whose script was run where this command stands, and need not be again.
   */
  private CommandResult record(
      PendingCommand pending,
      ProposedTransaction inPlace,
      Session session,
      long sequence,
      long clock)
      throws NotInPlace {
    if (session == null
        || sequence <= session.lastSequence()
        || !session.values().equals(inPlace.before())) {
      throw new NotInPlace();
    }
    Done.INSTANCE.encode(encoded);
    sessions.update(
        session.wrote(sequence, pending.index(), clock, toKeep(session), inPlace.after()));
    return Done.INSTANCE;
  }

  private static Script scriptOf(Command command, Session session) {
    if (command instanceof ExecuteCommand execute) {
      return new Script(execute.clockMillis(), execute.seed(), session.values());
    }
    TransactionCommand transaction = (TransactionCommand) command;
    return new Script(transaction.clockMillis(), transaction.seed(), session.values());
  }

  private byte[] toKeep(Session session) {
    if (sessions.keeps(session, encoded.size())) {
      return encoded.toByteArray();
    }
    WireWriter out = newBuffer();
    new Failed(
            Cause.RESULT_NOT_KEPT,
            "54L01",
            "the statement was executed, but its answer was lost on the way, and its result of "
                + encoded.size()
                + " bytes was too large to be kept; do not execute it again")
        .encode(out);
    return out.toByteArray();
  }

  private CommandResult execute(Command command, Script script, Session session, long clock)
      throws SQLException, Dissolved {
    try {
      if (command instanceof ExecuteCommand execute) {
        if (mayCallLocks(execute)) {
          return withLocks(execute, script, session, clock);
        }
        return runner.runCommand(
            execute.statements(), script, execute.primesSession(), RESULT_BYTES_MAX);
      }
      return certify((TransactionCommand) command, script);
    } catch (Interrupted e) {
      throw new ReplicaFault("applying was interrupted, which nobody may do", e);
    }
  }

  private static boolean mayCallLocks(ExecuteCommand command) {
    return command.statements().size() == 1 && command.statements().get(0).kind() == Kind.QUERY;
  }

  private CommandResult withLocks(
      ExecuteCommand command, Script script, Session session, long clock)
      throws Dissolved, Interrupted {
    lockCalls.begin(session, clock, command.waitsForLock());
    try {
      return lockCalls.end(
          runner.runCommand(
              command.statements(), script, command.primesSession(), RESULT_BYTES_MAX));
    } finally {
      lockCalls.abandon();
    }
  }

  /** Runs a script, and lets it take effect only if it shows the client what it saw before. */
  private CommandResult certify(TransactionCommand command, Script script)
      throws SQLException, Dissolved, Interrupted {
    connection.savepoint();
    int different =
        runner.firstDifference(
            command.steps(), script, UnchangedReads.of(command, changes, counters));
    counters.certified(different < 0);
    if (different < 0) {
      connection.releaseSavepoint();
      return Done.INSTANCE;
    }
    runner.schemaMayHaveChanged();
    Failed changed = ScriptRunner.changed(different);
    if (!connection.rollbackToSavepoint()) {
      throw new Dissolved(changed);
    }
    return changed;
  }

  private static WireWriter newBuffer() {
    return new WireWriter(1024, Integer.MAX_VALUE - 64);
  }
}
