package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.metadata.DeclaredType;
import dev.lockstep.protocol.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * From the value in a column to what the application asked for. A NULL becomes null, zero or false.
 * What cannot be converted is an error and never silently something else.
 */
final class Conversions {
  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  /** Digits of a number that {@code getLong} reads from a text; more are no number of SQLite's. */
  private static final int NUMBER_CHARACTERS_MAX = 10_000;

  /** Digits after the point that a number is written out to. */
  private static final int SCALE_MAX = 10_000;

  /** One conversion to an object. */
  interface Conversion {
    Object convert(Cell cell, MomentFormat moments) throws SQLException;
  }

  /** What {@code getObject(column, class)} can return. */
  private static final Map<Class<?>, Conversion> BY_CLASS =
      Map.ofEntries(
          Map.entry(Object.class, Conversions::toObject),
          Map.entry(String.class, (cell, moments) -> toText(cell)),
          Map.entry(Boolean.class, (cell, moments) -> toBoolean(cell)),
          Map.entry(Byte.class, (cell, moments) -> (byte) toLong(cell, Byte.MIN_VALUE, 0x7F)),
          Map.entry(Short.class, (cell, moments) -> (short) toLong(cell, Short.MIN_VALUE, 0x7FFF)),
          Map.entry(Integer.class, (cell, moments) -> toInt(cell)),
          Map.entry(Long.class, (cell, moments) -> toLong(cell)),
          Map.entry(Float.class, (cell, moments) -> toFloat(cell)),
          Map.entry(Double.class, (cell, moments) -> toDouble(cell)),
          Map.entry(BigDecimal.class, (cell, moments) -> toBigDecimal(cell)),
          Map.entry(BigInteger.class, (cell, moments) -> toBigInteger(cell)),
          Map.entry(byte[].class, (cell, moments) -> toBytes(cell)),
          Map.entry(Blob.class, (cell, moments) -> new MemoryBlob(toBytes(cell))),
          Map.entry(Clob.class, (cell, moments) -> new MemoryClob(toText(cell))),
          Map.entry(NClob.class, (cell, moments) -> new MemoryClob(toText(cell))),
          Map.entry(URL.class, (cell, moments) -> toUrl(cell)),
          Map.entry(Date.class, Conversions::toDate),
          Map.entry(Time.class, Conversions::toTime),
          Map.entry(Timestamp.class, Conversions::toTimestamp),
          Map.entry(java.util.Date.class, Conversions::toTimestamp),
          Map.entry(LocalDate.class, (cell, moments) -> local(cell, moments).toLocalDate()),
          Map.entry(LocalTime.class, (cell, moments) -> local(cell, moments).toLocalTime()),
          Map.entry(LocalDateTime.class, Conversions::local),
          Map.entry(
              OffsetDateTime.class,
              (cell, moments) -> toMoment(cell, moments).offsetIn(moments.zone())),
          Map.entry(
              OffsetTime.class,
              (cell, moments) -> toMoment(cell, moments).offsetTimeIn(moments.zone())),
          Map.entry(
              ZonedDateTime.class,
              (cell, moments) -> toMoment(cell, moments).zonedIn(moments.zone())),
          Map.entry(
              Instant.class, (cell, moments) -> toMoment(cell, moments).instant(moments.zone())),
          Map.entry(UUID.class, (cell, moments) -> toUuid(cell)));

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
      case Values.TEXT -> real(cell, cell.text());
      default -> throw notConvertible(cell, "a number");
    };
  }

  /** Also what SQLite makes of an infinite number in a column for texts. */
  private static double real(Cell cell, String text) throws SQLException {
    return switch (text) {
      case "Inf", "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> number(cell, text).doubleValue();
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
    if (decimal
        && type.precision() > 0
        && type.scale() <= SCALE_MAX
        && value.scale() >= -NUMBER_CHARACTERS_MAX
        && value.stripTrailingZeros().scale() <= type.scale()) {
      return value.setScale(type.scale(), RoundingMode.UNNECESSARY);
    }
    return value;
  }

  /** Rounds to so many digits after the point. */
  static BigDecimal toBigDecimal(Cell cell, int scale) throws SQLException {
    BigDecimal value = toBigDecimal(cell);
    if (value == null) {
      return null;
    }
    if (Math.abs((long) scale) > SCALE_MAX || value.scale() < -NUMBER_CHARACTERS_MAX) {
      throw outOfRange(cell, "a number of " + scale + " digits after the point");
    }
    return value.setScale(scale, RoundingMode.HALF_UP);
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
      case Values.REAL -> RealText.of(cell.real());
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

  static Date toDate(Cell cell, MomentFormat moments) throws SQLException {
    return cell.isNull() ? null : Date.valueOf(local(cell, moments).toLocalDate());
  }

  /** The date's midnight in the zone of the calendar. */
  static Date toDate(Cell cell, MomentFormat moments, Calendar calendar) throws SQLException {
    if (cell.isNull() || calendar == null) {
      return toDate(cell, moments);
    }
    MomentFormat there = moments.in(calendar);
    LocalDateTime midnight = local(cell, there).toLocalDate().atStartOfDay();
    return new Date(midnight.atZone(there.zone()).toInstant().toEpochMilli());
  }

  static Time toTime(Cell cell, MomentFormat moments) throws SQLException {
    return cell.isNull() ? null : time(local(cell, moments).toLocalTime(), ZoneId.systemDefault());
  }

  /** The time of day in the zone of the calendar. */
  static Time toTime(Cell cell, MomentFormat moments, Calendar calendar) throws SQLException {
    if (cell.isNull() || calendar == null) {
      return toTime(cell, moments);
    }
    MomentFormat there = moments.in(calendar);
    return time(local(cell, there).toLocalTime(), there.zone());
  }

  /** With its milliseconds, which {@link Time#valueOf} leaves out. */
  private static Time time(LocalTime time, ZoneId zone) {
    return new Time(LocalDate.EPOCH.atTime(time).atZone(zone).toInstant().toEpochMilli());
  }

  static Timestamp toTimestamp(Cell cell, MomentFormat moments) throws SQLException {
    return cell.isNull() ? null : toMoment(cell, moments).timestamp(moments.zone());
  }

  private static LocalDateTime local(Cell cell, MomentFormat moments) throws SQLException {
    return toMoment(cell, moments).localIn(moments.zone());
  }

  private static Moment toMoment(Cell cell, MomentFormat moments) throws SQLException {
    Moment moment = moments.read(cell);
    if (moment == null) {
      throw SqlState.INVALID_DATE.exception(
          "column " + cell.name() + " holds " + cell.shown() + ", which is no date or time");
    }
    return moment;
  }

  static URL toUrl(Cell cell) throws SQLException {
    try {
      return cell.isNull() ? null : new URL(toText(cell));
    } catch (MalformedURLException e) {
      throw notConvertible(cell, "a URL");
    }
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
  static Object toObject(Cell cell, MomentFormat moments) throws SQLException {
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
      case Types.DECIMAL, Types.NUMERIC ->
          number && Double.isFinite(toDouble(cell)) ? toBigDecimal(cell) : asStored(cell);
      case Types.DATE -> moments.read(cell) == null ? asStored(cell) : toDate(cell, moments);
      case Types.TIME -> moments.read(cell) == null ? asStored(cell) : toTime(cell, moments);
      case Types.TIMESTAMP ->
          moments.read(cell) == null ? asStored(cell) : toTimestamp(cell, moments);
      case Types.TIMESTAMP_WITH_TIMEZONE -> {
        Moment moment = moments.read(cell);
        yield moment == null ? asStored(cell) : moment.offsetIn(moments.zone());
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

  static <T> T toClass(Cell cell, Class<T> type, MomentFormat moments) throws SQLException {
    Conversion conversion = type == null ? null : BY_CLASS.get(type);
    if (conversion == null && type != null && type.isEnum()) {
      return toEnum(cell, type);
    }
    if (conversion == null) {
      throw SqlState.INVALID_CAST.exception(
          "column " + cell.name() + " cannot be read as " + (type == null ? null : type.getName()));
    }
    return cell.isNull() ? null : type.cast(conversion.convert(cell, moments));
  }

  private static <T> T toEnum(Cell cell, Class<T> type) throws SQLException {
    String name = toText(cell);
    if (name == null) {
      return null;
    }
    for (T constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw notConvertible(cell, "a constant of " + type.getName());
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
