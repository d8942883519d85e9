package dev.lockstep.server.command;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/** Forgets a session; an unknown one is forgotten already. */
public record CloseSession(String database, SessionId session, long clockMillis)
    implements Command {
  @Override
  public CommandType type() {
    return CommandType.CLOSE_SESSION;
  }

  @Override
  public void encodeBody(WireWriter out) {
    session.encode(out);
    out.writeVarLong(clockMillis);
  }

  static CloseSession decode(String database, WireReader in) {
    return new CloseSession(database, SessionId.decode(in), in.readVarLong());
  }
}
