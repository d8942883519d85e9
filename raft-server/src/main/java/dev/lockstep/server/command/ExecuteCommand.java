package dev.lockstep.server.command;

import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Statements of an autocommit request: all of them take effect or none.
 *
 * @param sequence the session's number of this write, more than 0
 * @param seed what the functions of chance are seeded with, together with the statement's number
 * @param primesSession whether a statement reads the values of its session ({@code
 *     last_insert_rowid()}, {@code changes()}, {@code total_changes()})
 * @param waitsForLock whether the proposer goes on waiting if a named lock is held by another
 *     session: then the command has no effect, and its sequence is not used up
 */
public record ExecuteCommand(
    String database,
    SessionId session,
    long sequence,
    long clockMillis,
    long seed,
    boolean primesSession,
    boolean waitsForLock,
    List<StatementCommand> statements)
    implements Command {
  private static final int PRIMES_SESSION = 1;
  private static final int WAITS_FOR_LOCK = 2;

  public ExecuteCommand {
    statements = List.copyOf(statements);
  }

  public ExecuteCommand(
      String database,
      SessionId session,
      long sequence,
      long clockMillis,
      long seed,
      boolean primesSession,
      List<StatementCommand> statements) {
    this(database, session, sequence, clockMillis, seed, primesSession, false, statements);
  }

  @Override
  public CommandType type() {
    return CommandType.EXECUTE;
  }

  @Override
  public void encodeBody(WireWriter out) {
    session.encode(out);
    out.writeVarLong(sequence);
    out.writeVarLong(clockMillis);
    out.writeLong(seed);
    out.writeByte((primesSession ? PRIMES_SESSION : 0) | (waitsForLock ? WAITS_FOR_LOCK : 0));
    encodeStatements(out, statements);
  }

  static ExecuteCommand decode(String database, WireReader in) {
    SessionId session = SessionId.decode(in);
    long sequence = in.readVarLong();
    long clockMillis = in.readVarLong();
    long seed = in.readLong();
    int flags = in.readByte();
    if ((flags & ~(PRIMES_SESSION | WAITS_FOR_LOCK)) != 0) {
      throw new ProtocolException("unknown flags of a command: " + flags);
    }
    return new ExecuteCommand(
        database,
        session,
        sequence,
        clockMillis,
        seed,
        (flags & PRIMES_SESSION) != 0,
        (flags & WAITS_FOR_LOCK) != 0,
        decodeStatements(in));
  }

  static void encodeStatements(WireWriter out, List<StatementCommand> statements) {
    out.writeVarInt(statements.size());
    for (StatementCommand statement : statements) {
      statement.encode(out);
    }
  }

  static List<StatementCommand> decodeStatements(WireReader in) {
    int count = in.readCount(Limits.STATEMENTS_MAX, "statements");
    if (count == 0) {
      throw new ProtocolException("no statement to execute");
    }
    if (count == 1) {
      return List.of(StatementCommand.decode(in));
    }
    List<StatementCommand> statements = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      statements.add(StatementCommand.decode(in));
    }
    return statements;
  }
}
