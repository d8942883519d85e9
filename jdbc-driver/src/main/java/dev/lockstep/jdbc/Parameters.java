package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
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
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * From what the application sets as a parameter to one of SQLite's values: null, {@link Long},
 * {@link Double}, {@link String} or {@code byte[]}.
 */
final class Parameters {
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  /** Characters read at once from a stream. */
  private static final int CHUNK = 8 << 10;

  private interface Conversion<T> {
    Object convert(T value, ZoneId zone) throws SQLException;
  }

  /** By class; the first whose instance the value is counts. */
  private static final Map<Class<?>, Conversion<Object>> BY_CLASS = new LinkedHashMap<>();

  static {
    add(String.class, (value, zone) -> value);
    add(Integer.class, (value, zone) -> value.longValue());
    add(Long.class, (value, zone) -> value);
    add(Boolean.class, (value, zone) -> value ? 1L : 0L);
    add(Double.class, (value, zone) -> value);
    add(BigDecimal.class, (value, zone) -> ofDecimal(value));
    add(byte[].class, (value, zone) -> value.clone());
    add(Short.class, (value, zone) -> value.longValue());
    add(Byte.class, (value, zone) -> value.longValue());
    add(Float.class, (value, zone) -> value.doubleValue());
    add(BigInteger.class, (value, zone) -> ofInteger(value));
    add(Character.class, (value, zone) -> value.toString());
    add(UUID.class, (value, zone) -> value.toString());
    add(LocalDate.class, (value, zone) -> ofDate(value));
    add(LocalTime.class, (value, zone) -> Moment.text(value));
    add(LocalDateTime.class, (value, zone) -> ofDateTime(value));
    add(Instant.class, Parameters::ofInstant);
    add(OffsetDateTime.class, (value, zone) -> ofInstant(value.toInstant(), zone));
    add(ZonedDateTime.class, (value, zone) -> ofInstant(value.toInstant(), zone));
    add(Timestamp.class, (value, zone) -> ofInstant(value.toInstant(), zone));
    add(Date.class, (value, zone) -> ofDate(value.toLocalDate()));
    add(Time.class, (value, zone) -> ofTime(value));
    add(java.util.Date.class, (value, zone) -> ofInstant(value.toInstant(), zone));
    add(Calendar.class, (value, zone) -> ofInstant(value.toInstant(), zone));
    add(Blob.class, (value, zone) -> ofStream(value.getBinaryStream(), -1));
    add(Clob.class, (value, zone) -> ofReader(value.getCharacterStream(), -1));
    add(InputStream.class, (value, zone) -> ofStream(value, -1));
    add(Reader.class, (value, zone) -> ofReader(value, -1));
    add(Enum.class, (value, zone) -> value.name());
    add(java.net.URL.class, (value, zone) -> value.toString());
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
   * @param zone in which instants are written
   */
  static Object of(Object value, ZoneId zone) throws SQLException {
    if (value == null) {
      return null;
    }
    Conversion<Object> exact = BY_CLASS.get(value.getClass());
    if (exact != null) {
      return exact.convert(value, zone);
    }
    for (Map.Entry<Class<?>, Conversion<Object>> entry : BY_CLASS.entrySet()) {
      if (entry.getKey().isInstance(value)) {
        return entry.getValue().convert(value, zone);
      }
    }
    throw SqlState.INVALID_CAST.exception(
        "a parameter cannot be of class " + value.getClass().getName());
  }

  /**
   * As {@link #of(Object, ZoneId)}, and of the wanted type where that makes a difference.
   *
   * @param jdbcType a constant of {@link Types}
   * @param scale digits after the point for a decimal, or negative
   */
  static Object of(Object value, int jdbcType, int scale, ZoneId zone) throws SQLException {
    if (value == null) {
      return null;
    }
    try {
      return switch (jdbcType) {
        case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
            value instanceof String text
                ? ofInteger(new BigDecimal(text.strip()).toBigIntegerExact())
                : value instanceof BigDecimal decimal
                    ? ofInteger(decimal.toBigInteger())
                    : of(value, zone);
        case Types.REAL, Types.FLOAT, Types.DOUBLE ->
            value instanceof String text
                ? (Object) Double.valueOf(text.strip())
                : value instanceof Number number ? (Object) number.doubleValue() : of(value, zone);
        case Types.DECIMAL, Types.NUMERIC -> ofDecimal(value, scale, zone);
        case Types.BIT, Types.BOOLEAN ->
            value instanceof String text
                ? (Object) (isTrue(text) ? 1L : 0L)
                : value instanceof Number number
                    ? (Object) (number.doubleValue() != 0 ? 1L : 0L)
                    : of(value, zone);
        case Types.DATE -> {
          Moment moment = moment(value, zone);
          yield moment == null ? of(value, zone) : ofDate(moment.localIn(zone).toLocalDate());
        }
        case Types.TIME -> {
          Moment moment = moment(value, zone);
          yield moment == null ? of(value, zone) : Moment.text(moment.localIn(zone).toLocalTime());
        }
        case Types.TIMESTAMP -> {
          Moment moment = moment(value, zone);
          yield moment == null ? of(value, zone) : ofDateTime(moment.localIn(zone));
        }
        case Types.CHAR,
            Types.VARCHAR,
            Types.LONGVARCHAR,
            Types.NCHAR,
            Types.NVARCHAR,
            Types.LONGNVARCHAR,
            Types.CLOB,
            Types.NCLOB -> {
          Object converted = of(value, zone);
          yield value instanceof BigDecimal decimal
              ? decimal.toPlainString()
              : converted instanceof Long || converted instanceof Double
                  ? value.toString()
                  : converted;
        }
        default -> of(value, zone);
      };
    } catch (ArithmeticException | NumberFormatException e) {
      throw SqlState.INVALID_CAST.exception(
          "the parameter '" + value + "' is not of the type " + jdbcType, e);
    }
  }

  private static boolean isTrue(String text) {
    return text.equalsIgnoreCase("true") || text.equals("1");
  }

  /** The moment that a value of another type says, or null if it says none. */
  private static Moment moment(Object value, ZoneId zone) throws SQLException {
    return value instanceof Number
        ? null
        : of(value, zone) instanceof String text ? Moment.of(text) : null;
  }

  private static Object ofDecimal(Object value, int scale, ZoneId zone) throws SQLException {
    BigDecimal decimal =
        value instanceof BigDecimal given
            ? given
            : value instanceof BigInteger integer
                ? new BigDecimal(integer)
                : value instanceof Number || value instanceof String
                    ? new BigDecimal(value.toString().strip())
                    : null;
    if (decimal == null) {
      return of(value, zone);
    }
    return ofDecimal(scale < 0 ? decimal : decimal.setScale(scale, java.math.RoundingMode.HALF_UP));
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

  /** The instant of a timestamp, or its fields in the calendar's zone. */
  static Object ofInstant(Instant instant, ZoneId zone) throws SQLException {
    try {
      return ofDateTime(LocalDateTime.ofInstant(instant, zone));
    } catch (DateTimeException e) {
      throw SqlState.INVALID_DATE.exception(instant + " is beyond the dates of SQLite", e);
    }
  }

  private static String ofDateTime(LocalDateTime moment) throws SQLException {
    return checkedDate(Moment.text(moment), moment);
  }

  private static String ofDate(LocalDate date) throws SQLException {
    return checkedDate(Moment.text(date), date);
  }

  private static String checkedDate(String text, Object value) throws SQLException {
    if (text == null) {
      throw SqlState.INVALID_DATE.exception(value + " is beyond the dates of SQLite");
    }
    return text;
  }

  private static String ofTime(Time time) {
    int millis = (int) Math.floorMod(time.getTime(), 1000L);
    return Moment.text(time.toLocalTime().withNano(millis * 1_000_000));
  }

  /**
   * @param length bytes to read, or negative for all
   */
  static Object ofStream(InputStream stream, long length) throws SQLException {
    if (stream == null) {
      return null;
    }
    try {
      return length < 0
          ? stream.readAllBytes()
          : stream.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
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
   * @param length characters to read, or negative for all
   */
  static Object ofReader(Reader reader, long length) throws SQLException {
    if (reader == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    char[] chunk = new char[CHUNK];
    long left = length < 0 ? Long.MAX_VALUE : length;
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
    return text.toString();
  }
}
