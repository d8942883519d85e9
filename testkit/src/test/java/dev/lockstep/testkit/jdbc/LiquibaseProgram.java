package dev.lockstep.testkit.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import liquibase.Liquibase;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;

/** {@code liquibase update} as a program: its argument is the URL. */
final class LiquibaseProgram {
  private static final String CHANGES = "liquibase/changelog.xml";

  private LiquibaseProgram() {}

  public static void main(String[] arguments) throws Exception {
    try (Connection connection = DriverManager.getConnection(arguments[0]);
        Liquibase liquibase = on(connection)) {
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
