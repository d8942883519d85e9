package dev.lockstep.protocol;

/**
 * What a transaction begins with. A limit of 0 is the node's own; one beyond the node's is cut to
 * it.
 *
 * @param totalMillisMax time from the first step to the commit
 * @param idleMillisMax time between two requests
 * @param turnMillisMax time that one request may wait for the transaction's turn
 * @param stepsMax requests
 * @param scriptBytesMax bytes of the statements with their parameters
 * @param resultBytesMax bytes of the rows that one request shows
 */
public record TransactionOptions(
    TransactionMode mode,
    int totalMillisMax,
    int idleMillisMax,
    int turnMillisMax,
    int stepsMax,
    int scriptBytesMax,
    int resultBytesMax) {
  /** Takes turns, within the limits of the node. */
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(TransactionMode.QUEUED, 0, 0, 0, 0, 0, 0);

  void encode(WireWriter out) {
    mode.encode(out);
    out.writeVarInt(totalMillisMax);
    out.writeVarInt(idleMillisMax);
    out.writeVarInt(turnMillisMax);
    out.writeVarInt(stepsMax);
    out.writeVarInt(scriptBytesMax);
    out.writeVarInt(resultBytesMax);
  }

  static TransactionOptions decode(WireReader in) {
    return new TransactionOptions(
        TransactionMode.decode(in),
        in.readNonNegativeInt(Integer.MAX_VALUE, "time of a transaction"),
        in.readNonNegativeInt(Integer.MAX_VALUE, "idle time"),
        in.readNonNegativeInt(Integer.MAX_VALUE, "time for a turn"),
        in.readNonNegativeInt(Integer.MAX_VALUE, "number of steps"),
        in.readNonNegativeInt(Integer.MAX_VALUE, "size of a script"),
        in.readNonNegativeInt(Integer.MAX_VALUE, "size of a result"));
  }
}
