package dev.lockstep.jdbc;

import java.sql.Types;
import java.util.Map;

/**
 * What JDBC says of a type: one line for each constant of {@link Types} in use.
 *
 * @param name the name shown where nothing was declared
 * @param className class of what {@code getObject} returns
 * @param precision digits or characters where nothing was declared
 * @param displaySize characters to show a value
 */
record ColumnType(
    String name, String className, int precision, int displaySize, boolean signed, boolean text) {
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private static final Map<Integer, ColumnType> ALL =
      Map.ofEntries(
          Map.entry(Types.BOOLEAN, number("BOOLEAN", "java.lang.Boolean", 1, 5)),
          Map.entry(Types.TINYINT, number("TINYINT", "java.lang.Integer", 3, 4)),
          Map.entry(Types.SMALLINT, number("SMALLINT", "java.lang.Integer", 5, 6)),
          Map.entry(Types.INTEGER, number("INTEGER", "java.lang.Integer", 10, 11)),
          Map.entry(Types.BIGINT, number("BIGINT", "java.lang.Long", 19, 20)),
          Map.entry(Types.DOUBLE, number("REAL", "java.lang.Double", 17, 24)),
          Map.entry(Types.DECIMAL, number("DECIMAL", "java.math.BigDecimal", 0, 24)),
          Map.entry(Types.NUMERIC, number("NUMERIC", "java.math.BigDecimal", 0, 24)),
          Map.entry(Types.DATE, other("DATE", "java.sql.Date", 10, 10)),
          Map.entry(Types.TIME, other("TIME", "java.sql.Time", 8, 18)),
          Map.entry(Types.TIMESTAMP, other("TIMESTAMP", "java.sql.Timestamp", 26, 29)),
          Map.entry(
              Types.TIMESTAMP_WITH_TIMEZONE,
              other("TIMESTAMPTZ", "java.time.OffsetDateTime", 26, 35)),
          Map.entry(Types.BINARY, other("BINARY", "[B", UNLIMITED, UNLIMITED)),
          Map.entry(Types.VARBINARY, other("VARBINARY", "[B", UNLIMITED, UNLIMITED)),
          Map.entry(Types.BLOB, other("BLOB", "[B", UNLIMITED, UNLIMITED)),
          Map.entry(Types.CHAR, text("CHAR")),
          Map.entry(Types.NCHAR, text("NCHAR")),
          Map.entry(Types.NVARCHAR, text("NVARCHAR")),
          Map.entry(Types.VARCHAR, text("TEXT")),
          Map.entry(Types.CLOB, text("CLOB")),
          Map.entry(Types.OTHER, other("ANY", "java.lang.Object", UNLIMITED, UNLIMITED)));

  private static ColumnType number(String name, String className, int precision, int displaySize) {
    return new ColumnType(name, className, precision, displaySize, true, false);
  }

  private static ColumnType text(String name) {
    return new ColumnType(name, "java.lang.String", UNLIMITED, UNLIMITED, false, true);
  }

  private static ColumnType other(String name, String className, int precision, int displaySize) {
    return new ColumnType(name, className, precision, displaySize, false, false);
  }

  /**
   * @param jdbcType a constant of {@link Types} that {@link DeclaredType} gives
   */
  static ColumnType of(int jdbcType) {
    return ALL.getOrDefault(jdbcType, ALL.get(Types.OTHER));
  }
}
