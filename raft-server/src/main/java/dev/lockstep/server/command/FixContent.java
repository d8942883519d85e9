package dev.lockstep.server.command;

import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/**
 * A place in the log at which every replica keeps its content readable for a while, so that the
 * whole of it can be compared.
 */
public record FixContent(String database) implements Command {
  @Override
  public CommandType type() {
    return CommandType.FIX_CONTENT;
  }

  @Override
  public long clockMillis() {
    return 0;
  }

  @Override
  public void encodeBody(WireWriter out) {}

  static FixContent decode(String database, WireReader in) {
    return new FixContent(database);
  }
}
