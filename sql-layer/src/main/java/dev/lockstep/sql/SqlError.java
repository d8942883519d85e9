package dev.lockstep.sql;

import java.util.Objects;

/**
 * An error as clients see it.
 *
 * @param sqlState five characters, never {@code 0A000} (pools evict on it) and never class 08
 * @param vendorCode SQLite's primary result code, or 0 where the error is not SQLite's
 * @param message SQLite's own text without decoration ({@code UNIQUE constraint failed: t.c})
 */
public record SqlError(String sqlState, int vendorCode, String message) {
  public SqlError {
    if (sqlState.length() != 5) {
      throw new IllegalArgumentException("not a SQLSTATE: " + sqlState);
    }
    Objects.requireNonNull(message, "message");
  }
}
