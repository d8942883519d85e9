package dev.lockstep.flyway;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.database.base.Connection;
import org.flywaydb.core.internal.database.base.Table;

/** A connection: its schema is always {@code main}. */
final class LockstepConnection extends Connection<LockstepDatabase> {
  private static final String SCHEMA = "main";

  /** A week: longer than any migration of another migrator. */
  private static final int WAIT_SECONDS = 604_800;

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

  /**
   * One migrator at a time: it has a named lock, which the cluster keeps as long as this connection
   * lives, beyond the loss of a leader. Where the application has turned autocommit off, Flyway's
   * transaction alone must do, which takes turns with the others.
   */
  @Override
  public <T> T lock(Table table, Callable<T> callable) {
    String name = "flyway:" + table.getName();
    if (!take(name)) {
      return super.lock(table, callable);
    }
    T result;
    try {
      result = super.lock(table, callable);
    } catch (RuntimeException e) {
      try {
        release(name);
      } catch (RuntimeException release) {
        e.addSuppressed(release);
      }
      throw e;
    }
    release(name);
    return result;
  }

  private boolean take(String name) {
    try {
      if (!getJdbcConnection().getAutoCommit()) {
        return false;
      }
      if (jdbcTemplate.queryForInt(
              "SELECT lockstep_lock('" + quoted(name) + "', " + WAIT_SECONDS + ")")
          == 0) {
        throw new FlywayException(
            "the lock " + name + " is held by another migrator for more than a week");
      }
      return true;
    } catch (SQLException e) {
      throw new FlywayException("the lock " + name + " could not be taken: " + e.getMessage(), e);
    }
  }

  private void release(String name) {
    try {
      jdbcTemplate.queryForInt("SELECT lockstep_unlock('" + quoted(name) + "')");
    } catch (SQLException e) {
      throw new FlywayException(
          "the lock " + name + " could not be released: " + e.getMessage(), e);
    }
  }

  private static String quoted(String name) {
    return name.replace("'", "''");
  }
}
