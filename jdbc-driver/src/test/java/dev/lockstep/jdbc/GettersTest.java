package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What each getter makes of each kind of value. */
final class GettersTest {
  /** A result of one row on which it stands; the columns are called c1, c2 and so on. */
  private static ResultSet row(String declaredType, Object... values) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= values.length; i++) {
      columns.add(new Column("c" + i, "t", declaredType));
    }
    RowSet rows = new RowSet(false, columns, RowBatch.of(List.<Object[]>of(values)), 0);
    LockstepResultSet result =
        new LockstepResultSet(
            null, new RowStream(rows, null, null), 0, MomentFormat.text(ZoneOffset.UTC));
    assertThat(result.next()).isTrue();
    return result;
  }

  private static void assertState(ThrowingCallable call, String sqlState) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(sqlState));
  }

  @Test
  void nullIsZeroFalseOrNull() throws SQLException {
    ResultSet row = row("", (Object) null);
    assertThat(row.getInt(1)).isZero();
    assertThat(row.wasNull()).isTrue();
    assertThat(row.getLong(1)).isZero();
    assertThat(row.getDouble(1)).isZero();
    assertThat(row.getFloat(1)).isZero();
    assertThat(row.getBoolean(1)).isFalse();
    for (Object value :
        new Object[] {
          row.getString(1),
          row.getBytes(1),
          row.getBigDecimal(1),
          row.getDate(1),
          row.getTime(1),
          row.getTimestamp(1),
          row.getObject(1),
          row.getBlob(1),
          row.getClob(1),
          row.getURL(1),
          row.getBinaryStream(1),
          row.getCharacterStream(1),
          row.getAsciiStream(1),
          row.getObject(1, Integer.class),
          row.getObject(1, LocalDate.class)
        }) {
      assertThat(value).isNull();
    }
  }

  @Test
  void integersAreReadAsAnyNumberThatHoldsThem() throws SQLException {
    ResultSet row = row("", 127L, 128L, 40_000L, 1L << 40, Long.MIN_VALUE);
    assertThat(row.getByte(1)).isEqualTo((byte) 127);
    assertThat(row.wasNull()).isFalse();
    assertState(() -> row.getByte(2), "22003");
    assertState(() -> row.getShort(3), "22003");
    assertState(() -> row.getInt(4), "22003");
    assertThat(row.getLong(5)).isEqualTo(Long.MIN_VALUE);
    assertThat(row.getDouble(4)).isEqualTo(0x1p40);
    assertThat(row.getString(3)).isEqualTo("40000");
    assertThat(row.getBigDecimal(5)).isEqualTo(BigDecimal.valueOf(Long.MIN_VALUE));
    assertThat(row.getObject(4, BigInteger.class)).isEqualTo(BigInteger.ONE.shiftLeft(40));
    assertThat(row.getBoolean(1)).isTrue();
  }

  @Test
  void realsAreCutToIntegersInRange() throws SQLException {
    ResultSet row = row("", 2.9, -2.9, 1e300, Double.POSITIVE_INFINITY, 0.0, 1e39);
    assertThat(row.getInt(1)).isEqualTo(2);
    assertThat(row.getInt(2)).isEqualTo(-2);
    assertState(() -> row.getLong(3), "22003");
    assertState(() -> row.getLong(4), "22003");
    assertState(() -> row.getBigDecimal(4), "22003");
    assertState(() -> row.getFloat(6), "22003");
    assertThat(row.getDouble(4)).isInfinite();
    assertThat(row.getBoolean(5)).isFalse();
    assertThat(row.getBigDecimal(1)).isEqualByComparingTo("2.9");
    assertThat(row.getString(1)).isEqualTo("2.9");
  }

  @Test
  void textsAreReadAsTheNumbersTheyShow() throws SQLException {
    ResultSet row = row("", " 12 ", "1.5e3", "abc", "99999999999999999999", "1e999999999");
    assertThat(row.getInt(1)).isEqualTo(12);
    assertThat(row.getLong(2)).isEqualTo(1500);
    assertThat(row.getDouble(2)).isEqualTo(1500.0);
    assertState(() -> row.getInt(3), "22018");
    assertState(() -> row.getDouble(3), "22018");
    assertState(() -> row.getBigDecimal(3), "22018");
    assertState(() -> row.getLong(4), "22003");
    assertState(() -> row.getLong(5), "22003");
    assertState(() -> row.getObject(5, BigInteger.class), "22003");
    assertThat(row.getBigDecimal(4)).isEqualTo(new BigDecimal("99999999999999999999"));
  }

  @Test
  void booleansAreReadFromNumbersAndWords() throws SQLException {
    ResultSet row = row("", "true", "F", "yes", "0", "2", "maybe");
    assertThat(row.getBoolean(1)).isTrue();
    assertThat(row.getBoolean(2)).isFalse();
    assertThat(row.getBoolean(3)).isTrue();
    assertThat(row.getBoolean(4)).isFalse();
    assertThat(row.getBoolean(5)).isTrue();
    assertState(() -> row.getBoolean(6), "22018");
  }

  @Test
  void blobsAndTextsAreBytesOfEachOther() throws Exception {
    byte[] utf8 = "grün".getBytes(StandardCharsets.UTF_8);
    ResultSet row = row("", utf8, "grün");
    assertThat(row.getString(1)).isEqualTo("grün");
    assertThat(row.getBytes(2)).isEqualTo(utf8);
    assertThat(row.getBlob(1).getBytes(1, 100)).isEqualTo(utf8);
    assertThat(row.getClob(2).getSubString(1, 100)).isEqualTo("grün");
    assertThat(row.getBinaryStream(1).readAllBytes()).isEqualTo(utf8);
    assertState(() -> row.getInt(1), "22018");
  }

  @Test
  void momentsAreReadFromAllTheFormsOfSqlite() throws SQLException {
    Timestamp expected = Timestamp.from(Instant.parse("2026-01-31T10:20:30Z"));
    ResultSet row =
        row(
            "",
            "2026-01-31 10:20:30",
            "2026-01-31T10:20:30",
            "2026-01-31T10:20:30Z",
            "2026-01-31 12:20:30+02:00",
            "2026-01-31 05:20:30.000 -0500",
            1_769_854_830L,
            1_769_854_830_000L,
            2461071.9309027777,
            1_769_854_830.0);
    for (int i = 1; i <= 9; i++) {
      assertThat(row.getTimestamp(i)).as(row.getString(i)).isEqualTo(expected);
      assertThat(row.getObject(i, Instant.class)).isEqualTo(expected.toInstant());
      assertThat(row.getObject(i, LocalDateTime.class)).isEqualTo("2026-01-31T10:20:30");
      assertThat(row.getDate(i)).isEqualTo(Date.valueOf("2026-01-31"));
      assertThat(row.getTime(i)).isEqualTo(Time.valueOf("10:20:30"));
    }
    assertThat(row.getObject(4, OffsetDateTime.class))
        .isEqualTo(OffsetDateTime.parse("2026-01-31T12:20:30+02:00"));
  }

  @Test
  void datesAndTimesStandAlone() throws SQLException {
    ResultSet row = row("", "2026-01-31", "10:20", "10:20:30.123456789", "2026-02-30", "soon", "");
    assertThat(row.getDate(1)).isEqualTo(Date.valueOf("2026-01-31"));
    assertThat(row.getObject(1, LocalDateTime.class)).isEqualTo("2026-01-31T00:00:00");
    assertThat(row.getTime(2)).isEqualTo(Time.valueOf("10:20:00"));
    assertThat(row.getObject(3, LocalTime.class)).isEqualTo("10:20:30.123456789");
    assertThat(row.getTime(3).getTime() - Time.valueOf("10:20:30").getTime()).isEqualTo(123);
    for (int i = 4; i <= 6; i++) {
      int column = i;
      assertState(() -> row.getTimestamp(column), "22007");
      assertState(() -> row.getDate(column), "22007");
      assertState(() -> row.getObject(column, LocalDate.class), "22007");
    }
  }

  @Test
  void aCalendarSaysInWhichZoneATextIsMeant() throws SQLException {
    ResultSet row = row("", "2026-07-01 12:00:00", "2026-07-01 12:00:00Z");
    Calendar berlin = Calendar.getInstance(TimeZone.getTimeZone("Europe/Berlin"));
    assertThat(row.getTimestamp(1, berlin).toInstant()).isEqualTo("2026-07-01T10:00:00Z");
    assertThat(row.getTimestamp(2, berlin).toInstant()).isEqualTo("2026-07-01T12:00:00Z");
  }

  @Test
  void objectsFollowTheDeclaredType() throws SQLException {
    assertThat(row("INTEGER", 5L).getObject(1)).isEqualTo(5);
    assertThat(row("INTEGER", 1L << 40).getObject(1)).isEqualTo(1L << 40);
    assertThat(row("BIGINT", 5L).getObject(1)).isEqualTo(5L);
    assertThat(row("BOOLEAN", 1L).getObject(1)).isEqualTo(true);
    assertThat(row("BOOLEAN", 7L).getObject(1)).isEqualTo(7);
    assertThat(row("REAL", 5L).getObject(1)).isEqualTo(5.0);
    assertThat(row("DECIMAL(10,2)", 10.5).getObject(1)).isEqualTo(new BigDecimal("10.50"));
    assertThat(row("DECIMAL(10,2)", 10.125).getObject(1)).isEqualTo(new BigDecimal("10.125"));
    assertThat(row("DATE", "2026-01-31").getObject(1)).isEqualTo(Date.valueOf("2026-01-31"));
    assertThat(row("TIMESTAMP", "nonsense").getObject(1)).isEqualTo("nonsense");
    assertThat(row("VARCHAR(20)", "a").getObject(1)).isEqualTo("a");
    assertThat(row("BLOB", new byte[] {1}).getObject(1)).isEqualTo(new byte[] {1});
    assertThat(row("", 5L).getObject(1)).isEqualTo(5);
    assertThat(row("", 2.5).getObject(1)).isEqualTo(2.5);
  }

  @Test
  void objectsOfAskedClassesAreConverted() throws SQLException {
    UUID id = UUID.fromString("12345678-1234-1234-1234-123456789abc");
    ResultSet row = row("", id.toString(), 1L);
    assertThat(row.getObject(1, UUID.class)).isEqualTo(id);
    assertThat(row.getObject(2, Long.class)).isEqualTo(1L);
    assertThat(row.getObject(2, Boolean.class)).isTrue();
    assertThat(row.getObject(2, String.class)).isEqualTo("1");
    assertThat(row.getObject(2, Object.class)).isEqualTo(1);
    assertState(() -> row.getObject(2, UUID.class), "22018");
    assertState(() -> row.getObject(2, ZoneId.class), "22018");
  }

  @Test
  void columnsAreFoundByLabelWhateverTheCaseAndTheFirstOneCounts() throws SQLException {
    List<Column> columns =
        List.of(new Column("a", "", ""), new Column("B", "", ""), new Column("A", "", ""));
    Object[] values = {1L, 2L, 3L};
    RowSet rows = new RowSet(false, columns, RowBatch.of(List.<Object[]>of(values)), 0);
    try (LockstepResultSet result =
        new LockstepResultSet(
            null, new RowStream(rows, null, null), 0, MomentFormat.text(ZoneOffset.UTC))) {
      assertState(() -> result.getInt("a"), "24000");
      assertThat(result.isBeforeFirst()).isTrue();
      assertThat(result.next()).isTrue();
      assertThat(result.getInt("A")).isEqualTo(1);
      assertThat(result.getInt("b")).isEqualTo(2);
      assertState(() -> result.getInt("c"), "42703");
      assertState(() -> result.getInt(0), "07009");
      assertState(() -> result.getInt(4), "07009");
      assertThat(result.next()).isFalse();
      assertState(() -> result.getInt(1), "24000");
    }
  }

  @Test
  void metadataFollowsTheDeclarationAndNeverTheRows() throws SQLException {
    ResultSetMetaData declared = row("DECIMAL(10,2)", "x").getMetaData();
    assertThat(declared.getColumnType(1)).isEqualTo(Types.DECIMAL);
    assertThat(declared.getPrecision(1)).isEqualTo(10);
    assertThat(declared.getScale(1)).isEqualTo(2);
    assertThat(declared.getColumnClassName(1)).isEqualTo("java.math.BigDecimal");
    assertThat(declared.getTableName(1)).isEqualTo("t");
    assertThat(declared.getSchemaName(1)).isEqualTo("main");
    ResultSetMetaData unknown = row("", 1L, 1L << 40, 2.5, "x", new byte[0], null).getMetaData();
    for (int i = 1; i <= 6; i++) {
      assertThat(unknown.getColumnType(i)).isEqualTo(Types.VARCHAR);
      assertThat(unknown.getColumnTypeName(i)).isEqualTo("ANY");
      assertThat(unknown.getColumnClassName(i)).isEqualTo("java.lang.Object");
    }
    assertState(() -> unknown.getColumnType(7), "07009");
  }
}
