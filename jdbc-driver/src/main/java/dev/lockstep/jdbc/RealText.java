package dev.lockstep.jdbc;

import java.math.BigDecimal;

/**
 * A number as SQLite shows a REAL, with a point always and an exponent only where it is long; but
 * with the digits that tell it from its neighbours, and no more.
 */
final class RealText {
  /** Exponents of ten from which on SQLite writes them. */
  private static final int EXPONENT_MIN = -5;

  private static final int EXPONENT_MAX = 17;

  private RealText() {}

  static String of(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "Inf" : "-Inf";
    }
    if (value == 0) {
      return "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent > EXPONENT_MIN && exponent < EXPONENT_MAX) {
      return decimal.scale() <= 0 ? decimal.toPlainString() + ".0" : decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + "."
        + (digits.length() > 1 ? digits.substring(1) : "0")
        + "e"
        + (exponent < 0 ? "-" : "+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
