package dev.lockstep.protocol;

import java.util.Objects;

/**
 * What is known of the values of a column of a result, or of a parameter.
 *
 * @param type in the words in which columns are declared; {@code ANY} if nothing is known
 * @param nullability of a parameter: whether NULL is refused
 */
public record ValueInfo(String type, Nullability nullability) {
  public static final ValueInfo UNKNOWN = new ValueInfo("ANY", Nullability.UNKNOWN);

  public ValueInfo {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(nullability, "nullability");
  }

  void encode(WireWriter out) {
    out.writeString(type);
    nullability.encode(out);
  }

  static ValueInfo decode(WireReader in) {
    return new ValueInfo(
        in.readString(Limits.TYPE_BYTES_MAX, "bytes of a type"), Nullability.decode(in));
  }
}
