package dev.lockstep.jdbc;

import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a column's declaration says of its type, in JDBC's terms. SQLite lets any column hold any
 * value; the declaration is what the application meant.
 *
 * @param name the declaration without its numbers, in upper case; empty for an expression
 * @param jdbcType a constant of {@link Types}
 * @param precision digits or characters declared, 0 if none
 * @param scale digits after the point declared, 0 if none
 * @param hasScale whether a scale was declared
 */
record DeclaredType(String name, int jdbcType, int precision, int scale, boolean hasScale) {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "\\s*([^(]*?)\\s*(?:\\(\\s*(\\d{1,9})\\s*(?:,\\s*(\\d{1,9})\\s*)?\\).*)?\\s*");

  /** By exact name, for those that SQLite's rules of affinity would take for something else. */
  private static final Map<String, Integer> BY_NAME =
      Map.ofEntries(
          Map.entry("BOOLEAN", Types.BOOLEAN),
          Map.entry("BOOL", Types.BOOLEAN),
          Map.entry("BIT", Types.BOOLEAN),
          Map.entry("TINYINT", Types.TINYINT),
          Map.entry("SMALLINT", Types.SMALLINT),
          Map.entry("INT2", Types.SMALLINT),
          Map.entry("BIGINT", Types.BIGINT),
          Map.entry("INT8", Types.BIGINT),
          Map.entry("LONG", Types.BIGINT),
          Map.entry("UNSIGNED BIG INT", Types.BIGINT),
          Map.entry("DECIMAL", Types.DECIMAL),
          Map.entry("NUMERIC", Types.NUMERIC),
          Map.entry("NUMBER", Types.NUMERIC),
          Map.entry("MONEY", Types.DECIMAL),
          Map.entry("DATE", Types.DATE),
          Map.entry("TIME", Types.TIME),
          Map.entry("TIMESTAMP", Types.TIMESTAMP),
          Map.entry("DATETIME", Types.TIMESTAMP),
          Map.entry("TIMESTAMPTZ", Types.TIMESTAMP_WITH_TIMEZONE),
          Map.entry("TIMESTAMP WITH TIME ZONE", Types.TIMESTAMP_WITH_TIMEZONE),
          Map.entry("TIMESTAMP WITHOUT TIME ZONE", Types.TIMESTAMP),
          Map.entry("BINARY", Types.BINARY),
          Map.entry("VARBINARY", Types.VARBINARY),
          Map.entry("CHAR", Types.CHAR),
          Map.entry("CHARACTER", Types.CHAR),
          Map.entry("NCHAR", Types.NCHAR),
          Map.entry("NVARCHAR", Types.NVARCHAR),
          Map.entry("CLOB", Types.CLOB),
          Map.entry("JSON", Types.VARCHAR),
          Map.entry("UUID", Types.VARCHAR),
          Map.entry("STRING", Types.VARCHAR));

  /** By a part of the name, in the order of SQLite's rules of affinity. */
  private static final Map<String, Integer> BY_PART = new LinkedHashMap<>();

  static {
    BY_PART.put("INT", Types.INTEGER);
    BY_PART.put("CHAR", Types.VARCHAR);
    BY_PART.put("CLOB", Types.CLOB);
    BY_PART.put("TEXT", Types.VARCHAR);
    BY_PART.put("BLOB", Types.BLOB);
    // All three have the 64 bits of Java's double.
    BY_PART.put("REAL", Types.DOUBLE);
    BY_PART.put("FLOA", Types.DOUBLE);
    BY_PART.put("DOUB", Types.DOUBLE);
  }

  /** Of an expression: nothing is declared. */
  static final DeclaredType NONE = new DeclaredType("", Types.OTHER, 0, 0, false);

  static DeclaredType of(String declaration) {
    Matcher matcher = SYNTAX.matcher(declaration);
    if (declaration.isBlank() || !matcher.matches()) {
      return NONE;
    }
    String name = matcher.group(1).toUpperCase(Locale.ROOT).replaceAll("\\s+", " ");
    int precision = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    int scale = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
    return new DeclaredType(name, typeOf(name), precision, scale, matcher.group(2) != null);
  }

  private static int typeOf(String name) {
    Integer exact = BY_NAME.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, Integer> part : BY_PART.entrySet()) {
      if (name.contains(part.getKey())) {
        return part.getValue();
      }
    }
    return Types.OTHER;
  }

  /** Whether anything is declared. */
  boolean isDeclared() {
    return !name.isEmpty();
  }
}
