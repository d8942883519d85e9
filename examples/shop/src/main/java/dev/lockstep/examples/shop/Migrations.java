package dev.lockstep.examples.shop;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The shop's schema and data, applied by Flyway as in any application. */
final class Migrations {
  private Migrations() {}

  /** Returns how many migrations were applied: none if the database was up to date. */
  static int apply(DataSource dataSource) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:db/migration")
        .javaMigrations(new V2__Load_chinook())
        .load()
        .migrate()
        .migrationsExecuted;
  }
}
