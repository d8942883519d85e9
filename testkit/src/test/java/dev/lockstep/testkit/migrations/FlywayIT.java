package dev.lockstep.testkit.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.testkit.LocalCluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flyway with Lockstep's plug-in on three nodes; runs on each line of Flyway, see the POM. */
@Tag("flyway")
final class FlywayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path nodesDirectory;
  @TempDir private Path migrations;

  private static LocalCluster nodes;
  private static HikariDataSource pool;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(nodesDirectory, 3);
    nodes.awaitLeader(PATIENCE);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(nodes.jdbcUrl());
    pool = new HikariDataSource(config);
  }

  @AfterAll
  static void stopNodes() {
    if (pool != null) {
      pool.close();
    }
    nodes.close();
  }

  @BeforeEach
  void beginWithNothing() {
    flyway().load().clean();
  }

  private void file(String name, String sql) throws IOException {
    Files.writeString(migrations.resolve(name), sql);
  }

  private FluentConfiguration flyway() {
    return Flyway.configure()
        .dataSource(pool)
        .locations("filesystem:" + migrations)
        .cleanDisabled(false);
  }

  private static List<String> strings(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> strings = new ArrayList<>();
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  private static List<String> history() throws SQLException {
    return strings(
        "SELECT coalesce(version, description) FROM flyway_schema_history ORDER BY installed_rank");
  }

  /** The POM names the version where it is another than that of the dependencies. */
  @Test
  void theVersionIsTheOneThatIsMeant() throws Exception {
    try (InputStream version =
        Flyway.class.getResourceAsStream("/org/flywaydb/core/internal/version.txt")) {
      assertThat(new String(version.readAllBytes(), StandardCharsets.UTF_8).strip())
          .startsWith(System.getProperty("flyway.expected", "13."));
    }
  }

  @Test
  void theClusterIsRecognisedByItsUrlAndByADataSource() throws Exception {
    file("V1__artist.sql", "CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
    MigrateResult byDataSource = flyway().load().migrate();
    MigrateResult byUrl = flyway().dataSource(nodes.jdbcUrl(), null, null).load().migrate();

    assertThat(byDataSource.databaseType).isEqualTo("Lockstep");
    assertThat(byDataSource.migrationsExecuted).isEqualTo(1);
    assertThat(byUrl.databaseType).isEqualTo("Lockstep");
    assertThat(byUrl.migrationsExecuted).isZero();
    assertThat(flyway().load().info().applied()).hasSize(1);
    flyway().load().validate();
  }

  @Test
  void sqlAndJavaMigrationsAreAppliedInTheirOrder() throws Exception {
    file(
        "V1__artist.sql",
        """
        CREATE TABLE artist (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
        CREATE TRIGGER artist_name BEFORE INSERT ON artist WHEN NEW.name = ''
        BEGIN
          SELECT raise(ABORT, 'an artist has a name');
        END;
        """);
    file("V3__rename.sql", "UPDATE artist SET name = upper(name); ANALYZE;");
    Flyway flyway = flyway().javaMigrations(new RowsMigration("2", "artist", "name", 1_000)).load();

    assertThat(flyway.migrate().migrationsExecuted).isEqualTo(3);

    assertThat(history()).containsExactly("1", "2", "3");
    assertThat(strings("SELECT count(*) FROM artist WHERE name LIKE 'NAME %'"))
        .containsExactly("1000");
  }

  @Test
  void placeholdersAndCallbacksAreRun() throws Exception {
    file("V1__note.sql", "CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('${who}');");
    file("afterMigrate.sql", "INSERT INTO note VALUES ('afterMigrate of ${who}');");
    List<Event> events = Collections.synchronizedList(new ArrayList<>());

    flyway()
        .placeholders(Map.of("who", "Ann"))
        .callbacks(
            new BaseCallback() {
              @Override
              public void handle(Event event, Context context) {
                events.add(event);
              }
            })
        .load()
        .migrate();

    assertThat(strings("SELECT text FROM note")).containsExactly("Ann", "afterMigrate of Ann");
    assertThat(events)
        .containsSubsequence(
            Event.BEFORE_MIGRATE,
            Event.BEFORE_EACH_MIGRATE,
            Event.AFTER_EACH_MIGRATE,
            Event.AFTER_MIGRATE);
  }

  @Test
  void aRepeatableMigrationIsRunAgainWhenItHasChanged() throws Exception {
    file("R__names.sql", "DROP VIEW IF EXISTS names; CREATE VIEW names AS SELECT 'Ann' AS name;");
    flyway().load().migrate();
    assertThat(flyway().load().migrate().migrationsExecuted).isZero();

    file("R__names.sql", "DROP VIEW IF EXISTS names; CREATE VIEW names AS SELECT 'Bob' AS name;");
    assertThat(flyway().load().migrate().migrationsExecuted).isEqualTo(1);

    assertThat(strings("SELECT name FROM names")).containsExactly("Bob");
    assertThat(history()).containsExactly("names", "names");
  }

  @Test
  void nothingIsLeftOfAMigrationThatFails() throws Exception {
    file("V1__artist.sql", "CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
    file(
        "V2__album.sql",
        "CREATE TABLE album (id INTEGER PRIMARY KEY);"
            + " INSERT INTO artist VALUES (1, 'Ann');"
            + " INSERT INTO artist VALUES (2, NULL);");

    assertThatThrownBy(() -> flyway().load().migrate())
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("NOT NULL constraint failed: artist.name")
        .hasMessageContaining("V2__album.sql");
    assertThat(history()).containsExactly("1");
    assertThat(strings("SELECT name FROM sqlite_schema WHERE name IN ('artist', 'album')"))
        .containsExactly("artist");
    assertThat(strings("SELECT count(*) FROM artist")).containsExactly("0");

    file("V2__album.sql", "CREATE TABLE album (id INTEGER PRIMARY KEY);");
    assertThat(flyway().load().migrate().migrationsExecuted).isEqualTo(1);
  }

  @Test
  void baselineRepairCleanAndValidateWork() throws Exception {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
    }
    file("V1__artist.sql", "CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
    file("V2__album.sql", "CREATE TABLE album (id INTEGER PRIMARY KEY, artist REFERENCES artist);");
    assertThatThrownBy(() -> flyway().load().migrate()).hasMessageContaining("non-empty schema");

    flyway().baselineVersion("1").load().baseline();
    assertThat(flyway().load().migrate().migrationsExecuted).isEqualTo(1);

    file(
        "V2__album.sql", "CREATE TABLE album (id INTEGER PRIMARY KEY, artist REFERENCES artist );");
    assertThatThrownBy(() -> flyway().load().validate()).hasMessageContaining("checksum mismatch");
    flyway().load().repair();
    flyway().load().validate();

    flyway().load().clean();
    assertThat(strings("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")).isEmpty();
    assertThat(flyway().load().migrate().migrationsExecuted).isEqualTo(2);
  }

  /** Not in the free edition, which must say so. */
  @Test
  void undoIsRefusedByFlyway() throws Exception {
    file("V1__artist.sql", "CREATE TABLE artist (id INTEGER PRIMARY KEY);");
    file("U1__artist.sql", "DROP TABLE artist;");
    flyway().load().migrate();

    assertThatThrownBy(() -> flyway().load().undo()).isInstanceOf(FlywayException.class);
    assertThat(history()).containsExactly("1");
  }

  @Test
  void migratorsThatStartTogetherApplyEachMigrationOnce() throws Exception {
    file("V1__artist.sql", "CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
    file("V2__rows.sql", "INSERT INTO artist VALUES (1, 'Ann'), (2, 'Bob');");
    int migrators = 4;
    ExecutorService threads = Executors.newFixedThreadPool(migrators);
    try {
      Callable<Integer> migrate = () -> flyway().load().migrate().migrationsExecuted;
      int executed = 0;
      for (Future<Integer> result : threads.invokeAll(Collections.nCopies(migrators, migrate))) {
        executed += result.get();
      }
      assertThat(executed).isEqualTo(2);
      assertThat(history()).containsExactly("1", "2");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aMigrationGoesOnOverTheLossOfItsLeader() throws Exception {
    file("V1__artist.sql", "CREATE TABLE artist (id INTEGER PRIMARY KEY, name TEXT NOT NULL);");
    RowsMigration rows =
        new RowsMigration("2", "artist", "name", 100_000) {
          @Override
          void inTheMiddle() throws Exception {
            String leader = nodes.awaitLeader(PATIENCE);
            nodes.kill(leader);
            nodes.awaitLeader(PATIENCE);
            nodes.start(leader);
          }
        };

    assertThat(flyway().javaMigrations(rows).load().migrate().migrationsExecuted).isEqualTo(2);

    assertThat(history()).containsExactly("1", "2");
    assertThat(strings("SELECT count(*) FROM artist")).containsExactly("100000");
  }
}
