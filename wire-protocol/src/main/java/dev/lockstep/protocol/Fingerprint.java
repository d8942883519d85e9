package dev.lockstep.protocol;

import java.nio.ByteBuffer;

/**
 * 128 bits by which something that was seen is recognised: the result of a step, the rows of a
 * result. That of rows is made by {@link RowsDigest}; all others are the node's own, and opaque to
 * a client.
 */
public record Fingerprint(long high, long low) {
  public static final int BYTES = 16;
  public static final Fingerprint ZERO = new Fingerprint(0, 0);

  static Fingerprint ofFirstBytes(byte[] hash) {
    ByteBuffer bytes = ByteBuffer.wrap(hash);
    return new Fingerprint(bytes.getLong(), bytes.getLong());
  }

  void encode(WireWriter out) {
    out.writeLong(high);
    out.writeLong(low);
  }

  static Fingerprint decode(WireReader in) {
    return new Fingerprint(in.readLong(), in.readLong());
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
