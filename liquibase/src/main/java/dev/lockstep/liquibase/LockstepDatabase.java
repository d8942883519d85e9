package dev.lockstep.liquibase;

import liquibase.CatalogAndSchema;
import liquibase.database.Database;
import liquibase.database.DatabaseConnection;
import liquibase.database.core.SQLiteDatabase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import liquibase.snapshot.SnapshotControl;
import liquibase.structure.DatabaseObject;
import liquibase.structure.core.Catalog;

/**
 * SQLite as Lockstep has it. Liquibase's own {@link SQLiteDatabase} has catalogs and no schemas,
 * and takes the schema {@code main}, which the driver names, for a catalog other than its own: it
 * would not find its tables again.
 *
 * <p>Its short name stays {@code sqlite}, so that change sets with {@code dbms="sqlite"} apply. Of
 * those with the same short name, Liquibase asks only the one with the highest priority, this one:
 * so it takes SQLite's own connections as well, and treats them as a {@link SQLiteDatabase} does.
 * Only the generators of SQL are the same for both, since Liquibase remembers them by short name.
 */
public final class LockstepDatabase extends SQLiteDatabase {
  private static final String URL_PREFIX = "jdbc:lockstep:";

  @Override
  public int getPriority() {
    return PRIORITY_DATABASE;
  }

  @Override
  public boolean isCorrectDatabaseImplementation(DatabaseConnection connection)
      throws DatabaseException {
    return isLockstep(connection.getURL()) || super.isCorrectDatabaseImplementation(connection);
  }

  @Override
  public String getDefaultDriver(String url) {
    return isLockstep(url) ? "dev.lockstep.jdbc.Driver" : super.getDefaultDriver(url);
  }

  @Override
  public boolean supportsCatalogs() {
    return !isConnected(this) && super.supportsCatalogs();
  }

  @Override
  public boolean supports(Class<? extends DatabaseObject> type) {
    return !(isConnected(this) && type == Catalog.class) && super.supports(type);
  }

  /**
   * Drops everything in one transaction, Liquibase's table of changes included. Liquibase itself
   * would drop foreign keys one by one, which SQLite cannot.
   *
   * @param schemaToDrop counts for SQLite's own connections only, as does {@code control}
   */
  @Override
  public void dropDatabaseObjects(CatalogAndSchema schemaToDrop, SnapshotControl control)
      throws LiquibaseException {
    if (isConnected(this)) {
      AllObjects.drop((JdbcConnection) getConnection());
    } else {
      super.dropDatabaseObjects(schemaToDrop, control);
    }
  }

  /** Whether it has a connection to Lockstep, not one to SQLite, and not none. */
  static boolean isConnected(Database database) {
    return database instanceof LockstepDatabase
        && database.getConnection() instanceof JdbcConnection
        && isLockstep(database.getConnection().getURL());
  }

  private static boolean isLockstep(String url) {
    return url != null && url.startsWith(URL_PREFIX);
  }
}
