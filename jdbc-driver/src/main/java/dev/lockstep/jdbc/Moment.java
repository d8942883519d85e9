package dev.lockstep.jdbc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
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

  static Moment of(long number) {
    Instant instant =
        Math.abs(number) < SECONDS_MAX
            ? Instant.ofEpochSecond(number)
            : Instant.ofEpochMilli(number);
    return of(instant);
  }

  /** Null if the number is beyond all dates. */
  static Moment of(double number) {
    double millis =
        number >= 0 && number <= JULIAN_DAY_MAX
            ? (number - JULIAN_DAY_OF_1970) * MILLIS_OF_DAY
            : number * 1000;
    if (!(Math.abs(millis) < SECONDS_MAX * 1000.0)) {
      return null;
    }
    return of(Instant.ofEpochMilli(Math.round(millis)));
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

  /** With the text's own offset, or else that of the given zone. */
  OffsetDateTime offsetIn(ZoneId zone) {
    return offset != null ? local.atOffset(offset) : local.atZone(zone).toOffsetDateTime();
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
