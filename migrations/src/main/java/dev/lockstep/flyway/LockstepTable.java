package dev.lockstep.flyway;

import java.sql.SQLException;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.jdbc.JdbcTemplate;

/** A table, above all Flyway's history. */
final class LockstepTable extends Table<LockstepDatabase, LockstepSchema> {
  LockstepTable(
      JdbcTemplate jdbcTemplate, LockstepDatabase database, LockstepSchema schema, String name) {
    super(jdbcTemplate, database, schema, name);
  }

  @Override
  protected boolean doExists() throws SQLException {
    return jdbcTemplate.queryForInt(
            "SELECT count(*) FROM pragma_table_list WHERE schema = ? AND name = ? COLLATE NOCASE",
            schema.getName(),
            name)
        > 0;
  }

  @Override
  protected void doDrop() throws SQLException {
    jdbcTemplate.execute("DROP TABLE " + database.quote(schema.getName(), name));
  }

  /**
   * Nothing to do: {@link LockstepConnection#lock} has taken a named lock, and the transaction that
   * Flyway has begun takes turns with others.
   */
  @Override
  protected void doLock() {}
}
