package dev.lockstep.liquibase;

import liquibase.database.Database;
import liquibase.database.DatabaseConnection;
import liquibase.database.core.SQLiteDatabase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.structure.DatabaseObject;
import liquibase.structure.core.Catalog;

/**
 * SQLite as Lockstep has it. Liquibase's own {@link SQLiteDatabase} has catalogs and no schemas,
 * and takes the schema {@code main}, which the driver names, for a catalog other than its own: it
 * would not find its tables again. Its short name stays {@code sqlite}, so that change sets with
 * {@code dbms="sqlite"} apply.
 */
public final class LockstepDatabase extends SQLiteDatabase {
  private static final String URL_PREFIX = "jdbc:lockstep:";

  /** Before {@link SQLiteDatabase}, which claims whatever calls itself SQLite. */
  @Override
  public int getPriority() {
    return PRIORITY_DATABASE;
  }

  @Override
  public boolean isCorrectDatabaseImplementation(DatabaseConnection connection)
      throws DatabaseException {
    return isLockstep(connection.getURL());
  }

  @Override
  public String getDefaultDriver(String url) {
    return isLockstep(url) ? "dev.lockstep.jdbc.Driver" : null;
  }

  @Override
  public boolean supportsCatalogs() {
    return false;
  }

  @Override
  public boolean supports(Class<? extends DatabaseObject> type) {
    return type != Catalog.class && super.supports(type);
  }

  /** Whether it is one of Lockstep's with a connection, not one of which only the SQL is asked. */
  static boolean isConnected(Database database) {
    return database instanceof LockstepDatabase
        && database.getConnection() instanceof JdbcConnection;
  }

  private static boolean isLockstep(String url) {
    return url != null && url.startsWith(URL_PREFIX);
  }
}
