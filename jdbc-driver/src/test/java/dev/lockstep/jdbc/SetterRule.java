package dev.lockstep.jdbc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.JDBCType;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * Where the setters of this driver store something else than those of sqlite-jdbc, and why.
 * docs/JDBC.md has the same rules; a difference that no rule covers fails the comparison.
 */
enum SetterRule {
  DATES("dates and times are texts of SQLite's, all classes alike, unless dateTimeFormat is set") {
    @Override
    boolean covers(Difference it) {
      return Moment.ofTemporal(it.call.value()) != null
          && it.sent instanceof String text
          && Moment.of(text) != null;
    }
  },
  DECIMALS(
      "a BigDecimal, BigInteger or Byte is a number, so that it compares with numbers, if no digit"
          + " is lost by that; sqlite-jdbc's text is greater than any number") {
    @Override
    boolean covers(Difference it) {
      return it.sent instanceof Number sent
          && Double.isFinite(sent.doubleValue())
          && (it.call.value() instanceof BigDecimal
              || it.call.value() instanceof BigInteger
              || it.call.value() instanceof Byte)
          && new BigDecimal(it.call.value().toString()).compareTo(new BigDecimal(sent.toString()))
              == 0;
    }
  },
  TYPES(
      "setObject with a type converts to it: to an integer, to 0 or 1, to a real number, to a"
          + " decimal of the scale, to a text, to a date or time") {
    @Override
    boolean covers(Difference it) {
      return switch (it.call.typeName()) {
        case "TINYINT", "SMALLINT", "INTEGER", "BIGINT" ->
            it.sent instanceof Long || it.sent instanceof String text && text.matches("[0-9]{20,}");
        case "BIT", "BOOLEAN" -> it.sent instanceof Long number && (number | 1) == 1;
        case "REAL", "FLOAT", "DOUBLE" -> it.sent instanceof Double;
        case "DECIMAL", "NUMERIC" ->
            it.sent instanceof Number
                || it.sent instanceof String text && text.matches("-?[0-9.]+(E.?[0-9]+)?");
        case "CHAR",
            "VARCHAR",
            "LONGVARCHAR",
            "NCHAR",
            "NVARCHAR",
            "LONGNVARCHAR",
            "CLOB",
            "NCLOB" ->
            it.sent instanceof String;
        case "DATE", "TIME", "TIMESTAMP" ->
            it.sent instanceof String text && Moment.of(text) != null;
        default -> false;
      };
    }
  },
  NOT_OF_THE_TYPE("setObject with a type refuses what is not of it: 22018, 22007") {
    @Override
    boolean covers(Difference it) {
      return !it.call.typeName().isEmpty()
          && Set.of("!22018", "!22007").contains(it.here.kind())
          && (it.call.value() instanceof String || it.call.value() instanceof Double);
    }
  },
  UNKNOWN_CLASSES("an object of an unknown class is refused with 22018, not stored by toString") {
    @Override
    boolean covers(Difference it) {
      return it.call.value() instanceof StringBuilder && it.here.kind().equals("!22018");
    }
  },
  CONTENTS("of Blob and Clob the contents are stored, not what toString says") {
    @Override
    boolean covers(Difference it) {
      return it.call.value() instanceof MemoryClob && it.sent instanceof String
          || it.call.value() instanceof MemoryBlob && it.sent instanceof byte[];
    }
  },
  SHORT_STREAMS("a stream that is shorter than its length is refused with 22026") {
    @Override
    boolean covers(Difference it) {
      return it.here.kind().equals("!22026") && it.call.name().endsWith("length 1000");
    }
  },
  NULL_STREAMS("a null is NULL for every setter; sqlite-jdbc's streams throw") {
    @Override
    boolean covers(Difference it) {
      return it.call.value() == null && it.there.isError() && it.sent == null;
    }
  },
  MORE_SETTERS("what sqlite-jdbc does not support is stored as by the nearest setter") {
    @Override
    boolean covers(Difference it) throws SQLException {
      String name = it.call.name();
      if (!it.there.isError() || it.here.isError()) {
        return false;
      }
      if (name.contains("/SQLType")) {
        boolean scaled = name.endsWith("/scale");
        int type = JDBCType.valueOf(it.call.typeName()).getVendorTypeNumber();
        return same(it.sent, Parameters.of(it.call.value(), type, scaled ? 1 : -1, UTC));
      }
      return it.call.value() instanceof String text && !name.startsWith("setObject")
          ? text.startsWith((String) it.sent)
          : same(it.sent, Parameters.of(it.call.value(), UTC));
    }
  };

  private static final MomentFormat UTC = MomentFormat.text(ZoneOffset.UTC);

  private final String reason;

  SetterRule(String reason) {
    this.reason = reason;
  }

  /** As in the documentation. */
  String reason() {
    return reason;
  }

  abstract boolean covers(Difference difference) throws SQLException;

  private static boolean same(Object one, Object other) {
    return one instanceof byte[] bytes
        ? Arrays.equals(bytes, (byte[]) other)
        : Objects.equals(one, other);
  }

  /**
   * One call of a setter after which a column holds something else.
   *
   * @param sent what this driver sends, unless it refused
   */
  record Difference(SetterCall call, Outcome there, Outcome here, Object sent) {}
}
