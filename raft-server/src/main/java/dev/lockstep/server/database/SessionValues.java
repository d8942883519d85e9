package dev.lockstep.server.database;

/** What SQLite's functions of the connection answer to a session. */
record SessionValues(long lastInsertRowid, long changes, long totalChanges) {
  static final SessionValues NONE = new SessionValues(0, 0, 0);
}
