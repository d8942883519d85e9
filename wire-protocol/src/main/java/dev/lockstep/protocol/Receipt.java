package dev.lockstep.protocol;

/**
 * What a client needs, besides its own request, to have a step of a transaction run again at
 * another node.
 *
 * @param clockMillis the clock of all steps of the transaction
 * @param seed the seed of all its steps
 * @param seen what the step has shown
 */
public record Receipt(long clockMillis, long seed, Fingerprint seen) {
  void encode(WireWriter out) {
    out.writeVarLong(clockMillis);
    out.writeLong(seed);
    seen.encode(out);
  }

  static Receipt decode(WireReader in) {
    return new Receipt(in.readNonNegativeLong("clock"), in.readLong(), Fingerprint.decode(in));
  }
}
