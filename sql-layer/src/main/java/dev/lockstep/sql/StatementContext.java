package dev.lockstep.sql;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What the replaced functions of one connection answer with, for the statement in progress. */
final class StatementContext {
  /** 0000-01-01 and 9999-12-31T23:59:59.999: SQLite's dates end there, so does the clock. */
  static final long CLOCK_MILLIS_MIN = -62_167_219_200_000L;

  static final long CLOCK_MILLIS_MAX = 253_402_300_799_999L;

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT);
  private static final int DATE_CHARACTERS = 10;
  private static final int TIME_START = 11;
  private static final int SECONDS_CHARACTERS = 19;

  private final CommandRandom random = new CommandRandom();
  private long clockMillis;
  private String isoNow;
  private long lastInsertRowid;
  private long changes;
  private long totalChanges;
  private NamedLocks locks = NamedLocks.NONE;

  void begin(long clockMillis, long seed, int statementNumber) {
    this.clockMillis = Math.max(CLOCK_MILLIS_MIN, Math.min(CLOCK_MILLIS_MAX, clockMillis));
    isoNow = null;
    random.start(seed, statementNumber);
  }

  void setSession(long lastInsertRowid, long changes, long totalChanges) {
    this.lastInsertRowid = lastInsertRowid;
    this.changes = changes;
    this.totalChanges = totalChanges;
  }

  /** What the functions of named locks do from now on. */
  void setLocks(NamedLocks newLocks) {
    locks = newLocks;
  }

  NamedLocks locks() {
    return locks;
  }

  /** The clock as {@code YYYY-MM-DD HH:MM:SS.SSS}, UTC. */
  String isoNow() {
    if (isoNow == null) {
      long second = Math.floorDiv(clockMillis, 1000L);
      int nanos = (int) Math.floorMod(clockMillis, 1000L) * 1_000_000;
      isoNow = ISO.format(LocalDateTime.ofEpochSecond(second, nanos, ZoneOffset.UTC));
    }
    return isoNow;
  }

  String currentDate() {
    return isoNow().substring(0, DATE_CHARACTERS);
  }

  String currentTime() {
    return isoNow().substring(TIME_START, SECONDS_CHARACTERS);
  }

  String currentTimestamp() {
    return isoNow().substring(0, SECONDS_CHARACTERS);
  }

  CommandRandom random() {
    return random;
  }

  long lastInsertRowid() {
    return lastInsertRowid;
  }

  long changes() {
    return changes;
  }

  long totalChanges() {
    return totalChanges;
  }
}
