package dev.lockstep.server.command;

import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/**
 * A single statement (never a text of several) as the replicas run it. What the leader found out
 * about it stands beside it, so that no replica decides by itself.
 *
 * @param call the text and its rows of parameters
 * @param kind what it does
 * @param rows what the rows are that it returns
 * @param maxRows rows of its result at most, 0 for no limit
 */
public record StatementCommand(StatementCall call, Kind kind, Rows rows, long maxRows) {

  /** What a statement does, as far as the replicas treat it differently. */
  public enum Kind {
    /** Reads: has no update count. Only a step of a transaction can be one. */
    QUERY(0),
    /** INSERT, REPLACE, UPDATE, DELETE: its update count is what SQLite counts. */
    CHANGE(1),
    /** CREATE, ALTER, DROP, ANALYZE, REINDEX, a PRAGMA that writes: its update count is 0. */
    DEFINITION(2),
    /** SAVEPOINT, RELEASE, ROLLBACK TO; only as the single statement of a step. */
    SAVEPOINT(3),
    /** VACUUM: cannot run inside a transaction; only as the single statement of a command. */
    VACUUM(4);

    private static final Kind[] VALUES = values();
    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  /** What returned rows are. */
  public enum Rows {
    /** The statement returns none. */
    NONE(0),
    /** The statement's own result, of SELECT, RETURNING or PRAGMA. */
    RESULT(1),
    /** Keys that the application asked for besides the update count. */
    GENERATED_KEYS(2);

    private static final Rows[] VALUES = values();
    private final int code;

    Rows(int code) {
      this.code = code;
    }
  }

  /** A statement that returns no rows. */
  public StatementCommand(StatementCall call, Kind kind) {
    this(call, kind, Rows.NONE, 0);
  }

  public void encode(WireWriter out) {
    out.writeByte(kind.code << 4 | rows.code);
    out.writeVarLong(maxRows);
    call.encode(out);
  }

  public static StatementCommand decode(WireReader in) {
    int shape = in.readByte();
    int kind = shape >>> 4;
    int rows = shape & 0xF;
    if (kind >= Kind.VALUES.length || rows >= Rows.VALUES.length) {
      throw new ProtocolException("unknown shape of a statement: " + shape);
    }
    long maxRows = in.readVarLong();
    return new StatementCommand(
        StatementCall.decode(in), Kind.VALUES[kind], Rows.VALUES[rows], maxRows);
  }
}
