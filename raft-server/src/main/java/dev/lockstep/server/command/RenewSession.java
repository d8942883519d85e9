package dev.lockstep.server.command;

import dev.lockstep.protocol.SessionId;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/** Makes the time of an open session start anew; never opens one. */
public record RenewSession(String database, SessionId session, long clockMillis)
    implements Command {
  @Override
  public CommandType type() {
    return CommandType.RENEW_SESSION;
  }

  @Override
  public void encodeBody(WireWriter out) {
    session.encode(out);
    out.writeVarLong(clockMillis);
  }

  static RenewSession decode(String database, WireReader in) {
    return new RenewSession(database, SessionId.decode(in), in.readVarLong());
  }
}
