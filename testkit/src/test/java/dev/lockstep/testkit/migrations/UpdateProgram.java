package dev.lockstep.testkit.migrations;

import java.nio.file.Path;
import liquibase.Liquibase;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.resource.DirectoryResourceAccessor;

/** An instance of an application that has Liquibase update the database when it starts. */
final class UpdateProgram {
  private UpdateProgram() {}

  /**
   * @param arguments the URL, and the directory with {@code changes.xml}
   */
  public static void main(String[] arguments) throws Exception {
    DirectoryResourceAccessor resources =
        new DirectoryResourceAccessor(Path.of(arguments[1]).toFile());
    Database database =
        DatabaseFactory.getInstance().openDatabase(arguments[0], null, null, null, resources);
    try (Liquibase liquibase = new Liquibase("changes.xml", resources, database)) {
      liquibase.update();
    }
  }
}
