package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** What is set comes back by the fitting getter, through SQLite's columns of the fitting types. */
final class RoundTripPropertyTest {
  private static final long YEAR_1 = -62_135_596_800L;
  private static final long YEAR_10000 = 253_402_300_800L;

  private static Connection connection;

  @BeforeContainer
  static void open() throws SQLException {
    connection = StoredRow.table("jdbc:sqlite::memory:");
  }

  @AfterContainer
  static void close() throws SQLException {
    connection.close();
  }

  /** The row after a value was set as the driver does it. */
  private static ResultSet row(Object value, MomentFormat moments) throws SQLException {
    return sent(Parameters.of(value, moments), moments);
  }

  private static ResultSet sent(Object sent, MomentFormat moments) throws SQLException {
    StoredRow.fillWith(connection, sent);
    return StoredRow.ours(StoredRow.values(connection), moments);
  }

  private static int column(String declaredType) {
    return StoredRow.DECLARED_TYPES.indexOf(declaredType) + 1;
  }

  private static <T> void assertComesBack(
      T value, Class<T> type, MomentFormat moments, String... declaredTypes) throws SQLException {
    ResultSet row = row(value, moments);
    for (String declaredType : declaredTypes) {
      assertThat(row.getObject(column(declaredType), type)).as(declaredType).isEqualTo(value);
    }
  }

  private static final MomentFormat UTC = MomentFormat.text(ZoneOffset.UTC);

  // ---- numbers

  @Property(tries = 200)
  void integers(@ForAll long value) throws SQLException {
    assertComesBack(value, Long.class, UTC, "", "INTEGER", "BIGINT", "NUMERIC", "TEXT", "BLOB");
    assertComesBack(
        BigInteger.valueOf(value), BigInteger.class, UTC, "", "INTEGER", "DECIMAL(10,2)", "TEXT");
  }

  @Property(tries = 200)
  void realNumbers(@ForAll("doubles") double value) throws SQLException {
    ResultSet row = row(value, UTC);
    for (String type : List.of("", "REAL", "DOUBLE", "NUMERIC", "BLOB")) {
      double back = row.getDouble(column(type));
      // SQLite has no negative zero in columns of integers, and NaN is NULL.
      assertThat(back).as(type).isEqualTo(Double.isNaN(value) ? 0.0 : value + 0.0);
      assertThat(row.wasNull()).isEqualTo(Double.isNaN(value));
    }
  }

  @Provide
  Arbitrary<Double> doubles() {
    return Arbitraries.oneOf(
        Arbitraries.longs().map(Double::longBitsToDouble),
        Arbitraries.doubles(),
        Arbitraries.of(
            0.0, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE));
  }

  @Property(tries = 200)
  void floats(@ForAll float value) throws SQLException {
    assertComesBack(value == 0 ? 0f : value, Float.class, UTC, "", "REAL", "DOUBLE", "NUMERIC");
  }

  @Property(tries = 200)
  void decimalsComeBackWithTheScaleOfTheirColumn(
      @ForAll @LongRange(min = -9_999_999_999L, max = 9_999_999_999L) long unscaled)
      throws SQLException {
    assertComesBack(BigDecimal.valueOf(unscaled, 2), BigDecimal.class, UTC, "DECIMAL(10,2)");
  }

  /** As numbers where these are exact; as texts, if asked for, in columns for texts. */
  @Property(tries = 200)
  void decimalsOfAnySizeAreExactWhereSqliteDoesNotRewriteThem(
      @ForAll @BigRange(min = "-1e40", max = "1e40") @Scale(20) BigDecimal value,
      @ForAll @IntRange(max = 400) int power)
      throws SQLException {
    BigDecimal huge = value.scaleByPowerOfTen(power);
    ResultSet row = row(huge, UTC);
    for (String type : List.of("", "BLOB")) {
      assertThat(row.getBigDecimal(column(type))).as(type).isEqualByComparingTo(huge);
    }
    ResultSet text = sent(Parameters.of(huge, Types.VARCHAR, -1, UTC), UTC);
    assertThat(text.getBigDecimal(column("TEXT")).subtract(huge)).isZero();
    BigDecimal few = value.round(new MathContext(15, RoundingMode.HALF_UP));
    ResultSet exact = row(few, UTC);
    assertThat(exact.getBigDecimal(column("NUMERIC"))).isEqualByComparingTo(few);
  }

  // ---- texts, bytes, objects

  @Property(tries = 200)
  void textsAndBytes(@ForAll("texts") String text, @ForAll byte[] bytes) throws SQLException {
    assertComesBack(text, String.class, UTC, "TEXT", "VARCHAR(20)", "CLOB", "", "BLOB");
    ResultSet row = row(bytes, UTC);
    for (int column = 1; column <= StoredRow.DECLARED_TYPES.size(); column++) {
      assertThat(row.getBytes(column)).isEqualTo(bytes);
    }
    ResultSet clob = row(new MemoryClob(text), UTC);
    assertThat(clob.getClob(column("CLOB")).getSubString(1, text.length())).isEqualTo(text);
    assertThat(row(text, UTC).getBytes(column("TEXT")))
        .isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All characters but halves of pairs, which have no place in UTF-8. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .all()
        .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  @Property(tries = 200)
  void identifiersAndConstants(@ForAll long high, @ForAll long low, @ForAll DayOfWeek day)
      throws SQLException {
    assertComesBack(new UUID(high, low), UUID.class, UTC, "", "UUID", "TEXT", "BLOB");
    assertComesBack(day, DayOfWeek.class, UTC, "", "TEXT", "VARCHAR(20)");
    assertComesBack(day.getValue() > 3, Boolean.class, UTC, "", "BOOLEAN", "INTEGER");
  }

  // ---- dates and times

  /** UTC, zones with gaps and overlaps at other times of the year, and one of odd minutes. */
  @Provide
  Arbitrary<ZoneId> zones() {
    return Arbitraries.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Africa/Monrovia",
            "America/St_Johns")
        .map(ZoneId::of);
  }

  /** From the year 1 to 9999, often where a clock is put forward or back. */
  @Provide
  Arbitrary<Instant> instants() {
    Arbitrary<Long> seconds = Arbitraries.longs().between(YEAR_1 + 86_400, YEAR_10000 - 86_401);
    Arbitrary<Integer> nanos = Arbitraries.integers().between(0, 999_999_999);
    Arbitrary<Instant> any =
        seconds.flatMap(second -> nanos.map(nano -> Instant.ofEpochSecond(second, nano)));
    Arbitrary<Instant> changes =
        zones()
            .flatMap(
                zone ->
                    Arbitraries.integers()
                        .between(-7_200, 7_200)
                        .map(
                            offset -> {
                              var change =
                                  zone.getRules()
                                      .nextTransition(Instant.parse("2026-05-01T00:00:00Z"));
                              return (change == null ? Instant.EPOCH : change.getInstant())
                                  .plusSeconds(offset);
                            }));
    return Arbitraries.oneOf(any, changes);
  }

  private static final String[] MOMENTS = {"", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TEXT"};

  @Property(tries = 200)
  void instantsInEveryZone(@ForAll("instants") Instant instant, @ForAll("zones") ZoneId zone)
      throws SQLException {
    MomentFormat there = MomentFormat.text(zone);
    assertComesBack(instant, Instant.class, there, MOMENTS);
    assertComesBack(Timestamp.from(instant), Timestamp.class, there, MOMENTS);
    OffsetDateTime offset = instant.atZone(zone).toOffsetDateTime();
    assertComesBack(offset, OffsetDateTime.class, there, MOMENTS);
    ZonedDateTime zoned = instant.atZone(ZoneId.of("Asia/Tokyo"));
    assertThat(row(zoned, there).getObject(column("TIMESTAMP"), ZonedDateTime.class).toInstant())
        .isEqualTo(instant);
  }

  /** Before 1582 the classes of java.sql count by the Julian calendar, as their texts do. */
  @Example
  void timestampsOfOldDatesAreWhatTheirTextsSay() throws SQLException {
    Timestamp old = Timestamp.valueOf("0001-01-01 00:00:00");
    ResultSet row = row(old, MomentFormat.text(ZoneId.systemDefault()));
    assertThat(row.getString(1)).isEqualTo("0001-01-01 00:00:00");
    assertThat(row.getTimestamp(1)).isEqualTo(old);
    assertThat(row.getTimestamp(1)).hasToString("0001-01-01 00:00:00.0");
  }

  @Property(tries = 200)
  void localMomentsAreNotMovedByAnyZone(
      @ForAll("instants") Instant instant, @ForAll("zones") ZoneId zone) throws SQLException {
    MomentFormat there = MomentFormat.text(zone);
    LocalDateTime local = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    assertComesBack(local, LocalDateTime.class, there, MOMENTS);
    assertComesBack(local.toLocalDate(), LocalDate.class, there, "", "DATE", "TEXT", "BIGINT");
    assertComesBack(local.toLocalTime(), LocalTime.class, there, "", "TIME", "TEXT", "BIGINT");
    assertComesBack(Date.valueOf(local.toLocalDate()), Date.class, there, "", "DATE", "TEXT");
    Time time = new Time(local.toLocalTime().toNanoOfDay() / 1_000_000);
    assertComesBack(time, Time.class, there, "", "TIME", "TEXT");
    OffsetTime offset = local.toLocalTime().atOffset(ZoneOffset.ofHoursMinutes(5, 30));
    assertComesBack(offset, OffsetTime.class, there, "", "TIME", "TEXT");
  }

  @Property(tries = 200)
  void aCalendarIsTheZoneOfWritingAndReading(
      @ForAll @LongRange(min = 0, max = 4_000_000_000L) long second, @ForAll("zones") ZoneId zone)
      throws SQLException {
    Calendar calendar = Calendar.getInstance(TimeZone.getTimeZone(zone));
    MomentFormat there = UTC.in(calendar);
    Instant instant = Instant.ofEpochSecond(second);
    ResultSet row = sent(there.stored(instant), UTC);
    assertThat(row.getTimestamp(column("TIMESTAMP"), calendar).toInstant()).isEqualTo(instant);
    LocalDate date = LocalDate.ofInstant(instant, zone);
    Date midnight = new Date(date.atStartOfDay(zone).toInstant().toEpochMilli());
    assertThat(sent(there.stored(date), UTC).getDate(column("DATE"), calendar)).isEqualTo(midnight);
    LocalTime time = LocalTime.ofInstant(instant, zone);
    Time onFirstDay =
        new Time(LocalDate.EPOCH.atTime(time).atZone(zone).toInstant().toEpochMilli());
    assertThat(sent(there.stored(time), UTC).getTime(column("TIME"), calendar))
        .isEqualTo(onFirstDay);
  }

  /** The forms of numbers lose what is below their unit, and nothing else. */
  @Property(tries = 200)
  void momentsAsNumbers(@ForAll("instants") Instant instant, @ForAll("zones") ZoneId zone)
      throws SQLException {
    Instant millis = instant.minusNanos(instant.getNano() % 1_000_000);
    Instant second = instant.minusNanos(instant.getNano());
    for (DateTimeForm form :
        List.of(DateTimeForm.EPOCH_MILLIS, DateTimeForm.EPOCH_SECONDS, DateTimeForm.JULIAN_DAY)) {
      MomentFormat format = new MomentFormat(zone, form, null);
      Instant back = row(instant, format).getObject(column("TIMESTAMP"), Instant.class);
      assertThat(Duration.between(form == DateTimeForm.EPOCH_SECONDS ? second : millis, back).abs())
          .isLessThanOrEqualTo(Duration.ofMillis(form == DateTimeForm.JULIAN_DAY ? 1 : 0));
      LocalDate date = LocalDate.ofInstant(instant, zone);
      assertThat(row(date, format).getObject(column("DATE"), LocalDate.class)).isEqualTo(date);
      LocalTime time = LocalTime.ofSecondOfDay(instant.getEpochSecond() & 0xFFFF);
      assertThat(row(time, format).getObject(column("TIME"), LocalTime.class)).isEqualTo(time);
    }
  }
}
