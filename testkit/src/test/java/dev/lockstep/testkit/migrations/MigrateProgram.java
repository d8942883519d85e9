package dev.lockstep.testkit.migrations;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.migration.JavaMigration;

/** An instance of an application that migrates when it starts: prints how many it has applied. */
final class MigrateProgram {
  private MigrateProgram() {}

  /**
   * @param arguments the URL, the directory of the SQL migrations, and how many rows each table of
   *     {@link MigratorsIT} gets by a migration in Java
   */
  public static void main(String[] arguments) {
    int rows = Integer.parseInt(arguments[2]);
    JavaMigration[] java =
        IntStream.rangeClosed(1, MigratorsIT.TABLES)
            .mapToObj(table -> rowsOf(table, rows, Path.of(arguments[1])))
            .toArray(JavaMigration[]::new);
    int executed =
        Flyway.configure()
            .dataSource(arguments[0], null, null)
            .locations("filesystem:" + arguments[1])
            .javaMigrations(java)
            .load()
            .migrate()
            .migrationsExecuted;
    System.out.println(MigratorsIT.APPLIED + executed);
  }

  private static JavaMigration rowsOf(int table, int rows, Path directory) {
    return new RowsMigration(table + ".3", "t" + table, "name", rows) {
      @Override
      void inTheMiddle() throws Exception {
        if (MigratorsIT.GATES.contains(table)) {
          new Gate(directory, "gate" + table).pass();
        }
      }
    };
  }
}
