package dev.lockstep.testkit.simulation;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.WireWriter;
import dev.lockstep.server.command.CloseSession;
import dev.lockstep.server.command.Command;
import dev.lockstep.server.command.CommandResult;
import dev.lockstep.server.command.CommandResult.Cause;
import dev.lockstep.server.command.CommandResult.Failed;
import dev.lockstep.server.command.ExecuteCommand;
import dev.lockstep.server.command.OpenSession;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.server.command.StatementCommand.Kind;
import dev.lockstep.server.command.StatementCommand.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One thing that a client wants done, however often it has to ask. */
final class ClientOperation {
  enum Type {
    OPEN,
    CLOSE,
    DEFINE,
    INSERT,
    BATCH,
    COUNT,
    TRANSFER,
    DELETE,
    FAIL
  }

  final Type type;
  final SessionId session;
  final long sequence;

  /** Stands in each row that it inserts. */
  final String name;

  /** Rows of {@code entry} if it takes effect. */
  int rows;

  /** The operation whose item it deletes, or null. */
  ClientOperation victim;

  /** Whether another operation was made to delete its item. */
  boolean victimised;

  final List<StatementCommand> statements = new ArrayList<>();
  final long invokedMicros;
  long answeredMicros;
  int attempts;
  int answers;
  CommandResult result;

  /** The client went on without an answer. */
  boolean abandoned;

  ClientOperation(Type type, SessionId session, long sequence, long nowMicros) {
    this.type = type;
    this.session = session;
    this.sequence = sequence;
    this.name = session + "/" + sequence;
    this.invokedMicros = nowMicros;
  }

  ClientOperation change(String sql, Object... parameters) {
    return add(new StatementCommand(call(sql, parameters), Kind.CHANGE));
  }

  ClientOperation returning(String sql, Object... parameters) {
    return add(new StatementCommand(call(sql, parameters), Kind.CHANGE, Rows.RESULT, 0));
  }

  ClientOperation definition(String sql) {
    return add(new StatementCommand(new StatementCall(sql), Kind.DEFINITION));
  }

  ClientOperation add(StatementCommand statement) {
    statements.add(statement);
    return this;
  }

  /** Its name in the table of entries, once. */
  ClientOperation entry() {
    rows = 1;
    return change(
        "INSERT INTO entry(op, kind, target) VALUES (?, ?, ?)",
        name,
        type.name(),
        victim == null ? null : victim.name);
  }

  private static StatementCall call(String sql, Object... parameters) {
    return parameters.length == 0
        ? new StatementCall(sql)
        : new StatementCall(sql, List.<Object[]>of(parameters));
  }

  /** As the leader that is asked makes it: each attempt has its own clock and seed. */
  Command command(long clockMillis, long seed) {
    return switch (type) {
      case OPEN -> new OpenSession(ReplicaGroup.DATABASE, session, clockMillis);
      case CLOSE -> new CloseSession(ReplicaGroup.DATABASE, session, clockMillis);
      default ->
          new ExecuteCommand(
              ReplicaGroup.DATABASE, session, sequence, clockMillis, seed, false, statements);
    };
  }

  /**
   * Takes an answer to one of the attempts.
   *
   * @param current whether the client has asked for nothing else since
   */
  void answered(CommandResult answer, boolean current, long nowMicros) {
    answers++;
    if (answer instanceof Failed failed && failed.cause() != Cause.STATEMENT) {
      boolean late =
          !current
              && (failed.cause() == Cause.SEQUENCE_TOO_OLD
                  || failed.cause() == Cause.SESSION_UNKNOWN);
      if (!late) {
        throw new AssertionError(this + " was answered " + answer);
      }
    } else if (result == null) {
      result = answer;
      answeredMicros = nowMicros;
    } else if (!Arrays.equals(encode(result), encode(answer))) {
      throw new AssertionError(this + " was answered " + result + ", then " + answer);
    }
  }

  private static byte[] encode(CommandResult result) {
    WireWriter out = new WireWriter();
    result.encode(out);
    return out.toByteArray();
  }

  boolean isAnswered() {
    return result != null;
  }

  boolean tookEffect() {
    return result instanceof CommandResult.Executed;
  }

  @Override
  public String toString() {
    return type + " " + name;
  }
}
