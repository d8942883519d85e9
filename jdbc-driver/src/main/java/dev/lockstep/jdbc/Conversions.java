package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.metadata.DeclaredType;
import dev.lockstep.protocol.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * From the value in a column to what the application asked for. A NULL becomes null, zero or false.
 * What cannot be converted is an error and never silently something else.
 */
final class Conversions {
  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  /** Digits of a number that {@code getLong} reads from a text; more are no number of SQLite's. */
  private static final int NUMBER_CHARACTERS_MAX = 10_000;

  /** One conversion to an object. */
  interface Conversion {
    Object convert(Cell cell, ZoneId zone) throws SQLException;
  }

  /** What {@code getObject(column, class)} can return. */
  private static final Map<Class<?>, Conversion> BY_CLASS =
      Map.ofEntries(
          Map.entry(Object.class, Conversions::toObject),
          Map.entry(String.class, (cell, zone) -> toText(cell)),
          Map.entry(Boolean.class, (cell, zone) -> toBoolean(cell)),
          Map.entry(Byte.class, (cell, zone) -> (byte) toLong(cell, Byte.MIN_VALUE, 0x7F)),
          Map.entry(Short.class, (cell, zone) -> (short) toLong(cell, Short.MIN_VALUE, 0x7FFF)),
          Map.entry(Integer.class, (cell, zone) -> toInt(cell)),
          Map.entry(Long.class, (cell, zone) -> toLong(cell)),
          Map.entry(Float.class, (cell, zone) -> toFloat(cell)),
          Map.entry(Double.class, (cell, zone) -> toDouble(cell)),
          Map.entry(BigDecimal.class, (cell, zone) -> toBigDecimal(cell)),
          Map.entry(BigInteger.class, (cell, zone) -> toBigInteger(cell)),
          Map.entry(byte[].class, (cell, zone) -> toBytes(cell)),
          Map.entry(Blob.class, (cell, zone) -> new MemoryBlob(toBytes(cell))),
          Map.entry(Clob.class, (cell, zone) -> new MemoryClob(toText(cell))),
          Map.entry(Date.class, (cell, zone) -> toDate(cell, zone)),
          Map.entry(Time.class, (cell, zone) -> toTime(cell, zone)),
          Map.entry(Timestamp.class, (cell, zone) -> toTimestamp(cell, zone)),
          Map.entry(java.util.Date.class, (cell, zone) -> toTimestamp(cell, zone)),
          Map.entry(LocalDate.class, (cell, zone) -> toMoment(cell).localIn(zone).toLocalDate()),
          Map.entry(LocalTime.class, (cell, zone) -> toMoment(cell).localIn(zone).toLocalTime()),
          Map.entry(LocalDateTime.class, (cell, zone) -> toMoment(cell).localIn(zone)),
          Map.entry(OffsetDateTime.class, (cell, zone) -> toMoment(cell).offsetIn(zone)),
          Map.entry(
              ZonedDateTime.class, (cell, zone) -> toMoment(cell).offsetIn(zone).toZonedDateTime()),
          Map.entry(Instant.class, (cell, zone) -> toMoment(cell).instant(zone)),
          Map.entry(UUID.class, (cell, zone) -> toUuid(cell)));

  private Conversions() {}

  static long toLong(Cell cell) throws SQLException {
    return switch (cell.storageClass()) {
      case Values.NULL -> 0;
      case Values.INTEGER -> cell.integer();
      case Values.REAL -> toLong(cell, finite(cell, cell.real()));
      case Values.TEXT -> toLong(cell, number(cell, cell.text()));
      default -> throw notConvertible(cell, "a number");
    };
  }

  static long toLong(Cell cell, long min, long max) throws SQLException {
    long value = toLong(cell);
    if (value < min || value > max) {
      throw outOfRange(cell, min + " to " + max);
    }
    return value;
  }

  static int toInt(Cell cell) throws SQLException {
    return (int) toLong(cell, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static double toDouble(Cell cell) throws SQLException {
    return switch (cell.storageClass()) {
      case Values.NULL -> 0;
      case Values.INTEGER -> cell.integer();
      case Values.REAL -> cell.real();
      case Values.TEXT -> number(cell, cell.text()).doubleValue();
      default -> throw notConvertible(cell, "a number");
    };
  }

  static float toFloat(Cell cell) throws SQLException {
    double value = toDouble(cell);
    float narrowed = (float) value;
    if (Float.isInfinite(narrowed) && !Double.isInfinite(value)) {
      throw outOfRange(cell, "float");
    }
    return narrowed;
  }

  static BigDecimal toBigDecimal(Cell cell) throws SQLException {
    BigDecimal value =
        switch (cell.storageClass()) {
          case Values.NULL -> null;
          case Values.INTEGER -> BigDecimal.valueOf(cell.integer());
          case Values.REAL -> finite(cell, cell.real());
          case Values.TEXT -> number(cell, cell.text());
          default -> throw notConvertible(cell, "a number");
        };
    return value == null ? null : withDeclaredScale(cell.type(), value);
  }

  /** SQLite forgets zeros at the end; the column's declaration tells of them. */
  private static BigDecimal withDeclaredScale(DeclaredType type, BigDecimal value) {
    boolean decimal = type.jdbcType() == Types.DECIMAL || type.jdbcType() == Types.NUMERIC;
    if (decimal && type.precision() > 0 && value.stripTrailingZeros().scale() <= type.scale()) {
      return value.setScale(type.scale(), RoundingMode.UNNECESSARY);
    }
    return value;
  }

  static BigInteger toBigInteger(Cell cell) throws SQLException {
    BigDecimal value = toBigDecimal(cell);
    if (value == null) {
      return null;
    }
    if (value.scale() < -NUMBER_CHARACTERS_MAX) {
      throw outOfRange(cell, "BigInteger");
    }
    return value.toBigInteger();
  }

  static boolean toBoolean(Cell cell) throws SQLException {
    return switch (cell.storageClass()) {
      case Values.NULL -> false;
      case Values.INTEGER -> cell.integer() != 0;
      case Values.REAL -> cell.real() != 0;
      case Values.TEXT ->
          switch (cell.text().strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "on" -> true;
            case "false", "f", "no", "n", "off" -> false;
            default -> number(cell, cell.text()).signum() != 0;
          };
      default -> throw notConvertible(cell, "a boolean");
    };
  }

  static String toText(Cell cell) {
    return switch (cell.storageClass()) {
      case Values.NULL -> null;
      case Values.INTEGER -> Long.toString(cell.integer());
      case Values.REAL -> Double.toString(cell.real());
      case Values.TEXT -> cell.text();
      default -> new String(cell.blob(), StandardCharsets.UTF_8);
    };
  }

  static byte[] toBytes(Cell cell) {
    if (cell.isNull()) {
      return null;
    }
    return cell.storageClass() == Values.BLOB
        ? cell.blob()
        : toText(cell).getBytes(StandardCharsets.UTF_8);
  }

  static Date toDate(Cell cell, ZoneId zone) throws SQLException {
    return cell.isNull() ? null : Date.valueOf(toMoment(cell).localIn(zone).toLocalDate());
  }

  static Time toTime(Cell cell, ZoneId zone) throws SQLException {
    return cell.isNull() ? null : time(toMoment(cell).localIn(zone).toLocalTime());
  }

  /** With its milliseconds, which {@link Time#valueOf} leaves out. */
  private static Time time(LocalTime time) {
    long millis = TimeUnit.NANOSECONDS.toMillis(time.getNano());
    return new Time(Time.valueOf(time).getTime() + millis);
  }

  static Timestamp toTimestamp(Cell cell, ZoneId zone) throws SQLException {
    return cell.isNull() ? null : Timestamp.from(toMoment(cell).instant(zone));
  }

  static Moment toMoment(Cell cell) throws SQLException {
    Moment moment = momentOrNull(cell);
    if (moment == null) {
      throw SqlState.INVALID_DATE.exception(
          "column " + cell.name() + " holds " + cell.shown() + ", which is no date or time");
    }
    return moment;
  }

  private static Moment momentOrNull(Cell cell) {
    return switch (cell.storageClass()) {
      case Values.INTEGER -> Moment.of(cell.integer());
      case Values.REAL -> Moment.of(cell.real());
      case Values.TEXT -> Moment.of(cell.text());
      default -> null;
    };
  }

  private static UUID toUuid(Cell cell) throws SQLException {
    try {
      return UUID.fromString(toText(cell).strip());
    } catch (IllegalArgumentException e) {
      throw notConvertible(cell, "a UUID");
    }
  }

  /**
   * The value as the column's declared type has it. One that is not of that type, which SQLite
   * allows, comes as it is stored, and so does one of an expression.
   */
  static Object toObject(Cell cell, ZoneId zone) throws SQLException {
    int stored = cell.storageClass();
    boolean number = stored == Values.INTEGER || stored == Values.REAL;
    if (stored == Values.NULL) {
      return null;
    }
    return switch (cell.type().jdbcType()) {
      case Types.BOOLEAN ->
          stored == Values.INTEGER && (cell.integer() | 1) == 1 ? toBoolean(cell) : asStored(cell);
      case Types.BIGINT -> stored == Values.INTEGER ? (Object) cell.integer() : asStored(cell);
      case Types.DOUBLE -> number ? (Object) toDouble(cell) : asStored(cell);
      case Types.DECIMAL, Types.NUMERIC -> number ? toBigDecimal(cell) : asStored(cell);
      case Types.DATE -> momentOrNull(cell) == null ? asStored(cell) : toDate(cell, zone);
      case Types.TIME -> momentOrNull(cell) == null ? asStored(cell) : toTime(cell, zone);
      case Types.TIMESTAMP -> momentOrNull(cell) == null ? asStored(cell) : toTimestamp(cell, zone);
      case Types.TIMESTAMP_WITH_TIMEZONE -> {
        Moment moment = momentOrNull(cell);
        yield moment == null ? asStored(cell) : moment.offsetIn(zone);
      }
      default -> asStored(cell);
    };
  }

  /** An integer as {@link Integer} if it fits: what users of SQLite's driver are used to. */
  private static Object asStored(Cell cell) {
    return switch (cell.storageClass()) {
      case Values.INTEGER -> {
        long value = cell.integer();
        yield value == (int) value ? (Object) (int) value : (Object) value;
      }
      case Values.REAL -> cell.real();
      case Values.TEXT -> cell.text();
      default -> cell.blob();
    };
  }

  static <T> T toClass(Cell cell, Class<T> type, ZoneId zone) throws SQLException {
    Conversion conversion = BY_CLASS.get(type);
    if (conversion == null) {
      throw SqlState.INVALID_CAST.exception(
          "column " + cell.name() + " cannot be read as " + type.getName());
    }
    return cell.isNull() ? null : type.cast(conversion.convert(cell, zone));
  }

  private static long toLong(Cell cell, BigDecimal value) throws SQLException {
    if (value.compareTo(LONG_MIN) < 0 || value.compareTo(LONG_MAX) > 0) {
      throw outOfRange(cell, "long");
    }
    return value.longValue();
  }

  private static BigDecimal finite(Cell cell, double value) throws SQLException {
    if (Double.isInfinite(value) || Double.isNaN(value)) {
      throw outOfRange(cell, "a finite number");
    }
    return BigDecimal.valueOf(value);
  }

  private static BigDecimal number(Cell cell, String text) throws SQLException {
    try {
      String stripped = text.strip();
      if (stripped.length() <= NUMBER_CHARACTERS_MAX) {
        return new BigDecimal(stripped);
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw notConvertible(cell, "a number");
  }

  private static SQLException notConvertible(Cell cell, String wanted) {
    return SqlState.INVALID_CAST.exception(
        "column " + cell.name() + " holds " + cell.shown() + ", which is not " + wanted);
  }

  private static SQLException outOfRange(Cell cell, String range) {
    return SqlState.NUMBER_OUT_OF_RANGE.exception(
        "column " + cell.name() + " holds " + cell.shown() + ", which is out of range: " + range);
  }
}
