package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
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
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is stored for each kind of parameter. */
final class ParametersTest {
  private static Object of(Object value) throws SQLException {
    return Parameters.of(value, MomentFormat.text(ZoneOffset.UTC));
  }

  private static Object of(Object value, int type) throws SQLException {
    return Parameters.of(value, type, -1, MomentFormat.text(ZoneOffset.UTC));
  }

  @Test
  void numbersAreNumbers() throws SQLException {
    assertThat(of(5)).isEqualTo(5L);
    assertThat(of((short) 5)).isEqualTo(5L);
    assertThat(of((byte) 5)).isEqualTo(5L);
    assertThat(of(true)).isEqualTo(1L);
    assertThat(of(2.5f)).isEqualTo(2.5);
    assertThat(of(BigInteger.TEN)).isEqualTo(10L);
    assertThat(of(BigInteger.TEN.pow(30))).isEqualTo("1" + "0".repeat(30));
  }

  @Test
  void decimalsLoseNoDigit() throws SQLException {
    assertThat(of(new BigDecimal("10.50"))).isEqualTo(10.5);
    assertThat(of(new BigDecimal("0.1"))).isEqualTo(0.1);
    assertThat(of(new BigDecimal("10.00"))).isEqualTo(10L);
    assertThat(of(new BigDecimal("1E+3"))).isEqualTo(1000L);
    assertThat(of(new BigDecimal("9223372036854775807"))).isEqualTo(Long.MAX_VALUE);
    assertThat(of(new BigDecimal("9223372036854775808"))).isEqualTo("9223372036854775808");
    assertThat(of(new BigDecimal("0.12345678901234567890"))).isEqualTo("0.12345678901234567890");
    assertThat(of(new BigDecimal("1E+999999999"))).isEqualTo("1E+999999999");
  }

  @Test
  void momentsAreTextsThatSqliteUnderstandsAndThatSortByTime() throws SQLException {
    assertThat(of(LocalDate.of(2026, 1, 31))).isEqualTo("2026-01-31");
    assertThat(of(LocalTime.of(9, 5))).isEqualTo("09:05:00");
    assertThat(of(LocalDateTime.of(2026, 1, 31, 9, 5))).isEqualTo("2026-01-31 09:05:00");
    assertThat(of(LocalDateTime.of(2026, 1, 31, 9, 5, 1, 500_000_000)))
        .isEqualTo("2026-01-31 09:05:01.500");
    Instant instant = Instant.parse("2026-01-31T09:05:01.123456Z");
    String text = "2026-01-31 09:05:01.123456";
    assertThat(of(instant)).isEqualTo(text);
    assertThat(of(Timestamp.from(instant))).isEqualTo(text);
    assertThat(of(OffsetDateTime.ofInstant(instant, ZoneId.of("Asia/Tokyo")))).isEqualTo(text);
    assertThat(Parameters.of(instant, MomentFormat.text(ZoneId.of("Asia/Tokyo"))))
        .isEqualTo("2026-01-31 18:05:01.123456");
    assertThat(of(Date.valueOf("2026-01-31"))).isEqualTo("2026-01-31");
    assertThat(of(Time.valueOf("09:05:00"))).isEqualTo("09:05:00");
    assertThat(of(java.util.Date.from(Instant.EPOCH))).isEqualTo("1970-01-01 00:00:00");
  }

  @Test
  void datesBeyondSqliteAreRefused() {
    for (Object value : new Object[] {LocalDate.of(10_000, 1, 1), LocalDate.MIN, Instant.MAX}) {
      assertThatThrownBy(() -> of(value))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22007"));
    }
  }

  @Test
  void streamsAndOtherObjectsAreReadWhenTheyAreSet() throws SQLException {
    assertThat(of(new ByteArrayInputStream(new byte[] {1, 2}))).isEqualTo(new byte[] {1, 2});
    assertThat(of(new StringReader("äö"))).isEqualTo("äö");
    assertThat(Parameters.ofReader(new StringReader("abc"), 2)).isEqualTo("ab");
    assertThat(of(new MemoryBlob(new byte[] {3}))).isEqualTo(new byte[] {3});
    assertThat(of(new MemoryClob("text"))).isEqualTo("text");
    assertThat(of(UUID.fromString("12345678-1234-1234-1234-123456789abc")))
        .isEqualTo("12345678-1234-1234-1234-123456789abc");
    assertThat(of('x')).isEqualTo("x");
    assertThat(of(null)).isNull();
    byte[] bytes = {1};
    Object stored = of(bytes);
    bytes[0] = 2;
    assertThat(stored).isEqualTo(new byte[] {1});
    assertThatThrownBy(() -> of(new Object()))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22018"));
  }

  @Test
  void aTargetTypeConvertsTheValue() throws SQLException {
    assertThat(of("12", Types.INTEGER)).isEqualTo(12L);
    assertThat(of("12.5", Types.DOUBLE)).isEqualTo(12.5);
    assertThat(of(12, Types.DOUBLE)).isEqualTo(12.0);
    assertThat(of("true", Types.BOOLEAN)).isEqualTo(1L);
    assertThat(of(0, Types.BIT)).isEqualTo(0L);
    assertThat(of(12, Types.VARCHAR)).isEqualTo("12");
    assertThat(of(true, Types.VARCHAR)).isEqualTo("true");
    assertThat(of("2026-01-31T10:00:00", Types.TIMESTAMP)).isEqualTo("2026-01-31 10:00:00");
    assertThat(of("2026-01-31 10:00:00", Types.DATE)).isEqualTo("2026-01-31");
    assertThat(Parameters.of("1.005", Types.DECIMAL, 1, MomentFormat.text(ZoneOffset.UTC)))
        .isEqualTo(1L);
    assertThat(Parameters.of(2.25, Types.NUMERIC, 1, MomentFormat.text(ZoneOffset.UTC)))
        .isEqualTo(2.3);
    for (int type : new int[] {Types.INTEGER, Types.DOUBLE, Types.DECIMAL}) {
      assertThatThrownBy(() -> of("abc", type))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22018"));
    }
  }
}
