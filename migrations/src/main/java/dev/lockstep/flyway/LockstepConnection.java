package dev.lockstep.flyway;

import org.flywaydb.core.internal.database.base.Connection;

/** A connection: its schema is always {@code main}. */
final class LockstepConnection extends Connection<LockstepDatabase> {
  private static final String SCHEMA = "main";

  LockstepConnection(LockstepDatabase database, java.sql.Connection connection) {
    super(database, connection);
  }

  @Override
  protected String getCurrentSchemaNameOrSearchPath() {
    return SCHEMA;
  }

  @Override
  public LockstepSchema getSchema(String name) {
    return new LockstepSchema(jdbcTemplate, database, name);
  }
}
