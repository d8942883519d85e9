package dev.lockstep.protocol;

import java.security.SecureRandom;

/**
 * A session: 128 random bits, chosen by the client, so that opening it twice is opening it once.
 * {@link #NONE} stands for a connection that has not written yet.
 */
public record SessionId(long high, long low) {
  public static final SessionId NONE = new SessionId(0, 0);
  private static final SecureRandom RANDOM = new SecureRandom();

  public static SessionId random() {
    SessionId id = new SessionId(RANDOM.nextLong(), RANDOM.nextLong());
    return id.isNone() ? random() : id;
  }

  public boolean isNone() {
    return high == 0 && low == 0;
  }

  public void encode(WireWriter out) {
    out.writeLong(high);
    out.writeLong(low);
  }

  public static SessionId decode(WireReader in) {
    return new SessionId(in.readLong(), in.readLong());
  }

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
