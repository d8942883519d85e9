package dev.lockstep.server.command;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/** Makes a session known; for a known one only its time starts anew. */
public record OpenSession(String database, SessionId session, long clockMillis) implements Command {
  @Override
  public CommandType type() {
    return CommandType.OPEN_SESSION;
  }

  @Override
  public void encodeBody(WireWriter out) {
    session.encode(out);
    out.writeVarLong(clockMillis);
  }

  static OpenSession decode(String database, WireReader in) {
    return new OpenSession(database, SessionId.decode(in), in.readVarLong());
  }
}
