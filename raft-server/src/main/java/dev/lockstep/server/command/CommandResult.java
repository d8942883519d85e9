package dev.lockstep.server.command;

import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.ServerMessage;
import dev.lockstep.protocol.StatementResult;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;
import java.util.List;

/**
 * What a command did, the same on every replica: the client's answer, what the session keeps for a
 * repetition, and what the digest is made of.
 */
public sealed interface CommandResult {

  /** A session was opened or closed, a transaction committed, content fixed. */
  record Done() implements CommandResult {
    public static final Done INSTANCE = new Done();

    @Override
    public void encode(WireWriter out) {
      out.writeByte(0);
    }
  }

  /** What the statements of a command or step did, one result for each. */
  record Executed(List<StatementResult> results) implements CommandResult {
    public Executed {
      results = List.copyOf(results);
    }

    @Override
    public void encode(WireWriter out) {
      out.writeByte(1);
      ServerMessage.Executed.encodeResults(out, results);
    }
  }

  /**
   * Nothing of the command took effect.
   *
   * @param cause what the client is told to do about it
   * @param vendorCode SQLite's primary result code, or 0
   * @param statement the failing statement, counted from 0
   * @param row the failing row of parameters, counted from 0
   */
  record Failed(
      Cause cause, String sqlState, int vendorCode, String message, int statement, int row)
      implements CommandResult {
    private static final int MESSAGE_CHARS_MAX = Limits.ERROR_MESSAGE_BYTES_MAX / 4;

    public Failed {
      if (sqlState.length() != 5) {
        throw new IllegalArgumentException("SQLSTATE of five characters expected: " + sqlState);
      }
      if (message.length() > MESSAGE_CHARS_MAX) {
        message = message.substring(0, MESSAGE_CHARS_MAX - 1) + "…";
      }
    }

    public Failed(Cause cause, String sqlState, String message) {
      this(cause, sqlState, 0, message, 0, 0);
    }

    @Override
    public void encode(WireWriter out) {
      out.writeByte(2);
      out.writeByte(cause.code);
      out.writeString(sqlState);
      out.writeVarInt(vendorCode);
      out.writeString(message);
      out.writeVarInt(statement);
      out.writeVarInt(row);
    }

    private static Failed decodeBody(WireReader in) {
      Cause cause = Cause.ofCode(in.readByte());
      String sqlState = in.readString(5, "bytes of an SQLSTATE");
      if (sqlState.length() != 5) {
        throw new ProtocolException("SQLSTATE of " + sqlState.length() + " characters");
      }
      return new Failed(
          cause,
          sqlState,
          number(in),
          in.readString(Limits.ERROR_MESSAGE_BYTES_MAX, "bytes of an error message"),
          number(in),
          number(in));
    }

    private static int number(WireReader in) {
      long value = in.readVarLong();
      if (value < 0 || value > Integer.MAX_VALUE) {
        throw new ProtocolException("number " + Long.toUnsignedString(value));
      }
      return (int) value;
    }
  }

  /**
   * Another session has the named lock, and whoever proposed the command will try again. Nothing of
   * the command took effect, and the session's sequence was not used up.
   *
   * @param waitMillis how long the statement wants to wait in all
   */
  record LockBusy(String name, long waitMillis) implements CommandResult {
    @Override
    public void encode(WireWriter out) {
      out.writeByte(3);
      out.writeString(name);
      out.writeVarLong(waitMillis);
    }

    private static LockBusy decodeBody(WireReader in) {
      return new LockBusy(
          in.readString(Limits.NAME_BYTES_MAX, "bytes of a lock's name"), in.readVarLong());
    }
  }

  /** Why a command took no effect. Codes never change and are never used again. */
  enum Cause {
    /** A statement's own error. */
    STATEMENT(0, FailureKind.STATEMENT),
    /** The session is not known (any more). */
    SESSION_UNKNOWN(1, FailureKind.SESSION_UNKNOWN),
    /** The session has sent a write with a larger sequence before. */
    SEQUENCE_TOO_OLD(2, FailureKind.PROTOCOL),
    /** What the transaction read has changed. */
    TRANSACTION_LOST(3, FailureKind.TRANSACTION_LOST),
    /** Only the answer to a repetition: the command took effect, its result was not kept. */
    RESULT_NOT_KEPT(4, FailureKind.STATEMENT);

    private static final Cause[] VALUES = values();
    private final int code;
    private final FailureKind failureKind;

    Cause(int code, FailureKind failureKind) {
      this.code = code;
      this.failureKind = failureKind;
    }

    /** What the client is told. */
    public FailureKind failureKind() {
      return failureKind;
    }

    private static Cause ofCode(int code) {
      if (code >= VALUES.length) {
        throw new ProtocolException("unknown cause of a failure: " + code);
      }
      return VALUES[code];
    }
  }

  void encode(WireWriter out);

  static CommandResult decode(WireReader in) {
    int type = in.readByte();
    return switch (type) {
      case 0 -> Done.INSTANCE;
      case 1 -> new Executed(ServerMessage.Executed.decodeResults(in));
      case 2 -> Failed.decodeBody(in);
      case 3 -> LockBusy.decodeBody(in);
      default -> throw new ProtocolException("unknown result type " + type);
    };
  }
}
