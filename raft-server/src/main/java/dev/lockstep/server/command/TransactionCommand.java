package dev.lockstep.server.command;

import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The script of a transaction that the application committed: it takes effect if every step still
 * shows the client what it saw, else nothing of it does.
 *
 * @param sequence the session's number of this write, more than 0
 * @param clockMillis the clock of all steps, fixed when the transaction began
 * @param seed the seed of all steps, used together with the statement's number in the script
 * @param seenIndex the steps have shown what they did in the committed state after this entry of
 *     the log, or in later ones; 0 if that is not so
 */
public record TransactionCommand(
    String database,
    SessionId session,
    long sequence,
    long clockMillis,
    long seed,
    long seenIndex,
    List<Step> steps)
    implements Command {
  /** Steps of a script. */
  public static final int STEPS_MAX = 10_000;

  public TransactionCommand {
    steps = List.copyOf(steps);
  }

  /**
   * One request of the client within the transaction: all of its statements take effect or none.
   *
   * @param seen digest of the encoded {@link CommandResult} that the client saw, errors included
   */
  public record Step(List<StatementCommand> statements, Digest seen) {
    public Step {
      statements = List.copyOf(statements);
    }

    public void encode(WireWriter out) {
      seen.encode(out);
      ExecuteCommand.encodeStatements(out, statements);
    }

    public static Step decode(WireReader in) {
      Digest seen = Digest.decode(in);
      return new Step(ExecuteCommand.decodeStatements(in), seen);
    }
  }

  @Override
  public CommandType type() {
    return CommandType.TRANSACTION;
  }

  @Override
  public void encodeBody(WireWriter out) {
    session.encode(out);
    out.writeVarLong(sequence);
    out.writeVarLong(clockMillis);
    out.writeLong(seed);
    out.writeVarLong(seenIndex);
    out.writeVarInt(steps.size());
    for (Step step : steps) {
      step.encode(out);
    }
  }

  static TransactionCommand decode(String database, WireReader in) {
    SessionId session = SessionId.decode(in);
    long sequence = in.readVarLong();
    long clockMillis = in.readVarLong();
    long seed = in.readLong();
    long seenIndex = in.readVarLong();
    int count = in.readCount(STEPS_MAX, "steps");
    if (count == 0) {
      throw new ProtocolException("no step in a transaction");
    }
    List<Step> steps = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      steps.add(Step.decode(in));
    }
    return new TransactionCommand(database, session, sequence, clockMillis, seed, seenIndex, steps);
  }
}
