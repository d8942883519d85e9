package dev.lockstep.sql.types;

import java.util.Locale;
import java.util.Map;

/** What values of a type have in common, as far as the rules for expressions go. */
public enum Family {
  /** Nothing but NULL. */
  NULL,
  BOOLEAN,
  INTEGER,
  /** Values are INTEGER or REAL. */
  NUMERIC,
  REAL,
  TEXT,
  BLOB,
  /** Dates and times, stored as TEXT unless the application chose otherwise. */
  TEMPORAL,
  /** Nothing is known. */
  ANY;

  /** The same names have a type of their own in the driver's {@code DeclaredType}. */
  private static final Map<String, Family> NAMED =
      Map.ofEntries(
          Map.entry("BOOLEAN", BOOLEAN),
          Map.entry("BOOL", BOOLEAN),
          Map.entry("BIT", BOOLEAN),
          Map.entry("LONG", INTEGER),
          Map.entry("NUMBER", NUMERIC),
          Map.entry("MONEY", NUMERIC),
          Map.entry("DATE", TEMPORAL),
          Map.entry("TIME", TEMPORAL),
          Map.entry("DATETIME", TEMPORAL),
          Map.entry("TIMESTAMP", TEMPORAL),
          Map.entry("TIMESTAMP WITH TIME ZONE", TEMPORAL),
          Map.entry("TIMESTAMPTZ", TEMPORAL),
          Map.entry("BINARY", BLOB),
          Map.entry("VARBINARY", BLOB));

  /** Of a declaration such as {@code DECIMAL(10,2)}; the empty text is none. */
  static Family of(String declaration) {
    int parenthesis = declaration.indexOf('(');
    String name = parenthesis < 0 ? declaration : declaration.substring(0, parenthesis);
    String upper = name.strip().replaceAll("\\s+", " ").toUpperCase(Locale.ROOT);
    Family named = NAMED.get(upper);
    return named != null ? named : byAffinity(upper);
  }

  /** SQLite's own rules, in their order (sqlite.org/datatype3.html, section 3.1). */
  private static Family byAffinity(String upper) {
    if (upper.contains("INT")) {
      return INTEGER;
    }
    if (upper.contains("CHAR") || upper.contains("CLOB") || upper.contains("TEXT")) {
      return TEXT;
    }
    if (upper.contains("BLOB")) {
      return BLOB;
    }
    if (upper.contains("REAL") || upper.contains("FLOA") || upper.contains("DOUB")) {
      return REAL;
    }
    // UUID, JSON and the like: SQLite would make numbers of what looks like one.
    return upper.startsWith("NUM") || upper.startsWith("DEC") ? NUMERIC : ANY;
  }

  boolean isNumber() {
    return this == BOOLEAN || this == INTEGER || this == NUMERIC || this == REAL;
  }

  boolean isInteger() {
    return this == BOOLEAN || this == INTEGER;
  }
}
