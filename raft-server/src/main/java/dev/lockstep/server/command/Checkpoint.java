package dev.lockstep.server.command;

import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;

/**
 * What the leader's digest was after an earlier entry. A replica whose own digest at that index was
 * another has diverged.
 */
public record Checkpoint(String database, long index, Digest digest) implements Command {
  @Override
  public CommandType type() {
    return CommandType.CHECKPOINT;
  }

  @Override
  public long clockMillis() {
    return 0;
  }

  @Override
  public void encodeBody(WireWriter out) {
    out.writeVarLong(index);
    digest.encode(out);
  }

  static Checkpoint decode(String database, WireReader in) {
    return new Checkpoint(database, in.readVarLong(), Digest.decode(in));
  }
}
