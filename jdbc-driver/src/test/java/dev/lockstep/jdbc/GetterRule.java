package dev.lockstep.jdbc;

import dev.lockstep.jdbc.metadata.DeclaredType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where the getters of this driver differ from those of sqlite-jdbc, and why. docs/JDBC.md has the
 * same rules; a difference that no rule covers fails the comparison.
 */
enum GetterRule {
  NOT_A_NUMBER("a number or boolean is asked of a text or blob that is none: 22018, not 0") {
    @Override
    boolean covers(Difference it) {
      return it.ours.kind().equals("!22018")
          && it.asksForNumber()
          && (it.stored instanceof byte[]
              || it.stored instanceof String text && number(text) == null);
    }
  },
  OUT_OF_RANGE("a number does not fit the type that is asked for: 22003, not its lower bits") {
    @Override
    boolean covers(Difference it) {
      BigDecimal value = number(it.stored);
      return it.ours.kind().equals("!22003")
          && it.asksForNumber()
          && (value == null || value.abs().compareTo(new BigDecimal(127)) > 0);
    }
  },
  WHOLE_TEXT("a text is read to its end or not at all: '1.5e3' is 1500, not 1") {
    @Override
    boolean covers(Difference it) {
      BigDecimal value = it.stored instanceof String ? number(it.stored) : null;
      return value != null
          && it.asksForNumber()
          && !it.asksForBoolean()
          && !it.ours.isError()
          && (it.ours.text().contains(".")
              ? new BigDecimal(it.ours.text()).compareTo(value) == 0
              : it.ours.text().equals(value.toBigInteger().toString()));
    }
  },
  INFINITE_TEXT("'Inf' and '-Inf', SQLite's texts of infinite numbers, are numbers") {
    @Override
    boolean covers(Difference it) {
      return it.ours.text().replace("Infinity", "Inf").equals(it.stored);
    }
  },
  BOOLEANS("every number but 0 is true, also 0.5 and 2^32; so are 'true', 't', 'yes', 'y', 'on'") {
    @Override
    boolean covers(Difference it) {
      BigDecimal value = number(it.stored);
      boolean expected =
          it.stored instanceof Double real && real.isInfinite()
              || (value == null
                  ? Set.of("true", "yes")
                      .contains(String.valueOf(it.stored).toLowerCase(Locale.ROOT))
                  : value.signum() != 0);
      return it.asksForBoolean() && it.ours.text().equals(String.valueOf(expected));
    }
  },
  DECIMAL_SCALE("a BigDecimal is the same number, with the scale of the column's declaration") {
    @Override
    boolean covers(Difference it) {
      return it.theirs.kind().equals("BigDecimal")
          && it.ours.kind().equals("BigDecimal")
          && new BigDecimal(it.ours.text()).compareTo(new BigDecimal(it.theirs.text())) == 0;
    }
  },
  REAL_DIGITS("a REAL as a text has the fewest digits that give the same number again") {
    @Override
    boolean covers(Difference it) {
      return it.stored instanceof Double real
          && Double.parseDouble(text(it.ours)) == real
          && Double.parseDouble(text(it.theirs)) == real
          && text(it.ours).length() <= text(it.theirs).length();
    }
  },
  ASCII_IS_UTF8("an ASCII or Unicode stream is in UTF-8, where sqlite-jdbc has question marks") {
    @Override
    boolean covers(Difference it) {
      return (it.asks("getAsciiStream") || it.asks("getUnicodeStream"))
          && it.ours.text().equals(hex(it.outcomeOf("getString").text()));
    }
  },
  DECLARED_TYPES("getObject follows the declared type") {
    @Override
    boolean covers(Difference it) {
      String className = DeclaredType.of(it.declaredType).className();
      return it.asks("getObject") && it.ours.equals(it.outcomeOf("getObject/" + className));
    }
  },
  NULL_OBJECTS("getObject with a class gives null for NULL, not an error or false") {
    @Override
    boolean covers(Difference it) {
      return it.stored == null
          && it.getter.startsWith("getObject/")
          && it.ours.kind().equals("null");
    }
  },
  MORE_GETTERS("what sqlite-jdbc does not support is what the nearest getter gives") {
    private static final Map<String, String> NEAREST =
        Map.of(
            "getNString", "getString",
            "getNClob", "getClob",
            "getBlob", "getBytes",
            "getObject/Map", "getObject",
            "getURL", "getString",
            "getBigDecimal/scale", "getBigDecimal");

    @Override
    boolean covers(Difference it) {
      String nearest = NEAREST.get(it.getter);
      return it.theirs.isError()
          && nearest != null
          && (it.getter.equals("getBigDecimal/scale")
              ? it.ours.kind().equals("null") || it.ours.kind().equals("BigDecimal")
              : it.ours.text().equals(it.outcomeOf(nearest).text()));
    }
  },
  MORE_CLASSES("getObject with a class converts as the getter of that class does") {
    private static final Map<String, String> GETTERS =
        Map.of(
            "java.lang.Object", "getObject",
            "java.lang.Byte", "getByte",
            "java.lang.Short", "getShort",
            "java.lang.Integer", "getInt",
            "java.lang.Long", "getLong",
            "java.lang.Float", "getFloat",
            "java.lang.Double", "getDouble",
            "java.sql.Blob", "getBlob",
            "java.sql.NClob", "getNClob",
            "java.net.URL", "getURL");

    @Override
    boolean covers(Difference it) {
      String type = it.getter.substring(it.getter.indexOf('/') + 1);
      String getter = GETTERS.get(type);
      return it.getter.startsWith("getObject/")
          && it.theirs.isError()
          && (getter != null
              ? it.ours.equals(it.outcomeOf(getter))
              : Set.of(
                      "java.math.BigInteger",
                      "java.sql.Clob",
                      "java.util.UUID",
                      "java.time.DayOfWeek",
                      "java.time.Instant",
                      "java.time.OffsetDateTime",
                      "java.time.OffsetTime",
                      "java.time.ZonedDateTime",
                      "java.util.Date")
                  .contains(type));
    }
  },
  NUMBERS_AS_DATES(
      "without dateTimeFormat an INTEGER is seconds since 1970 if it is less than 10^11, and a REAL"
          + " is a Julian day only up to the year 9999") {
    @Override
    boolean covers(Difference it) {
      return it.asksForMoment()
          && !it.ours.isError()
          && (it.stored instanceof Long number && Math.abs(number) < 100_000_000_000L
              || it.stored instanceof Double real && (real < 0 || real > 5_373_484.5));
    }
  },
  GREGORIAN_NUMBERS(
      "numbers before 1582 are days of the Gregorian calendar, as in SQLite, not the Julian one") {
    @Override
    boolean covers(Difference it) {
      return it.asksForMoment()
          && it.stored instanceof Double real
          && real >= 0
          && real < 2_299_160;
    }
  },
  TEXTS_AS_DATES("all forms of SQLite's dates are read, a time alone on 2000-01-01") {
    @Override
    boolean covers(Difference it) {
      return it.asksForMoment()
          && it.theirs.isError()
          && it.stored instanceof String text
          && Moment.of(text) != null
          && !it.ours.isError();
    }
  },
  FRACTIONS("fractions of a second are kept; sqlite-jdbc takes .123456 for 123 seconds") {
    @Override
    boolean covers(Difference it) {
      return it.asksForMoment()
          && !it.ours.isError()
          && String.valueOf(it.stored).matches(".*\\.\\d+");
    }
  },
  TIME_OF_DAY("a Time is on 1970-01-01, as JDBC wants it") {
    @Override
    boolean covers(Difference it) {
      return it.ours.kind().equals("Time")
          && Long.parseLong(it.ours.text())
              == Math.floorMod(Long.parseLong(it.theirs.text()) + tokyo(it), (long) DAY)
                  - tokyo(it);
    }

    private long tokyo(Difference it) {
      return it.getter.endsWith("Calendar") ? GetterCall.TOKYO.getRawOffset() : 0;
    }
  },
  MIDNIGHT("a Date is midnight in the zone of the calendar, without a time of day") {
    @Override
    boolean covers(Difference it) {
      return it.getter.equals("getDate/Calendar") && it.ours.kind().equals("Date");
    }
  },
  NOT_A_DATE("a date is asked of the empty text or blob, or of a number beyond all dates: 22007") {
    @Override
    boolean covers(Difference it) {
      return it.asksForMoment()
          && it.ours.kind().equals("!22007")
          && (it.stored instanceof byte[]
              || "".equals(it.stored)
              || it.stored instanceof Double real && Math.abs(real) > 1e11
              || it.stored instanceof Long number && Math.abs((double) number) > 9.2e18);
    }
  };

  private static final int DAY = 86_400_000;

  private final String reason;

  GetterRule(String reason) {
    this.reason = reason;
  }

  /** As in the documentation. */
  String reason() {
    return reason;
  }

  abstract boolean covers(Difference difference);

  private static BigDecimal number(Object stored) {
    try {
      return stored == null ? null : new BigDecimal(String.valueOf(stored).strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String text(Outcome outcome) {
    return Set.of("byte[]", "Blob", "InputStream").contains(outcome.kind())
        ? new String(HexFormat.of().parseHex(outcome.text()), StandardCharsets.UTF_8)
        : outcome.text();
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  /** One getter, asked for one stored value of one declared type, with two answers. */
  static final class Difference {
    final String getter;
    final Object stored;
    final String declaredType;
    final Outcome theirs;
    final Outcome ours;
    private final ResultSet row;
    private final int column;

    Difference(
        String getter, Object stored, int column, ResultSet row, Outcome theirs, Outcome ours) {
      this.getter = getter;
      this.stored = stored;
      this.declaredType = StoredRow.DECLARED_TYPES.get(column - 1);
      this.theirs = theirs;
      this.ours = ours;
      this.row = row;
      this.column = column;
    }

    /** What another getter of this driver says of the same value. */
    Outcome outcomeOf(String other) {
      return GetterCall.BY_NAME.get(other).byNumber(row, column);
    }

    boolean asks(String name) {
      return getter.equals(name);
    }

    boolean asksForBoolean() {
      return getter.equals("getBoolean") || getter.equals("getObject/java.lang.Boolean");
    }

    boolean asksForNumber() {
      return asksForBoolean()
          || getter.matches(
              "get(Byte|Short|Int|Long|Float|Double|BigDecimal.*|Object/java.lang.(Byte|Short"
                  + "|Integer|Long|Float|Double)|Object/java.math.Big.*)");
    }

    boolean asksForMoment() {
      return getter.matches(
          "get(Date|Time|Timestamp)(/Calendar)?|getObject/(java.sql.(Date|Time|Timestamp)"
              + "|java.util.Date|java.time.Local.*)");
    }

    @Override
    public String toString() {
      String value = stored instanceof byte[] bytes ? "x'" + hexOf(bytes) + "'" : stored + "";
      return getter + " of " + value + " in '" + declaredType + "': " + theirs + ", here " + ours;
    }

    private static String hexOf(byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
  }
}
