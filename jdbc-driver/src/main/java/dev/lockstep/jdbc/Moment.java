package dev.lockstep.jdbc;

import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.TimeZone;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A date, a time of day, or both, as SQLite's date functions write and read them: text like {@code
 * 2026-01-31 23:59:59.123}, also with a {@code T}, a {@code Z} or an offset; or a number, which is
 * seconds or milliseconds since 1970, or a Julian day.
 *
 * @param local what is written; a time without a date is on 2000-01-01, as in SQLite
 * @param offset what the text says of its zone, or null if it says nothing
 */
record Moment(LocalDateTime local, ZoneOffset offset) {
  private static final Pattern TEXT =
      Pattern.compile(
          "\\s*(?:(\\d{4})-(\\d{2})-(\\d{2}))?"
              + "(?:[ T]?\\s*(\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d+))?)?)?"
              + "\\s*(?:([Zz])|([+-])(\\d{2}):?(\\d{2})?)?\\s*");

  private static final LocalDate DATE_OF_A_TIME = LocalDate.of(2000, 1, 1);

  /** A greater number than any time in seconds up to the year 5138 is one in milliseconds. */
  private static final long SECONDS_MAX = 100_000_000_000L;

  /** Julian day of the end of the year 9999, SQLite's last. */
  private static final double JULIAN_DAY_MAX = 5_373_484.5;

  private static final double JULIAN_DAY_OF_1970 = 2_440_587.5;
  private static final long MILLIS_OF_DAY = 86_400_000L;

  /** Where java.util.GregorianCalendar changes from the Julian calendar. */
  private static final long GREGORIAN_MILLIS = -12_219_292_800_000L;

  private static final LocalDate GREGORIAN_DATES = LocalDate.of(1582, 10, 15);

  private static final long MILLIS_OF_SECOND = 1_000;

  /** A timestamp counts its whole seconds in milliseconds, which must be a long. */
  private static final long MILLIS_MAX = Long.MAX_VALUE - MILLIS_OF_SECOND;

  /** Null if the text is not a moment. */
  static Moment of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches() || !isWhole(matcher)) {
      return null;
    }
    try {
      LocalDate date =
          matcher.group(1) == null
              ? DATE_OF_A_TIME
              : LocalDate.of(number(matcher, 1), number(matcher, 2), number(matcher, 3));
      LocalTime time =
          matcher.group(4) == null
              ? LocalTime.MIDNIGHT
              : LocalTime.of(
                  number(matcher, 4), number(matcher, 5), number(matcher, 6), nanos(matcher));
      return new Moment(LocalDateTime.of(date, time), offset(matcher));
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Whether there is a date or a time, and something between them if there are both. */
  private static boolean isWhole(Matcher matcher) {
    return matcher.group(4) == null
        ? matcher.group(1) != null
        : matcher.group(1) == null || matcher.start(4) > matcher.end(3);
  }

  /** Seconds or milliseconds, by their size; null if the number is beyond all dates. */
  static Moment of(long number) {
    return number > -SECONDS_MAX && number < SECONDS_MAX ? ofSeconds(number) : ofMillis(number);
  }

  /** A Julian day or seconds, by their size; null if the number is beyond all dates. */
  static Moment of(double number) {
    if (number >= 0 && number <= JULIAN_DAY_MAX) {
      return ofJulianDay(number);
    }
    return Math.abs(number) < SECONDS_MAX ? ofMillis(Math.round(number * 1000)) : null;
  }

  /** Null if the number is beyond what {@link java.sql.Timestamp} can say. */
  static Moment ofSeconds(long number) {
    return number > -MILLIS_MAX / MILLIS_OF_SECOND && number < MILLIS_MAX / MILLIS_OF_SECOND
        ? of(Instant.ofEpochSecond(number))
        : null;
  }

  /** Null if the number is beyond what {@link java.sql.Timestamp} can say. */
  static Moment ofMillis(long number) {
    return number > -MILLIS_MAX && number < MILLIS_MAX ? of(Instant.ofEpochMilli(number)) : null;
  }

  /** Null if the number is beyond what {@link java.sql.Timestamp} can say. */
  static Moment ofJulianDay(double number) {
    double millis = (number - JULIAN_DAY_OF_1970) * MILLIS_OF_DAY;
    return Math.abs(millis) < MILLIS_MAX ? ofMillis(Math.round(millis)) : null;
  }

  static double julianDay(long epochMillis) {
    return epochMillis / (double) MILLIS_OF_DAY + JULIAN_DAY_OF_1970;
  }

  /** What an object says that is a date, a time or both; null if it is none. */
  static Moment ofTemporal(Object value) {
    if (value instanceof Date date) {
      return new Moment(date.toLocalDate().atStartOfDay(), null);
    }
    if (value instanceof Time time) {
      return new Moment(DATE_OF_A_TIME.atTime(timeOf(time)), null);
    }
    if (value instanceof java.util.Date date) {
      return isJulian(date)
          ? new Moment(local(date, ZoneId.systemDefault()), null)
          : of(date.toInstant());
    }
    if (value instanceof Calendar calendar) {
      return of(calendar.toInstant());
    }
    if (value instanceof LocalDate date) {
      return new Moment(date.atStartOfDay(), null);
    }
    if (value instanceof LocalTime time) {
      return new Moment(DATE_OF_A_TIME.atTime(time), null);
    }
    if (value instanceof OffsetTime time) {
      return new Moment(DATE_OF_A_TIME.atTime(time.toLocalTime()), time.getOffset());
    }
    if (value instanceof LocalDateTime moment) {
      return new Moment(moment, null);
    }
    return value instanceof Temporal temporal && temporal.isSupported(ChronoField.INSTANT_SECONDS)
        ? of(Instant.from(temporal))
        : null;
  }

  /** With its milliseconds, which {@link Time#toLocalTime} leaves out. */
  static LocalTime timeOf(Time time) {
    int millis = (int) Math.floorMod(time.getTime(), MILLIS_OF_SECOND);
    return time.toLocalTime().withNano(millis * 1_000_000);
  }

  private static Moment of(Instant instant) {
    return new Moment(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), ZoneOffset.UTC);
  }

  private static int number(Matcher matcher, int group) {
    return matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group));
  }

  private static int nanos(Matcher matcher) {
    String fraction = matcher.group(7);
    return fraction == null ? 0 : Integer.parseInt((fraction + "000000000").substring(0, 9));
  }

  private static ZoneOffset offset(Matcher matcher) {
    if (matcher.group(8) != null) {
      return ZoneOffset.UTC;
    }
    if (matcher.group(9) == null) {
      return null;
    }
    int minutes = number(matcher, 10) * 60 + number(matcher, 11);
    return ZoneOffset.ofTotalSeconds((matcher.group(9).equals("-") ? -60 : 60) * minutes);
  }

  /** The point in time; where the text names no zone, it is meant in the given one. */
  Instant instant(ZoneId zone) {
    return offset != null ? local.toInstant(offset) : local.atZone(zone).toInstant();
  }

  /** Date and time in the given zone; where the text names no zone, as it is written. */
  LocalDateTime localIn(ZoneId zone) {
    return offset == null ? local : LocalDateTime.ofInstant(local.toInstant(offset), zone);
  }

  /**
   * The point in time as the classes of java.sql count it: a text before 1582 is one of the Julian
   * calendar. Null if it is beyond them.
   */
  Timestamp timestamp(ZoneId zone) {
    if (offset == null && local.toLocalDate().isBefore(GREGORIAN_DATES)) {
      GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone(zone));
      calendar.clear();
      calendar.set(
          local.getYear(),
          local.getMonthValue() - 1,
          local.getDayOfMonth(),
          local.getHour(),
          local.getMinute(),
          local.getSecond());
      if (local.getYear() < 1) {
        calendar.set(Calendar.ERA, GregorianCalendar.BC);
        calendar.set(Calendar.YEAR, 1 - local.getYear());
      }
      Timestamp timestamp = new Timestamp(calendar.getTimeInMillis());
      timestamp.setNanos(local.getNano());
      return timestamp;
    }
    return Timestamp.from(instant(zone));
  }

  /** What {@link #timestamp} takes back: date and time as a timestamp shows them in the zone. */
  static LocalDateTime local(java.util.Date date, ZoneId zone) {
    if (date.getTime() >= GREGORIAN_MILLIS) {
      return LocalDateTime.ofInstant(date.toInstant(), zone);
    }
    GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone(zone));
    calendar.setTimeInMillis(date.getTime());
    int year = calendar.get(Calendar.YEAR);
    int nanos =
        date instanceof Timestamp timestamp
            ? timestamp.getNanos()
            : calendar.get(Calendar.MILLISECOND) * 1_000_000;
    return LocalDateTime.of(
        LocalDate.of(
                calendar.get(Calendar.ERA) == GregorianCalendar.BC ? 1 - year : year,
                calendar.get(Calendar.MONTH) + 1,
                1)
            .plusDays(calendar.get(Calendar.DAY_OF_MONTH) - 1L),
        LocalTime.of(
            calendar.get(Calendar.HOUR_OF_DAY),
            calendar.get(Calendar.MINUTE),
            calendar.get(Calendar.SECOND),
            nanos));
  }

  /** Whether the date is one that the classes of java.sql count by the Julian calendar. */
  static boolean isJulian(java.util.Date date) {
    return date.getTime() < GREGORIAN_MILLIS;
  }

  /** With the text's own offset, or else that of the given zone. */
  OffsetDateTime offsetIn(ZoneId zone) {
    return offset != null ? local.atOffset(offset) : local.atZone(zone).toOffsetDateTime();
  }

  /** In the given zone, unless the text names an offset of its own. */
  ZonedDateTime zonedIn(ZoneId zone) {
    return offset != null ? local.atOffset(offset).toZonedDateTime() : local.atZone(zone);
  }

  /** A time in this zone is written with the offset that the zone has on the time's date. */
  OffsetTime offsetTimeIn(ZoneId zone) {
    return offsetIn(zone).toOffsetTime();
  }

  /** The text that is stored for a date; null if it has no text that sorts by time. */
  static String text(LocalDate date) {
    return date.getYear() < 0 || date.getYear() > 9999 ? null : date.toString();
  }

  /** The text that is stored for a time of day. */
  static String text(LocalTime time) {
    // Java leaves out seconds that are zero, SQLite does not.
    String text = time.toString();
    return text.length() == 5 ? text + ":00" : text;
  }

  /** The text that is stored for a date and time; null if it has no text that sorts by time. */
  static String text(LocalDateTime moment) {
    String date = text(moment.toLocalDate());
    return date == null ? null : date + " " + text(moment.toLocalTime());
  }
}
