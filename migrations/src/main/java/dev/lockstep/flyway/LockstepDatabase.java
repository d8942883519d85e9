package dev.lockstep.flyway;

import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.jdbc.JdbcConnectionFactory;
import org.flywaydb.core.internal.jdbc.StatementInterceptor;

/** What differs between SQL databases in Flyway's eyes, and the DDL of its history table. */
final class LockstepDatabase extends Database<LockstepConnection> {
  LockstepDatabase(
      Configuration configuration,
      JdbcConnectionFactory connectionFactory,
      StatementInterceptor interceptor) {
    super(configuration, connectionFactory, interceptor);
  }

  @Override
  protected LockstepConnection doGetConnection(Connection connection) {
    return new LockstepConnection(this, connection);
  }

  /** All versions are: what a node does not know, it refuses. */
  @Override
  public void ensureSupported(Configuration configuration) {}

  /**
   * The column types are those of Flyway's own SQLite type, so that a database that was migrated as
   * a plain SQLite file goes on here. IF NOT EXISTS, because several migrators may start at once.
   * The default of {@code installed_on} is the same on all nodes: they evaluate {@code 'now'} to
   * the time in the log entry.
   */
  @Override
  public String getRawCreateScript(Table table, boolean baseline) {
    String index = quote(table.getSchema().getName()) + "." + quote(table.getName() + "_s_idx");
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (\n"
        + "    \"installed_rank\" INT NOT NULL PRIMARY KEY,\n"
        + "    \"version\" VARCHAR(50),\n"
        + "    \"description\" VARCHAR(200) NOT NULL,\n"
        + "    \"type\" VARCHAR(20) NOT NULL,\n"
        + "    \"script\" VARCHAR(1000) NOT NULL,\n"
        + "    \"checksum\" INT,\n"
        + "    \"installed_by\" VARCHAR(100) NOT NULL,\n"
        + "    \"installed_on\" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),\n"
        + "    \"execution_time\" INT NOT NULL,\n"
        + "    \"success\" BOOLEAN NOT NULL\n"
        + ");\n"
        + (baseline ? getBaselineStatement(table) + ";\n" : "")
        + "CREATE INDEX IF NOT EXISTS "
        + index
        + " ON "
        + quote(table.getName())
        + " (\"success\");\n";
  }

  /** The user's name, or the empty text: the history's column takes no NULL. */
  @Override
  protected String doGetCurrentUser() throws SQLException {
    String user = jdbcMetaData.getUserName();
    return user == null ? "" : user;
  }

  @Override
  public boolean supportsDdlTransactions() {
    return true;
  }

  @Override
  public String getBooleanTrue() {
    return "1";
  }

  @Override
  public String getBooleanFalse() {
    return "0";
  }

  /** Flyway's own quoting leaves quotes inside of names as they are. */
  @Override
  public String doQuote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  @Override
  public boolean catalogIsSchema() {
    return false;
  }

  /**
   * A migration and its row in the history are one transaction; a second connection would wait for
   * the turn that the first one holds.
   */
  @Override
  public boolean useSingleConnection() {
    return true;
  }
}
