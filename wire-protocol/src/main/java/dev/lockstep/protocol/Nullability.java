package dev.lockstep.protocol;

/** Whether a value may be NULL. */
public enum Nullability {
  UNKNOWN(0),
  NEVER(1),
  POSSIBLE(2);

  private final int code;

  Nullability(int code) {
    this.code = code;
  }

  void encode(WireWriter out) {
    out.writeByte(code);
  }

  static Nullability decode(WireReader in) {
    int code = in.readByte();
    return switch (code) {
      case 0 -> UNKNOWN;
      case 1 -> NEVER;
      case 2 -> POSSIBLE;
      default -> throw new ProtocolException("unknown nullability " + code);
    };
  }
}
