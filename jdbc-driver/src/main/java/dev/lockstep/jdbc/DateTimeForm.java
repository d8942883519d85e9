package dev.lockstep.jdbc;

/** What a date or time is stored as. The three forms of numbers are those of sqlite-jdbc. */
enum DateTimeForm {
  /** Text that SQLite's date functions understand, or one by a pattern. */
  TEXT,
  /** INTEGER: milliseconds since 1970. */
  EPOCH_MILLIS,
  /** INTEGER: seconds since 1970. */
  EPOCH_SECONDS,
  /** REAL: days since noon of 4714-11-24 before our era. */
  JULIAN_DAY
}
