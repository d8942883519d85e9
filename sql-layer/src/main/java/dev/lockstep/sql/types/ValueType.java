package dev.lockstep.sql.types;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The type of an expression, in the words in which columns are declared.
 *
 * @param declaration such as {@code BIGINT} or {@code VARCHAR(20)}
 * @param family what the rules go by
 */
public record ValueType(String declaration, Family family) {
  private static final String ANY_NAME = "ANY";

  /** Nothing is known; SQLite's own name for it in STRICT tables. */
  public static final ValueType ANY = new ValueType(ANY_NAME, Family.ANY);

  public static final ValueType NULL = new ValueType(ANY_NAME, Family.NULL);

  /** Values that fit 32 bits. */
  public static final ValueType INTEGER = new ValueType("INTEGER", Family.INTEGER);

  public static final ValueType BIGINT = new ValueType("BIGINT", Family.INTEGER);
  public static final ValueType REAL = new ValueType("REAL", Family.REAL);

  /** INTEGER or REAL, by the values. */
  public static final ValueType NUMERIC = new ValueType("NUMERIC", Family.NUMERIC);

  public static final ValueType TEXT = new ValueType("TEXT", Family.TEXT);
  public static final ValueType BLOB = new ValueType("BLOB", Family.BLOB);

  /** Integers by the room they need. */
  private static final List<String> SMALL_INTEGERS =
      List.of("TINYINT", "SMALLINT", "INT2", "MEDIUMINT", "INT", "INT4", "INTEGER");

  public ValueType {
    Objects.requireNonNull(declaration, "declaration");
    Objects.requireNonNull(family, "family");
  }

  /** Of a column or a cast; the empty text is none. */
  public static ValueType declared(String declaration) {
    String stripped = declaration.strip();
    return stripped.isEmpty() ? ANY : new ValueType(stripped, Family.of(stripped));
  }

  /** Whether there is something to tell, if only a declared name that SQLite has no type for. */
  public boolean isKnown() {
    return !declaration.equalsIgnoreCase(ANY_NAME);
  }

  /** The type of something that is either of this or of another type. */
  ValueType or(ValueType other) {
    if (family == Family.NULL || equals(other)) {
      return other;
    }
    if (other.family == Family.NULL) {
      return this;
    }
    if (family.isInteger() && other.family.isInteger()) {
      return isSmall() && other.isSmall() ? INTEGER : BIGINT;
    }
    if (family.isNumber() && other.family.isNumber()) {
      return family == Family.REAL && other.family == Family.REAL ? REAL : NUMERIC;
    }
    if (family != other.family || family == Family.TEMPORAL) {
      return ANY;
    }
    return switch (family) {
      case TEXT -> TEXT;
      case BLOB -> BLOB;
      default -> ANY;
    };
  }

  private boolean isSmall() {
    return family == Family.BOOLEAN
        || SMALL_INTEGERS.contains(declaration.toUpperCase(Locale.ROOT));
  }

  /** What SQLite computes with it: text and blobs count as the numbers they begin with. */
  ValueType number() {
    return switch (family) {
      case BOOLEAN, INTEGER -> BIGINT;
      case REAL -> REAL;
      case NULL -> NULL;
      case NUMERIC, TEXT, BLOB, TEMPORAL, ANY -> NUMERIC;
    };
  }

  /** Of {@code + - * / %}: an integer only of two of them, a real of a real and any number. */
  ValueType computedWith(ValueType other) {
    ValueType left = number();
    ValueType right = other.number();
    if (left.family == Family.NULL || right.family == Family.NULL) {
      return left.family == Family.NULL ? right : left;
    }
    if (left.family == Family.REAL || right.family == Family.REAL) {
      return REAL;
    }
    return left.family == Family.INTEGER && right.family == Family.INTEGER ? BIGINT : NUMERIC;
  }
}
