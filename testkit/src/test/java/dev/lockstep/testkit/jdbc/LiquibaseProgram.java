package dev.lockstep.testkit.jdbc;

import java.sql.Connection;
import liquibase.Liquibase;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;

/** {@code liquibase update} as a program, which opens its connection as Liquibase's own does. */
final class LiquibaseProgram {
  private static final String CHANGES = "liquibase/changelog.xml";

  private LiquibaseProgram() {}

  /**
   * Updates the database.
   *
   * @param arguments its URL
   */
  public static void main(String[] arguments) throws Exception {
    ClassLoaderResourceAccessor resources = new ClassLoaderResourceAccessor();
    Database database =
        DatabaseFactory.getInstance().openDatabase(arguments[0], null, null, null, resources);
    try (Liquibase liquibase = new Liquibase(CHANGES, resources, database)) {
      liquibase.update();
    }
  }

  /** Liquibase on a connection, which is closed with it. */
  static Liquibase on(Connection connection) throws LiquibaseException {
    Database database =
        DatabaseFactory.getInstance()
            .findCorrectDatabaseImplementation(new JdbcConnection(connection));
    return new Liquibase(CHANGES, new ClassLoaderResourceAccessor(), database);
  }
}
