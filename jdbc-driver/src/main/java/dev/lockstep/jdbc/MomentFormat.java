package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.protocol.Values;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Calendar;

/**
 * How a connection stores dates and times, and reads what is stored.
 *
 * @param zone in which instants are written, and texts are meant that name no zone
 * @param form what is written; of numbers it also says how they are read
 * @param pattern of the texts that are written, and read besides those of SQLite; null for SQLite's
 */
record MomentFormat(ZoneId zone, DateTimeForm form, DateTimeFormatter pattern) {
  /** The date of a time of day in the forms that have no time without a date. */
  private static final LocalDate FIRST_DAY = LocalDate.EPOCH;

  /** What connections begin with. */
  static MomentFormat text(ZoneId zone) {
    return new MomentFormat(zone, DateTimeForm.TEXT, null);
  }

  MomentFormat in(ZoneId other) {
    return new MomentFormat(other, form, pattern);
  }

  /** In the calendar's zone, if there is a calendar. */
  MomentFormat in(Calendar calendar) {
    return calendar == null ? this : in(calendar.getTimeZone().toZoneId());
  }

  // ---- writing

  private boolean isPlainText() {
    return form == DateTimeForm.TEXT && pattern == null;
  }

  /** The value that is stored for a point in time. */
  Object stored(Instant instant) throws SQLException {
    if (!isPlainText()) {
      return number(instant);
    }
    try {
      LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
      String text = checked(Moment.text(local), instant);
      // Where clocks are put back, the later one of two instants with the same text says which.
      return local.atZone(zone).toInstant().equals(instant)
          ? text
          : withOffset(text, instant, zone.getRules().getOffset(instant));
    } catch (DateTimeException e) {
      throw beyond(instant, e);
    }
  }

  /** The value that is stored for a point in time as the classes of java.sql count it. */
  Object stored(java.util.Date date) throws SQLException {
    return isPlainText() && Moment.isJulian(date)
        ? checked(Moment.text(Moment.local(date, zone)), date)
        : stored(Instant.ofEpochMilli(date.getTime()).plusNanos(nanosOf(date)));
  }

  /** What a timestamp has below its milliseconds. */
  private static int nanosOf(java.util.Date date) {
    return date instanceof Timestamp timestamp ? timestamp.getNanos() % 1_000_000 : 0;
  }

  private static String withOffset(String text, Instant instant, ZoneOffset offset) {
    return offset.getTotalSeconds() % 60 == 0
        ? text + offset.getId()
        : Moment.text(LocalDateTime.ofInstant(instant, ZoneOffset.UTC)) + "Z";
  }

  /** The value that is stored for a date and time without a zone. */
  Object stored(LocalDateTime moment) throws SQLException {
    return isPlainText()
        ? checked(Moment.text(moment), moment)
        : number(moment.atZone(zone).toInstant());
  }

  /** The value that is stored for a date. */
  Object stored(LocalDate date) throws SQLException {
    return isPlainText() ? checked(Moment.text(date), date) : stored(date.atStartOfDay());
  }

  /** The value that is stored for a time of day. */
  Object stored(LocalTime time) throws SQLException {
    return isPlainText() ? Moment.text(time) : stored(FIRST_DAY.atTime(time));
  }

  /** The value that is stored for a time of day with an offset, which only the text form keeps. */
  Object stored(OffsetTime time) throws SQLException {
    if (!isPlainText()) {
      return number(time.atDate(FIRST_DAY).toInstant());
    }
    if (time.getOffset().getTotalSeconds() % 60 != 0) {
      throw SqlState.INVALID_DATE.exception("the offset of " + time + " has seconds");
    }
    return Moment.text(time.toLocalTime())
        + (time.getOffset().equals(ZoneOffset.UTC) ? "Z" : time.getOffset().getId());
  }

  private Object number(Instant instant) throws SQLException {
    try {
      return switch (form) {
        case TEXT -> pattern.format(instant.atZone(zone));
        case EPOCH_MILLIS -> instant.toEpochMilli();
        case EPOCH_SECONDS -> instant.getEpochSecond();
        case JULIAN_DAY -> Moment.julianDay(instant.toEpochMilli());
      };
    } catch (DateTimeException | ArithmeticException e) {
      throw beyond(instant, e);
    }
  }

  private static String checked(String text, Object value) throws SQLException {
    if (text == null) {
      throw beyond(value, null);
    }
    return text;
  }

  private static SQLException beyond(Object value, Exception cause) {
    return SqlState.INVALID_DATE.exception(value + " is beyond the dates that are stored", cause);
  }

  // ---- reading

  /** What a value says, or null if it is no date or time. */
  Moment read(Cell cell) {
    return switch (cell.storageClass()) {
      case Values.INTEGER ->
          switch (form) {
            case TEXT -> Moment.of(cell.integer());
            // Noon is a whole number, of which a column like TIMESTAMP makes an INTEGER.
            case JULIAN_DAY -> Moment.ofJulianDay(cell.integer());
            case EPOCH_MILLIS -> Moment.ofMillis(cell.integer());
            case EPOCH_SECONDS -> Moment.ofSeconds(cell.integer());
          };
      case Values.REAL ->
          form == DateTimeForm.JULIAN_DAY
              ? Moment.ofJulianDay(cell.real())
              : Moment.of(cell.real());
      case Values.TEXT -> read(cell.text());
      default -> null;
    };
  }

  /** What a text says, or null if it is no date or time. */
  Moment read(String text) {
    Moment moment = pattern == null ? null : byPattern(text);
    return moment == null ? Moment.of(text) : moment;
  }

  private Moment byPattern(String text) {
    try {
      TemporalAccessor parsed = pattern.parse(text);
      LocalDate date = parsed.query(TemporalQueries.localDate());
      LocalTime time = parsed.query(TemporalQueries.localTime());
      LocalDateTime local =
          (date == null ? FIRST_DAY : date).atTime(time == null ? LocalTime.MIDNIGHT : time);
      ZoneId written = parsed.query(TemporalQueries.zone());
      ZoneOffset offset =
          parsed.isSupported(ChronoField.OFFSET_SECONDS)
              ? ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS))
              : written == null ? null : ZonedDateTime.of(local, written).getOffset();
      return new Moment(local, offset);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
