package dev.lockstep.sql;

import java.util.Locale;

/** A table of the schema {@code lockstep}; {@code docs/SYSTEM-TABLES.md} says what is in it. */
public enum SystemTable {
  NODES(
      "node_id TEXT, host TEXT, port INTEGER, answers BOOLEAN, reachable BOOLEAN, role TEXT,"
          + " term BIGINT, leader TEXT, applied_index BIGINT, fault TEXT, connections BIGINT,"
          + " uptime_seconds BIGINT, lockstep_version TEXT, sqlite_version TEXT",
      14),
  DATABASES(
      "name TEXT, leader TEXT, term BIGINT, applied_index BIGINT, applied_term BIGINT,"
          + " size_bytes BIGINT, schema_version BIGINT",
      7),
  SESSIONS(
      "session_id TEXT, opened_index BIGINT, last_used TIMESTAMP, last_sequence BIGINT,"
          + " last_index BIGINT, last_insert_rowid BIGINT, changes BIGINT, total_changes BIGINT,"
          + " kept_bytes BIGINT",
      9),
  LOCKS("name TEXT, session_id TEXT, count INTEGER", 3),
  TRANSACTIONS(
      "session_id TEXT, mode TEXT, state TEXT, began TIMESTAMP, age_millis BIGINT,"
          + " idle_millis BIGINT, steps INTEGER, writes BOOLEAN",
      8),
  STATEMENTS(
      "text TEXT, calls BIGINT, errors BIGINT, rows BIGINT, total_millis DOUBLE,"
          + " max_millis DOUBLE, last_used TIMESTAMP",
      7);

  /** The schema that they are in. */
  public static final String SCHEMA = "lockstep";

  private final String columns;
  private final int columnCount;

  SystemTable(String columns, int columnCount) {
    this.columns = columns;
    this.columnCount = columnCount;
  }

  /** The name in the schema, in lower case. */
  public String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The values of a row. */
  public int columnCount() {
    return columnCount;
  }

  String definition() {
    return "CREATE TABLE " + SCHEMA + "." + sqlName() + "(" + columns + ")";
  }

  String insertion() {
    return "INSERT INTO "
        + SCHEMA
        + "."
        + sqlName()
        + " VALUES (?"
        + ", ?".repeat(columnCount - 1)
        + ")";
  }
}
