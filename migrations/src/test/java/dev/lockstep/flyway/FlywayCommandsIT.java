package dev.lockstep.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FlywayCommandsIT {
  @TempDir Path directory;

  private FakeLockstep lockstep;

  @BeforeEach
  void openFile() {
    lockstep = new FakeLockstep(directory.resolve("shop.db"));
  }

  @Test
  void migrationsAreAppliedOnceAndDescribed() throws SQLException {
    MigrateResult first = flyway().migrate();
    MigrateResult second = flyway().migrate();

    assertThat(first.databaseType).isEqualTo("Lockstep");
    assertThat(first.migrationsExecuted).isEqualTo(2);
    assertThat(second.migrationsExecuted).isZero();
    flyway().validate();
    assertThat(flyway().info().applied()).extracting(MigrationInfo::isVersioned).containsOnly(true);
    assertThat(strings("SELECT installed_by FROM flyway_schema_history"))
        .containsExactly("clerk", "clerk");
    assertThat(strings("SELECT typeof(installed_on) FROM flyway_schema_history"))
        .containsOnly("text");
    assertThat(strings("SELECT note FROM \"odd \"\"name\"\"\"")).containsExactly("staff");
  }

  @Test
  void cleanLeavesNothingBehindAndMigrateWorksAgain() throws SQLException {
    flyway().migrate();

    flyway().clean();

    assertThat(strings("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'")).isEmpty();
    assertThat(strings("SELECT name FROM sqlite_sequence")).isEmpty();
    assertThat(flyway().migrate().migrationsExecuted).isEqualTo(2);
    assertThat(strings("SELECT count(*) FROM employee")).containsExactly("3");
  }

  @Test
  void repairTakesOverAChangedChecksum() throws SQLException {
    flyway().migrate();
    execute("UPDATE flyway_schema_history SET checksum = 7 WHERE version = '1'");
    assertThatThrownBy(() -> flyway().validate())
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("checksum mismatch");

    flyway().repair();

    flyway().validate();
  }

  @Test
  void databaseThatIsNotEmptyNeedsABaseline() throws SQLException {
    execute("CREATE TABLE older (id INTEGER PRIMARY KEY)");
    assertThatThrownBy(() -> flyway().migrate())
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("non-empty schema");

    flyway().baseline();

    assertThat(strings("SELECT type FROM flyway_schema_history")).containsExactly("BASELINE");
  }

  @Test
  void systemTablesAloneDoNotMakeADatabaseNonEmpty() throws SQLException {
    execute("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)");
    execute("DROP TABLE a");
    assertThat(strings("SELECT name FROM sqlite_master")).containsExactly("sqlite_sequence");

    assertThat(flyway().migrate().migrationsExecuted).isEqualTo(2);
  }

  @Test
  void migratorsThatStartTogetherApplyEachMigrationOnce() throws Exception {
    int migrators = 4;
    ExecutorService threads = Executors.newFixedThreadPool(migrators);
    try {
      Callable<Integer> migrate = () -> flyway().migrate().migrationsExecuted;
      int executed = 0;
      for (Future<Integer> result :
          threads.invokeAll(java.util.Collections.nCopies(migrators, migrate))) {
        executed += result.get();
      }
      assertThat(executed).isEqualTo(2);
      assertThat(strings("SELECT version FROM flyway_schema_history ORDER BY 1"))
          .containsExactly("1", "2");
      assertThat(lockstep.lockNames()).containsExactly("flyway:flyway_schema_history");
      assertThat(lockstep.heldLocks()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aMigrationThatFailsReleasesTheLock() throws SQLException {
    execute("CREATE TABLE employee (id INTEGER PRIMARY KEY)");
    Flyway onOlder =
        Flyway.configure()
            .dataSource(lockstep)
            .locations("classpath:migrations")
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .load();

    assertThatThrownBy(onOlder::migrate)
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("employee");

    assertThat(lockstep.lockNames()).isNotEmpty();
    assertThat(lockstep.heldLocks()).isEmpty();
  }

  private Flyway flyway() {
    return Flyway.configure()
        .dataSource(lockstep)
        .locations("classpath:migrations")
        .cleanDisabled(false)
        .load();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = lockstep.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> strings(String sql) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (Connection connection = lockstep.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
    }
    return strings;
  }
}
