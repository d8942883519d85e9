package dev.lockstep.flyway;

import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.database.base.Schema;
import org.flywaydb.core.internal.jdbc.JdbcTemplate;

/** The schema {@code main}: it cannot be created or dropped, only filled and emptied. */
final class LockstepSchema extends Schema<LockstepDatabase, LockstepTable> {
  /** SQLite reserves the prefix for itself; Lockstep's own tables carry it too. */
  private static final String OF_THE_USER = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

  /** Without the shadow tables of virtual tables, which come and go with these. */
  private static final String TABLES =
      "SELECT name FROM pragma_table_list WHERE schema = ? AND type IN ('table', 'virtual') AND "
          + OF_THE_USER
          + " ORDER BY type DESC, name";

  private static final String VIEWS =
      "SELECT name FROM pragma_table_list WHERE schema = ? AND type = 'view' AND "
          + OF_THE_USER
          + " ORDER BY name";

  LockstepSchema(JdbcTemplate jdbcTemplate, LockstepDatabase database, String name) {
    super(jdbcTemplate, database, name);
  }

  @Override
  protected boolean doExists() {
    return name.equals("main");
  }

  @Override
  protected boolean doEmpty() throws SQLException {
    return names(TABLES).isEmpty() && names(VIEWS).isEmpty();
  }

  @Override
  protected void doCreate() {
    throw new FlywayException("Lockstep has the schema main only; cannot create " + name);
  }

  @Override
  protected void doDrop() throws SQLException {
    doClean();
  }

  /**
   * Runs inside Flyway's transaction. Foreign keys stay on, as on all connections of the cluster:
   * deferring them to the end of the transaction, when parents and children are both gone, lets
   * tables be dropped in any order, cycles included. Indexes and triggers go with their tables and
   * views, and rows of sqlite_sequence do too.
   */
  @Override
  protected void doClean() throws SQLException {
    jdbcTemplate.execute("PRAGMA defer_foreign_keys = ON");
    for (String view : names(VIEWS)) {
      jdbcTemplate.execute("DROP VIEW " + database.quote(name, view));
    }
    for (LockstepTable table : doAllTables()) {
      table.drop();
    }
  }

  @Override
  protected LockstepTable[] doAllTables() throws SQLException {
    return names(TABLES).stream().map(this::getTable).toArray(LockstepTable[]::new);
  }

  @Override
  public LockstepTable getTable(String tableName) {
    return new LockstepTable(jdbcTemplate, database, this, tableName);
  }

  private List<String> names(String sql) throws SQLException {
    return jdbcTemplate.queryForStringList(sql, name);
  }
}
