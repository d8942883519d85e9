package dev.lockstep.server.database;

import dev.lockstep.sql.SqliteWriter;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which texts may write a virtual table, under one schema; SQLite is asked once for each. */
final class VirtualTableWrites {
  private static final int KNOWN_TEXTS_MAX = 1_024;

  private final SqliteWriter writer;

  private final Map<String, Boolean> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > KNOWN_TEXTS_MAX;
        }
      };

  VirtualTableWrites(SqliteWriter writer) {
    this.writer = writer;
  }

  void schemaChanged() {
    known.clear();
  }

  /** Whether a statement may write one, itself or by triggers. Runs nothing. */
  boolean mayBe(String sql) throws SQLException {
    Boolean writes = known.get(sql);
    if (writes == null) {
      writes = writer.mayWriteVirtualTable(sql);
      known.put(sql, writes);
    }
    return writes;
  }
}
