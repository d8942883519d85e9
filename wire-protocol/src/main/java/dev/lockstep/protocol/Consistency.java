package dev.lockstep.protocol;

/** How fresh a read must be. */
public enum Consistency {
  /** Sees every write that was acknowledged before the read began. */
  LINEARIZABLE(0),
  /** Sees the connection's own writes and never goes back in time. */
  SESSION(1),
  /** Sees a state that is at most so old. */
  BOUNDED(2),
  /** Sees what the asked node has applied. */
  LOCAL(3);

  private final int code;

  Consistency(int code) {
    this.code = code;
  }

  void encode(WireWriter out) {
    out.writeByte(code);
  }

  static Consistency decode(WireReader in) {
    int code = in.readByte();
    return switch (code) {
      case 0 -> LINEARIZABLE;
      case 1 -> SESSION;
      case 2 -> BOUNDED;
      case 3 -> LOCAL;
      default -> throw new ProtocolException("unknown consistency " + code);
    };
  }
}
