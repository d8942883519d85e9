package dev.lockstep.testkit.migrations;

import java.sql.PreparedStatement;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;

/** Fills a column of a table, by batches. */
class RowsMigration implements JavaMigration {
  private static final int BATCH = 500;

  private final String version;
  private final String table;
  private final String column;
  private final int rows;

  RowsMigration(String version, String table, String column, int rows) {
    this.version = version;
    this.table = table;
    this.column = column;
    this.rows = rows;
  }

  @Override
  public MigrationVersion getVersion() {
    return MigrationVersion.fromVersion(version);
  }

  @Override
  public String getDescription() {
    return "rows of " + table;
  }

  @Override
  public Integer getChecksum() {
    return rows;
  }

  @Override
  public boolean canExecuteInTransaction() {
    return true;
  }

  /** Called when half of the rows are written. */
  void inTheMiddle() throws Exception {}

  @Override
  public void migrate(Context context) throws Exception {
    try (PreparedStatement insert =
        context
            .getConnection()
            .prepareStatement("INSERT INTO " + table + " (" + column + ") VALUES (?)")) {
      for (int row = 1; row <= rows; row++) {
        insert.setString(1, column + " " + row);
        insert.addBatch();
        if (row % BATCH == 0 || row == rows) {
          insert.executeBatch();
        }
        if (row == rows / 2) {
          inTheMiddle();
        }
      }
    }
  }
}
