package dev.lockstep.server.command;

import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;
import java.util.Arrays;

/**
 * A place in the log at which all replicas compare themselves: their digests of all results up to
 * here, and a digest of a slice of the content as it is here. The entry holds nobody's digest: the
 * replicas exchange them, so that the leader is not right because it leads.
 *
 * @param place where the slice begins; empty for the beginning of the content
 * @param rowsMax rows of the slice, about
 * @param bytesMax bytes of the slice, about
 */
public record Checkpoint(String database, byte[] place, int rowsMax, int bytesMax)
    implements Command {
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
    out.writeBytes(place);
    out.writeVarInt(rowsMax);
    out.writeVarInt(bytesMax);
  }

  static Checkpoint decode(String database, WireReader in) {
    return new Checkpoint(
        database,
        in.readBytes(Limits.PLACE_BYTES_MAX, "bytes of a place"),
        in.readNonNegativeInt(Integer.MAX_VALUE, "rows"),
        in.readNonNegativeInt(Integer.MAX_VALUE, "bytes"));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint that
        && database.equals(that.database)
        && Arrays.equals(place, that.place)
        && rowsMax == that.rowsMax
        && bytesMax == that.bytesMax;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(place) * 31 + rowsMax;
  }
}
