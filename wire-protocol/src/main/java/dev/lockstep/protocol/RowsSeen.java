package dev.lockstep.protocol;

/**
 * The first rows of a result, as a client has received them.
 *
 * @param count how many; 0 for none
 * @param digest their {@link RowsDigest}; of no meaning if there are none
 */
public record RowsSeen(long count, Fingerprint digest) {
  public static final RowsSeen NONE = new RowsSeen(0, Fingerprint.ZERO);

  void encode(WireWriter out) {
    out.writeVarLong(count);
    if (count > 0) {
      digest.encode(out);
    }
  }

  static RowsSeen decode(WireReader in) {
    long count = in.readNonNegativeLong("number of rows");
    return count == 0 ? NONE : new RowsSeen(count, Fingerprint.decode(in));
  }
}
