package dev.lockstep.server.command;

import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ProtocolException;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/**
 * An entry of a database's log. It begins with the version of its format, a byte for its type, and
 * the name of the database, so that an entry that went astray is noticed.
 */
public sealed interface Command
    permits OpenSession,
        RenewSession,
        CloseSession,
        ExecuteCommand,
        TransactionCommand,
        Checkpoint,
        FixContent {

  /** The version that this code writes, and the newest that it reads. */
  int FORMAT_VERSION = 1;

  /** Bytes of an encoded command: whatever fits a frame of the client protocol fits an entry. */
  int BYTES_MAX = Limits.FRAME_BYTES_MAX + (1 << 20);

  String database();

  /**
   * The leader's clock when it made the command, in milliseconds since 1970; 0 if the command does
   * not depend on time.
   */
  long clockMillis();

  CommandType type();

  /** Writes what follows the head. */
  void encodeBody(WireWriter out);

  /**
   * The bytes of the log entry.
   *
   * @throws ProtocolException if they are more than {@link #BYTES_MAX}
   */
  default byte[] encode() {
    WireWriter out = new WireWriter(256, BYTES_MAX);
    out.writeByte(FORMAT_VERSION);
    out.writeByte(type().code());
    out.writeString(database());
    encodeBody(out);
    return out.toByteArray();
  }

  /**
   * Reads a log entry.
   *
   * @throws ProtocolException if the bytes are not a command, or one of a newer version
   */
  static Command decode(byte[] entry) {
    WireReader in = new WireReader(entry);
    int version = in.readByte();
    if (version < 1 || version > FORMAT_VERSION) {
      throw new ProtocolException(
          "command of format version "
              + version
              + "; this node reads up to version "
              + FORMAT_VERSION
              + ": it needs a newer Lockstep");
    }
    CommandType type = CommandType.ofCode(in.readByte());
    String database = in.readString(Limits.NAME_BYTES_MAX, "bytes of a database name");
    Command command =
        switch (type) {
          case OPEN_SESSION -> OpenSession.decode(database, in);
          case RENEW_SESSION -> RenewSession.decode(database, in);
          case CLOSE_SESSION -> CloseSession.decode(database, in);
          case EXECUTE -> ExecuteCommand.decode(database, in);
          case TRANSACTION -> TransactionCommand.decode(database, in);
          case CHECKPOINT -> Checkpoint.decode(database, in);
          case FIX_CONTENT -> FixContent.decode(database, in);
        };
    in.expectEnd();
    return command;
  }
}
