package dev.lockstep.jdbc.metadata;

import java.sql.Types;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JDBC type of a column, from the type in the table's declaration. SQLite itself knows only the
 * affinity of that text; what tools and mappers expect of it follows the names' usual meaning.
 *
 * @param jdbcType a constant of {@link Types}
 * @param name the declared name without its length, or SQLite's storage class if none is declared
 * @param precision digits or characters, 0 where unknown
 * @param scale digits after the point, 0 where unknown
 */
public record DeclaredType(int jdbcType, String name, int precision, int scale) {
  private static final String ANY_CLASS = "java.lang.Object";

  private static final Pattern DECLARATION =
      Pattern.compile("([^(]*)(?:\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\))?.*", Pattern.DOTALL);

  private static final Map<String, Integer> TYPES =
      Map.ofEntries(
          Map.entry("BOOLEAN", Types.BOOLEAN),
          Map.entry("BOOL", Types.BOOLEAN),
          Map.entry("BIT", Types.BOOLEAN),
          Map.entry("TINYINT", Types.TINYINT),
          Map.entry("SMALLINT", Types.SMALLINT),
          Map.entry("INT2", Types.SMALLINT),
          Map.entry("INT", Types.INTEGER),
          Map.entry("INTEGER", Types.INTEGER),
          Map.entry("INT4", Types.INTEGER),
          Map.entry("MEDIUMINT", Types.INTEGER),
          Map.entry("BIGINT", Types.BIGINT),
          Map.entry("INT8", Types.BIGINT),
          Map.entry("UNSIGNED BIG INT", Types.BIGINT),
          Map.entry("LONG", Types.BIGINT),
          Map.entry("NUMBER", Types.NUMERIC),
          Map.entry("MONEY", Types.DECIMAL),
          Map.entry("REAL", Types.DOUBLE),
          Map.entry("DOUBLE", Types.DOUBLE),
          Map.entry("DOUBLE PRECISION", Types.DOUBLE),
          Map.entry("FLOAT", Types.DOUBLE),
          Map.entry("DECIMAL", Types.DECIMAL),
          Map.entry("NUMERIC", Types.NUMERIC),
          Map.entry("DATE", Types.DATE),
          Map.entry("TIME", Types.TIME),
          Map.entry("DATETIME", Types.TIMESTAMP),
          Map.entry("TIMESTAMP", Types.TIMESTAMP),
          Map.entry("TIMESTAMP WITH TIME ZONE", Types.TIMESTAMP_WITH_TIMEZONE),
          Map.entry("TIMESTAMPTZ", Types.TIMESTAMP_WITH_TIMEZONE),
          Map.entry("BLOB", Types.BLOB),
          Map.entry("BINARY", Types.BINARY),
          Map.entry("VARBINARY", Types.VARBINARY),
          Map.entry("CLOB", Types.CLOB),
          Map.entry("CHAR", Types.CHAR),
          Map.entry("CHARACTER", Types.CHAR),
          Map.entry("NCHAR", Types.NCHAR),
          Map.entry("NVARCHAR", Types.NVARCHAR),
          Map.entry("VARCHAR", Types.VARCHAR),
          Map.entry("TEXT", Types.VARCHAR));

  /** Those read before: every result asks for the types of its columns. */
  private static final Map<String, DeclaredType> KNOWN = new ConcurrentHashMap<>();

  /** Schemas have few different ones; what programs make up endlessly is not kept. */
  private static final int KNOWN_MAX = 1_000;

  /** The names that have a type of their own; others go by SQLite's rules. */
  public static Set<String> names() {
    return TYPES.keySet();
  }

  /** The type of a declaration such as {@code DECIMAL(10,2)}; the empty text is none. */
  public static DeclaredType of(String declaration) {
    DeclaredType known = KNOWN.get(declaration);
    if (known == null) {
      known = read(declaration);
      if (KNOWN.size() < KNOWN_MAX) {
        KNOWN.put(declaration, known);
      }
    }
    return known;
  }

  private static DeclaredType read(String declaration) {
    Matcher matcher = DECLARATION.matcher(declaration.strip());
    if (declaration.isBlank() || !matcher.matches()) {
      // No affinity: anything may be stored.
      return new DeclaredType(Types.VARCHAR, "", 0, 0);
    }
    String name = matcher.group(1).strip().replaceAll("\\s+", " ");
    String upper = name.toUpperCase(Locale.ROOT);
    int precision = number(matcher.group(2));
    int scale = number(matcher.group(3));
    Integer known = TYPES.get(upper);
    return new DeclaredType(known != null ? known : byAffinity(upper), name, precision, scale);
  }

  /** SQLite's own rules, in their order (https://sqlite.org/datatype3.html, section 3.1). */
  private static int byAffinity(String upper) {
    if (upper.contains("INT")) {
      return Types.INTEGER;
    }
    if (upper.contains("CHAR") || upper.contains("CLOB") || upper.contains("TEXT")) {
      return Types.VARCHAR;
    }
    if (upper.contains("BLOB")) {
      return Types.BLOB;
    }
    if (upper.contains("REAL") || upper.contains("FLOA") || upper.contains("DOUB")) {
      return Types.DOUBLE;
    }
    // JSON, UUID and the like have NUMERIC affinity, which keeps texts as they are.
    return upper.startsWith("NUM") || upper.startsWith("DEC") ? Types.NUMERIC : Types.VARCHAR;
  }

  private static int number(String digits) {
    return digits == null || digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }

  /** The type of a column that is the table's rowid: 64 bits whatever is declared. */
  public DeclaredType asRowid() {
    return new DeclaredType(Types.BIGINT, name, 0, 0);
  }

  /** Largest number of characters or digits that a value is expected to have (COLUMN_SIZE). */
  public int size() {
    if (precision > 0) {
      return precision;
    }
    return switch (jdbcType) {
      case Types.BOOLEAN -> 1;
      case Types.TINYINT -> 3;
      case Types.SMALLINT -> 5;
      case Types.INTEGER -> 10;
      case Types.BIGINT -> 19;
      case Types.DOUBLE -> 17;
      case Types.DATE -> 10;
      case Types.TIME -> 15;
      case Types.TIMESTAMP -> 29;
      case Types.TIMESTAMP_WITH_TIMEZONE -> 35;
      default -> Integer.MAX_VALUE;
    };
  }

  /** Whether values are signed numbers. */
  public boolean isNumber() {
    return switch (jdbcType) {
      case Types.TINYINT,
          Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.DOUBLE,
          Types.DECIMAL,
          Types.NUMERIC ->
          true;
      default -> false;
    };
  }

  /** Whether values are texts. */
  public boolean isText() {
    return switch (jdbcType) {
      case Types.CHAR, Types.VARCHAR, Types.CLOB, Types.NCHAR, Types.NVARCHAR -> true;
      default -> false;
    };
  }

  /** Name of the class that {@code getObject} returns for a value of this type. */
  public String className() {
    return switch (jdbcType) {
      case Types.BOOLEAN -> "java.lang.Boolean";
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> "java.lang.Integer";
      case Types.BIGINT -> "java.lang.Long";
      case Types.DOUBLE -> "java.lang.Double";
      case Types.DECIMAL, Types.NUMERIC -> "java.math.BigDecimal";
      case Types.DATE -> "java.sql.Date";
      case Types.TIME -> "java.sql.Time";
      case Types.TIMESTAMP -> "java.sql.Timestamp";
      case Types.TIMESTAMP_WITH_TIMEZONE -> "java.time.OffsetDateTime";
      case Types.BLOB, Types.BINARY, Types.VARBINARY -> "[B";
      default -> isAny() ? ANY_CLASS : "java.lang.String";
    };
  }

  /**
   * Name of a class of all that {@code getObject} returns for an expression of this type: values as
   * they are stored, integers as {@link Integer} if they fit, else {@link Long}.
   */
  public String storedClassName() {
    return switch (jdbcType) {
      case Types.BOOLEAN, Types.TINYINT, Types.SMALLINT, Types.INTEGER -> "java.lang.Integer";
      case Types.BIGINT, Types.DECIMAL, Types.NUMERIC -> "java.lang.Number";
      case Types.DOUBLE -> "java.lang.Double";
      case Types.BLOB, Types.BINARY, Types.VARBINARY -> "[B";
      case Types.DATE, Types.TIME, Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> ANY_CLASS;
      default -> isAny() ? ANY_CLASS : "java.lang.String";
    };
  }

  /** Whether values of all kinds are to be expected. */
  public boolean isAny() {
    return name.isEmpty() || name.equalsIgnoreCase("ANY");
  }
}
