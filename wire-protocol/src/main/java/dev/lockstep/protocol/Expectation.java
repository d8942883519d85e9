package dev.lockstep.protocol;

/** What the application's call allows the statement to return; checked before it has an effect. */
public enum Expectation {
  /** {@code execute}: anything. */
  ANY(0),
  /** {@code executeQuery}: rows. */
  ROWS(1),
  /** {@code executeUpdate} and {@code executeBatch}: no rows. */
  COUNT(2);

  private final int code;

  Expectation(int code) {
    this.code = code;
  }

  void encode(WireWriter out) {
    out.writeByte(code);
  }

  static Expectation decode(WireReader in) {
    int code = in.readByte();
    return switch (code) {
      case 0 -> ANY;
      case 1 -> ROWS;
      case 2 -> COUNT;
      default -> throw new ProtocolException("unknown expectation " + code);
    };
  }
}
