package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * From what the application sets as a parameter to one of SQLite's values: null, {@link Long},
 * {@link Double}, {@link String} or {@code byte[]}.
 */
final class Parameters {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  /** All of a stream, with no length named. */
  static final long TO_THE_END = -1;

  /** Digits before the point that are written out. */
  private static final int DIGITS_MAX = 10_000;

  /** Characters read at once from a stream. */
  private static final int CHUNK = 8 << 10;

  private interface Conversion<T> {
    Object convert(T value, MomentFormat moments) throws SQLException;
  }

  /** By class; the first whose instance the value is counts. */
  private static final Map<Class<?>, Conversion<Object>> BY_CLASS = new LinkedHashMap<>();

  static {
    add(String.class, (value, moments) -> value);
    add(Integer.class, (value, moments) -> value.longValue());
    add(Long.class, (value, moments) -> value);
    add(Boolean.class, (value, moments) -> value ? 1L : 0L);
    add(Double.class, (value, moments) -> value);
    add(BigDecimal.class, (value, moments) -> ofDecimal(value));
    add(byte[].class, (value, moments) -> value.clone());
    add(Short.class, (value, moments) -> value.longValue());
    add(Byte.class, (value, moments) -> value.longValue());
    add(Float.class, (value, moments) -> value.doubleValue());
    add(BigInteger.class, (value, moments) -> ofInteger(value));
    add(Character.class, (value, moments) -> value.toString());
    add(UUID.class, (value, moments) -> value.toString());
    add(LocalDate.class, (value, moments) -> moments.stored(value));
    add(LocalTime.class, (value, moments) -> moments.stored(value));
    add(OffsetTime.class, (value, moments) -> moments.stored(value));
    add(LocalDateTime.class, (value, moments) -> moments.stored(value));
    add(Instant.class, (value, moments) -> moments.stored(value));
    add(OffsetDateTime.class, (value, moments) -> moments.stored(value.toInstant()));
    add(ZonedDateTime.class, (value, moments) -> moments.stored(value.toInstant()));
    add(Timestamp.class, (value, moments) -> moments.stored(value));
    add(Date.class, (value, moments) -> moments.stored(value.toLocalDate()));
    add(Time.class, (value, moments) -> moments.stored(Moment.timeOf(value)));
    add(java.util.Date.class, (value, moments) -> moments.stored(value));
    add(Calendar.class, (value, moments) -> moments.stored(value.toInstant()));
    add(Blob.class, (value, moments) -> ofStream(value.getBinaryStream(), TO_THE_END));
    add(Clob.class, (value, moments) -> ofReader(value.getCharacterStream(), TO_THE_END));
    add(InputStream.class, (value, moments) -> ofStream(value, TO_THE_END));
    add(Reader.class, (value, moments) -> ofReader(value, TO_THE_END));
    add(Enum.class, (value, moments) -> value.name());
    add(java.net.URL.class, (value, moments) -> value.toString());
  }

  private Parameters() {}

  /** The constant of {@link Types} of a type. */
  static int number(SQLType type) throws SQLException {
    if (type instanceof JDBCType known) {
      return known.getVendorTypeNumber();
    }
    throw SqlState.INVALID_ARGUMENT.exception("not a type of JDBC's: " + type);
  }

  @SuppressWarnings("unchecked") // the conversion is only called with an instance of its class
  private static <T> void add(Class<T> type, Conversion<T> conversion) {
    BY_CLASS.put(type, (Conversion<Object>) conversion);
  }

  /**
   * The value that is stored for an object.
   *
   * @param moments how dates and times are stored
   */
  static Object of(Object value, MomentFormat moments) throws SQLException {
    if (value == null) {
      return null;
    }
    Conversion<Object> exact = BY_CLASS.get(value.getClass());
    if (exact != null) {
      return exact.convert(value, moments);
    }
    for (Map.Entry<Class<?>, Conversion<Object>> entry : BY_CLASS.entrySet()) {
      if (entry.getKey().isInstance(value)) {
        return entry.getValue().convert(value, moments);
      }
    }
    throw SqlState.INVALID_CAST.exception(
        "a parameter cannot be of class " + value.getClass().getName());
  }

  /**
   * As {@link #of(Object, MomentFormat)}, and of the wanted type where that makes a difference.
   *
   * @param jdbcType a constant of {@link Types}
   * @param scale digits after the point for a decimal, or negative
   */
  static Object of(Object value, int jdbcType, int scale, MomentFormat moments)
      throws SQLException {
    if (value == null) {
      return null;
    }
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          ofWhole(value, jdbcType, moments);
      case Types.REAL, Types.FLOAT, Types.DOUBLE ->
          value instanceof String text
              ? (Object) decimal(text, jdbcType).doubleValue()
              : value instanceof Number number ? (Object) number.doubleValue() : of(value, moments);
      case Types.DECIMAL, Types.NUMERIC -> ofDecimal(value, jdbcType, scale, moments);
      case Types.BIT, Types.BOOLEAN ->
          value instanceof String text
              ? (Object) (isTrue(text, jdbcType) ? 1L : 0L)
              : value instanceof Number number
                  ? (Object) (isTrue(number, jdbcType) ? 1L : 0L)
                  : of(value, moments);
      case Types.DATE -> {
        Moment moment = moment(value, jdbcType, moments);
        yield moment == null
            ? of(value, moments)
            : moments.stored(moment.localIn(moments.zone()).toLocalDate());
      }
      case Types.TIME -> {
        Moment moment = moment(value, jdbcType, moments);
        yield moment == null
            ? of(value, moments)
            : moments.stored(moment.localIn(moments.zone()).toLocalTime());
      }
      case Types.TIMESTAMP -> {
        Moment moment = moment(value, jdbcType, moments);
        yield moment == null
            ? of(value, moments)
            : moment.offset() == null
                ? moments.stored(moment.local())
                : moments.stored(moment.instant(moments.zone()));
      }
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR,
          Types.CLOB,
          Types.NCLOB ->
          ofText(value, moments);
      default -> of(value, moments);
    };
  }

  private static Object ofWhole(Object value, int jdbcType, MomentFormat moments)
      throws SQLException {
    if (value instanceof BigInteger integer) {
      return ofInteger(integer);
    }
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      if (!Double.isFinite(number)) {
        throw notOfType(value, jdbcType, null);
      }
      return ofInteger(BigDecimal.valueOf(number).toBigInteger());
    }
    BigDecimal decimal =
        value instanceof BigDecimal given
            ? given
            : value instanceof String text ? decimal(text, jdbcType) : null;
    if (decimal == null) {
      return of(value, moments);
    }
    boolean whole = decimal.signum() == 0 || decimal.stripTrailingZeros().scale() <= 0;
    if (value instanceof String && !whole) {
      throw notOfType(value, jdbcType, null);
    }
    return ofInteger(checkedDigits(decimal, jdbcType).toBigInteger());
  }

  private static BigDecimal decimal(String text, int jdbcType) throws SQLException {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw notOfType(text, jdbcType, e);
    }
  }

  /** Digits before the point are written out, of which a short text can ask for any number. */
  private static BigDecimal checkedDigits(BigDecimal value, int jdbcType) throws SQLException {
    if (value.signum() != 0 && (long) value.precision() - value.scale() > DIGITS_MAX) {
      throw SqlState.NUMBER_OUT_OF_RANGE.exception(
          "the parameter has more than "
              + DIGITS_MAX
              + " digits before the point, as a "
              + JDBCType.valueOf(jdbcType));
    }
    return value;
  }

  /** Texts of numbers without an exponent, of instants and the like as they are without a type. */
  private static Object ofText(Object value, MomentFormat moments) throws SQLException {
    if (value instanceof BigDecimal decimal) {
      return checkedDigits(decimal, Types.VARCHAR).toPlainString();
    }
    if (value instanceof Double real && !real.isNaN()) {
      return RealText.of(real);
    }
    Object converted = of(value, moments);
    boolean number = value instanceof Number || value instanceof Boolean;
    return number && !(converted instanceof String) ? value.toString() : converted;
  }

  private static boolean isTrue(Number number, int jdbcType) throws SQLException {
    if (Double.isNaN(number.doubleValue())) {
      throw notOfType(number, jdbcType, null);
    }
    return number.doubleValue() != 0;
  }

  private static boolean isTrue(String text, int jdbcType) throws SQLException {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "on" -> true;
      case "false", "f", "no", "n", "off" -> false;
      default -> decimal(text, jdbcType).signum() != 0;
    };
  }

  /** The moment that a value says; null for one that is stored whatever the type asked for. */
  private static Moment moment(Object value, int jdbcType, MomentFormat moments)
      throws SQLException {
    if (value instanceof String text) {
      Moment moment = moments.read(text);
      if (moment == null) {
        throw SqlState.INVALID_DATE.exception(
            "the parameter '" + shortened(text) + "' is no " + JDBCType.valueOf(jdbcType));
      }
      return moment;
    }
    return Moment.ofTemporal(value);
  }

  private static Object ofDecimal(Object value, int jdbcType, int scale, MomentFormat moments)
      throws SQLException {
    BigDecimal decimal =
        value instanceof BigDecimal given
            ? given
            : value instanceof BigInteger integer
                ? new BigDecimal(integer)
                : value instanceof Number || value instanceof String
                    ? decimal(value.toString(), jdbcType)
                    : null;
    if (decimal == null) {
      return of(value, moments);
    }
    return ofDecimal(
        scale < 0 || decimal.scale() <= scale
            ? decimal
            : checkedDigits(decimal, jdbcType).setScale(scale, RoundingMode.HALF_UP));
  }

  private static SQLException notOfType(Object value, int jdbcType, Exception cause) {
    return SqlState.INVALID_CAST.exception(
        "the parameter '"
            + shortened(value.toString())
            + "' is not of the type "
            + JDBCType.valueOf(jdbcType),
        cause);
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /**
   * A number, so that SQLite compares and adds it as one, as long as no digit is lost by that; else
   * the digits as text, which a NUMERIC column keeps as they are.
   */
  static Object ofDecimal(BigDecimal value) {
    if (value == null) {
      return null;
    }
    if (value.stripTrailingZeros().scale() <= 0 && value.precision() - value.scale() <= 19) {
      return ofInteger(value.toBigInteger());
    }
    double real = value.doubleValue();
    if (!Double.isInfinite(real) && BigDecimal.valueOf(real).compareTo(value) == 0) {
      return real;
    }
    return value.toString();
  }

  private static Object ofInteger(BigInteger value) {
    return value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0
        ? (Object) value.longValue()
        : value.toString();
  }

  /**
   * @param length as an application gave it
   */
  static long checkedLength(long length) throws SQLException {
    if (length < 0) {
      throw SqlState.INVALID_ARGUMENT.exception("negative length " + length);
    }
    return length;
  }

  private static SQLException tooShort(long length, long count) {
    return SqlState.LENGTH_MISMATCH.exception(
        "the stream ends after " + count + " of " + length + " bytes or characters");
  }

  /**
   * @param length bytes to read, or {@link #TO_THE_END}
   */
  static Object ofStream(InputStream stream, long length) throws SQLException {
    if (stream == null) {
      return null;
    }
    try {
      if (length == TO_THE_END) {
        return stream.readAllBytes();
      }
      byte[] bytes = stream.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
      if (bytes.length < length) {
        throw tooShort(length, bytes.length);
      }
      return bytes;
    } catch (IOException e) {
      throw SqlState.INVALID_ARGUMENT.exception("the stream cannot be read", e);
    }
  }

  /** Text in ASCII, of which UTF-8 is an extension. */
  static Object ofAscii(InputStream stream, long length) throws SQLException {
    byte[] bytes = (byte[]) ofStream(stream, length);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * @param length characters to read, or {@link #TO_THE_END}
   */
  static Object ofReader(Reader reader, long length) throws SQLException {
    if (reader == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    char[] chunk = new char[CHUNK];
    long left = length == TO_THE_END ? Long.MAX_VALUE : length;
    try {
      while (left > 0) {
        int count = reader.read(chunk, 0, (int) Math.min(left, chunk.length));
        if (count < 0) {
          break;
        }
        text.append(chunk, 0, count);
        left -= count;
      }
    } catch (IOException e) {
      throw SqlState.INVALID_ARGUMENT.exception("the reader cannot be read", e);
    }
    if (length != TO_THE_END && left > 0) {
      throw tooShort(length, length - left);
    }
    return text.toString();
  }
}
