package dev.lockstep.protocol;

/** Whether transactions that may write take turns. */
public enum TransactionMode {
  /** They do, first come first served, from their first statement on. */
  QUEUED(0),
  /** They do not: of two that disagree, the one that commits later is rolled back with 40001. */
  OPTIMISTIC(1);

  private final int code;

  TransactionMode(int code) {
    this.code = code;
  }

  void encode(WireWriter out) {
    out.writeByte(code);
  }

  static TransactionMode decode(WireReader in) {
    int code = in.readByte();
    return switch (code) {
      case 0 -> QUEUED;
      case 1 -> OPTIMISTIC;
      default -> throw new ProtocolException("unknown mode of a transaction " + code);
    };
  }
}
