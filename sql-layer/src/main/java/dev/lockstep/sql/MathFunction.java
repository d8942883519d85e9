package dev.lockstep.sql;

/**
 * SQLite's transcendental functions, computed by {@link StrictMath}. SQLite takes them from the
 * system's C library, whose last bits depend on its version and on the processor; StrictMath gives
 * the same bits everywhere.
 *
 * <p>Null means SQL's NULL: the argument is outside the domain.
 */
enum MathFunction {
  ACOS("acos", 1),
  ACOSH("acosh", 1),
  ASIN("asin", 1),
  ASINH("asinh", 1),
  ATAN("atan", 1),
  ATAN2("atan2", 2),
  ATANH("atanh", 1),
  COS("cos", 1),
  COSH("cosh", 1),
  EXP("exp", 1),
  LN("ln", 1),
  LOG("log", 1),
  LOG_OF_BASE("log", 2),
  LOG10("log10", 1),
  LOG2("log2", 1),
  POW("pow", 2),
  POWER("power", 2),
  SIN("sin", 1),
  SINH("sinh", 1),
  TAN("tan", 1),
  TANH("tanh", 1);

  private static final double LN_2 = 0x1.62e42fefa39efp-1;

  /** From here on x² + 1 is x² in doubles. */
  private static final double LARGE = 0x1p28;

  private final String sqlName;
  private final int argumentCount;

  MathFunction(String sqlName, int argumentCount) {
    this.sqlName = sqlName;
    this.argumentCount = argumentCount;
  }

  String sqlName() {
    return sqlName;
  }

  int argumentCount() {
    return argumentCount;
  }

  /** The value, possibly infinite; NaN is NULL to SQLite. The second argument may be unused. */
  double apply(double x, double y) {
    return switch (this) {
      case ACOS -> StrictMath.acos(x);
      case ACOSH -> acosh(x);
      case ASIN -> StrictMath.asin(x);
      case ASINH -> asinh(x);
      case ATAN -> StrictMath.atan(x);
      case ATAN2 -> StrictMath.atan2(x, y);
      case ATANH -> 0.5 * (StrictMath.log1p(x) - StrictMath.log1p(-x));
      case COS -> StrictMath.cos(x);
      case COSH -> StrictMath.cosh(x);
      case EXP -> StrictMath.exp(x);
      case LN -> x > 0 ? StrictMath.log(x) : Double.NaN;
      case LOG, LOG10 -> x > 0 ? StrictMath.log10(x) : Double.NaN;
      case LOG_OF_BASE -> x > 1 && y > 0 ? StrictMath.log(y) / StrictMath.log(x) : Double.NaN;
      case LOG2 -> x > 0 ? log2(x) : Double.NaN;
      case POW, POWER -> pow(x, y);
      case SIN -> StrictMath.sin(x);
      case SINH -> StrictMath.sinh(x);
      case TAN -> StrictMath.tan(x);
      case TANH -> StrictMath.tanh(x);
    };
  }

  /** C's pow: 1 to any power, and -1 to an infinite one, are 1; Java says NaN. */
  private static double pow(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : StrictMath.pow(x, y);
  }

  private static double acosh(double x) {
    if (x < 1) {
      return Double.NaN;
    }
    if (x >= LARGE) {
      return StrictMath.log(x) + LN_2;
    }
    double above = x - 1;
    return StrictMath.log1p(above + StrictMath.sqrt(2 * above + above * above));
  }

  private static double asinh(double x) {
    double size = StrictMath.abs(x);
    double value =
        size >= LARGE
            ? StrictMath.log(size) + LN_2
            : StrictMath.log1p(size + size * size / (1 + StrictMath.sqrt(1 + size * size)));
    return StrictMath.copySign(value, x);
  }

  /** Exact for powers of two, as C's is. */
  private static double log2(double x) {
    if (Double.isInfinite(x)) {
      return x;
    }
    int exponent = StrictMath.getExponent(x);
    if (exponent < Double.MIN_EXPONENT) {
      // Subnormal: 54 more binary digits make it normal.
      return log2(x * 0x1p54) - 54;
    }
    double fraction = StrictMath.scalb(x, -exponent);
    if (fraction > 0x1.6a09e667f3bcdp0) { // the square root of two
      fraction /= 2;
      exponent++;
    }
    return exponent + StrictMath.log(fraction) / LN_2;
  }
}
