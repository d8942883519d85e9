package dev.lockstep.server.command;

import com.google.common.hash.HashCode;
import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import dev.lockstep.protocol.WireReader;
import dev.lockstep.protocol.WireWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** 128 bits of murmur3 over something that all replicas must see alike. */
public record Digest(long high, long low) {
  public static final int BYTES = 16;

  /** The digest of a database to which nothing was applied. */
  public static final Digest ZERO = new Digest(0, 0);

  // The seed is a part of the persisted format.
  private static final HashFunction MURMUR = Hashing.murmur3_128(0);

  /** The digest of some bytes. */
  public static Digest of(byte[] bytes, int offset, int length) {
    return ofHash(MURMUR.hashBytes(bytes, offset, length));
  }

  /** The digest that follows this one when the entry with this index had this encoded result. */
  public Digest next(long index, byte[] result, int length) {
    return ofHash(
        MURMUR
            .newHasher(length + 24)
            .putLong(high)
            .putLong(low)
            .putLong(index)
            .putBytes(result, 0, length)
            .hash());
  }

  public void encode(WireWriter out) {
    out.writeLong(high);
    out.writeLong(low);
  }

  public static Digest decode(WireReader in) {
    return new Digest(in.readLong(), in.readLong());
  }

  private static Digest ofHash(HashCode hash) {
    ByteBuffer bytes = ByteBuffer.wrap(hash.asBytes()).order(ByteOrder.LITTLE_ENDIAN);
    return new Digest(bytes.getLong(), bytes.getLong());
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
