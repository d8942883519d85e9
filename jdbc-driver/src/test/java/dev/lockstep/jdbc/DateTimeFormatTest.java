package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that sqlite-jdbc wrote, in each of its ways to store dates and times. */
final class DateTimeFormatTest {
  private static final TimeZone ZONE = TimeZone.getDefault();

  /** Also of the years about 1970, whose milliseconds look like seconds. */
  private static final List<java.util.Date> VALUES =
      List.of(
          Timestamp.from(Instant.parse("2026-01-31T10:20:30.123Z")),
          Timestamp.from(Instant.parse("2026-10-25T00:30:00Z")),
          Timestamp.from(Instant.parse("1970-06-01T00:00:00Z")),
          Timestamp.from(Instant.parse("1969-12-31T23:59:59.001Z")),
          Timestamp.from(Instant.parse("1900-01-01T12:00:00Z")),
          new java.util.Date(1_234_567_890_123L));

  @TempDir Path directory;

  @BeforeEach
  void standInBerlin() {
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
  }

  @AfterEach
  void goHome() {
    TimeZone.setDefault(ZONE);
  }

  private static MomentFormat format(String properties) throws SQLException {
    ConnectionSettings settings =
        ConnectionUrl.parse("jdbc:lockstep://db1/shop?" + properties, new Properties());
    return settings.momentFormat();
  }

  /** In milliseconds and Julian days within one millisecond, which is their unit. */
  @ParameterizedTest
  @CsvSource({
    "date_class=INTEGER, dateTimeFormat=epochMillis, 1",
    "date_class=INTEGER&date_precision=SECONDS, dateTimeFormat=epochSeconds, 1000",
    "date_class=REAL, dateTimeFormat=julianDay, 2",
    "date_class=TEXT, dateTimePattern=yyyy-MM-dd%20HH:mm:ss.SSS, 1",
    "date_class=TEXT&date_string_format=dd.MM.yyyy%20HH:mm:ss,"
        + " dateTimePattern=dd.MM.yyyy%20HH:mm:ss, 1000",
  })
  void theSameIsWrittenAndWhatIsWrittenIsRead(String theirs, String ours, long unitMillis)
      throws SQLException {
    MomentFormat format = format("timeZone=system&" + ours);
    String url = "jdbc:sqlite:" + directory.resolve("file.db") + "?" + theirs.replace("%20", " ");
    try (Connection connection = StoredRow.table(url);
        Statement delete = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO t VALUES ("
                    + "?1,".repeat(StoredRow.DECLARED_TYPES.size() - 1)
                    + "?1)")) {
      for (java.util.Date value : VALUES) {
        delete.executeUpdate("DELETE FROM t");
        insert.setObject(1, value);
        insert.executeUpdate();
        Object[] stored = StoredRow.values(connection);
        ResultSet row = StoredRow.ours(stored, format);
        int column = StoredRow.DECLARED_TYPES.indexOf("TIMESTAMP") + 1;
        boolean ambiguous = value.getTime() == 1_792_888_200_000L && theirs.contains("TEXT");
        if (!ambiguous) {
          assertThat(row.getTimestamp(column).getTime() - value.getTime())
              .as("%s in %s", value, theirs)
              .isBetween(-unitMillis, unitMillis);
        }
        // Seconds before 1970 are cut downwards here, as all others are, and upwards there.
        if (value.getTime() >= 0 || unitMillis < 1000) {
          StoredRow.fillWith(connection, Parameters.of(value, format));
          assertThat(StoredRow.values(connection)).as("%s", value).isEqualTo(stored);
        }
      }
      assertDatesAndTimes(connection, format, insert, delete);
    }
  }

  private static void assertDatesAndTimes(
      Connection connection, MomentFormat format, PreparedStatement insert, Statement delete)
      throws SQLException {
    for (java.util.Date value : List.of(Date.valueOf("1970-06-01"), Time.valueOf("10:20:30"))) {
      delete.executeUpdate("DELETE FROM t");
      if (value instanceof Date date) {
        insert.setDate(1, date);
      } else {
        insert.setTime(1, (Time) value);
      }
      insert.executeUpdate();
      Object[] stored = StoredRow.values(connection);
      ResultSet row = StoredRow.ours(stored, format);
      assertThat((Object) (value instanceof Date ? row.getDate(11) : row.getTime(12)))
          .isEqualTo(value);
      StoredRow.fillWith(connection, Parameters.of(value, format));
      assertThat(StoredRow.values(connection)).as("%s", value).isEqualTo(stored);
    }
  }

  /** The classes of java.time have no other form than those of java.sql. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dateTimeFormat=text",
        "dateTimeFormat=epochMillis",
        "dateTimeFormat=epochSeconds",
        "dateTimeFormat=julianDay",
        "dateTimePattern=yyyy-MM-dd'T'HH:mm:ss"
      })
  void allClassesAreWrittenAlike(String properties) throws SQLException {
    MomentFormat format = format("timeZone=system&" + properties);
    LocalDateTime local = LocalDateTime.of(2026, 1, 31, 10, 20, 30);
    Object stored = Parameters.of(Timestamp.valueOf(local), format);
    assertThat(Parameters.of(local, format)).isEqualTo(stored);
    assertThat(Parameters.of(local.atZone(format.zone()), format)).isEqualTo(stored);
    assertThat(Parameters.of(local.atZone(format.zone()).toInstant(), format)).isEqualTo(stored);
    assertThat(Parameters.of(local.toLocalDate(), format))
        .isEqualTo(Parameters.of(Date.valueOf(local.toLocalDate()), format));
    assertThat(Parameters.of(local.toLocalTime(), format))
        .isEqualTo(Parameters.of(Time.valueOf(local.toLocalTime()), format));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dateTimeFormat=millis", "dateTimePattern=yyyy-bb"})
  void otherFormatsAreRefused(String properties) {
    assertThatThrownBy(() -> format(properties))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
  }
}
