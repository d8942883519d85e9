package dev.lockstep.examples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Flyway's commands on a cluster, with our plug-in and with Flyway's own SQLite type. */
final class FlywayOnLockstepIT {
  private static final int MIGRATIONS = 3;
  private static final String HISTORY =
      "SELECT version FROM flyway_schema_history ORDER BY installed_rank";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static ShopCluster cluster;
  private static HikariDataSource pool;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = new ShopCluster(directory, FreePorts.first());
    cluster.start();
    cluster.awaitLeader(LIMIT);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(cluster.url());
    pool = new HikariDataSource(config);
  }

  @AfterAll
  static void stopCluster() {
    if (pool != null) {
      pool.close();
    }
    cluster.close();
  }

  @AfterEach
  void clean() {
    flyway(pool).clean();
  }

  @Test
  void commandsWorkByUrlAlone() throws Exception {
    Flyway flyway =
        Flyway.configure()
            .dataSource(cluster.url(), null, null)
            .locations("classpath:flyway")
            .cleanDisabled(false)
            .load();

    assertThat(flyway.migrate().databaseType).isEqualTo("Lockstep");
    assertThat(flyway.info().applied()).hasSize(MIGRATIONS);
    assertThat(flyway.info().pending()).isEmpty();
    flyway.validate();
    assertThat(strings("SELECT count(*) FROM note")).containsExactly("5001");

    flyway.clean();
    assertThat(strings("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite%'")).isEmpty();
    assertThat(flyway.migrate().migrationsExecuted).isEqualTo(MIGRATIONS);
  }

  @Test
  void historyAndDefaultsAreAlikeOnAllNodes() throws Exception {
    flyway(pool).migrate();

    try (NodeFiles files = NodeFiles.awaitEqualIndex(cluster.nodes(), LIMIT)) {
      Proof proof = new Proof();
      assertThat(proof.checkEqual(files.all())).containsKeys("flyway_schema_history", "note");
      assertThat(proof.faults()).isEmpty();
    }
  }

  @Test
  void repairTakesOverAChangedChecksum() throws SQLException {
    flyway(pool).migrate();
    execute("UPDATE flyway_schema_history SET checksum = 7 WHERE version = '1'");
    assertThatThrownBy(() -> flyway(pool).validate())
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("checksum mismatch");

    flyway(pool).repair();

    flyway(pool).validate();
  }

  @Test
  void migratorsThatStartTogetherApplyEachMigrationOnce() throws Exception {
    int migrators = 4;
    ExecutorService threads = Executors.newFixedThreadPool(migrators);
    try {
      Callable<Integer> migrate = () -> flyway(pool).migrate().migrationsExecuted;
      int executed = 0;
      for (Future<Integer> result : threads.invokeAll(Collections.nCopies(migrators, migrate))) {
        executed += result.get();
      }
      assertThat(executed).isEqualTo(MIGRATIONS);
      assertThat(strings("SELECT version FROM flyway_schema_history ORDER BY installed_rank"))
          .containsExactly("1", "2", "3");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void migratorsGoOnWhenTheLeaderIsKilled() throws Exception {
    int migrators = 8;
    ExecutorService threads = Executors.newFixedThreadPool(migrators);
    try {
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < migrators; i++) {
        results.add(
            threads.submit(
                () ->
                    Flyway.configure()
                        .dataSource(cluster.url() + "?failoverTimeout=60s", null, null)
                        .locations("classpath:flyway")
                        .load()
                        .migrate()
                        .migrationsExecuted));
      }
      await().atMost(LIMIT).ignoreExceptions().until(() -> strings(HISTORY).contains("1"));
      ShopNode leader = cluster.awaitLeader(LIMIT);
      leader.kill();
      cluster.awaitLeader(LIMIT);
      leader.start();

      int executed = 0;
      for (Future<Integer> result : results) {
        executed += result.get(4, TimeUnit.MINUTES);
      }
      assertThat(executed).isEqualTo(MIGRATIONS);
      assertThat(strings(HISTORY)).containsExactly("1", "2", "3");
      assertThat(strings("SELECT count(*) FROM note")).containsExactly("5001");
    } finally {
      threads.shutdownNow();
    }
  }

  /** It takes Lockstep's own tables for the user's, as it does with sqlite_stat1. */
  @Test
  void flywaysOwnSqliteTypeMigratesFromABaseline() throws SQLException {
    DataSource withoutPlugIn = hideUrl(pool);
    assertThatThrownBy(() -> flyway(withoutPlugIn).migrate())
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("non-empty schema");
    Flyway fromBaseline =
        Flyway.configure()
            .dataSource(withoutPlugIn)
            .locations("classpath:flyway")
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .load();

    assertThat(fromBaseline.migrate().databaseType).isEqualTo("SQLite");

    fromBaseline.validate();
    assertThat(flyway(pool).migrate().migrationsExecuted).isZero();
    assertThat(strings("SELECT version FROM flyway_schema_history ORDER BY installed_rank"))
        .containsExactly("0", "1", "2", "3");
  }

  private static Flyway flyway(DataSource dataSource) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:flyway")
        .cleanDisabled(false)
        .load();
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> strings(String sql) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
    }
    return strings;
  }

  /** Our plug-in knows its connections by their URL; it leaves these to Flyway. */
  private static DataSource hideUrl(DataSource dataSource) {
    return override(
        DataSource.class,
        dataSource,
        "getConnection",
        connection ->
            override(
                Connection.class,
                (Connection) connection,
                "getMetaData",
                metaData ->
                    override(
                        DatabaseMetaData.class,
                        (DatabaseMetaData) metaData,
                        "getURL",
                        url -> "jdbc:hidden:")));
  }

  private interface Change {
    Object apply(Object result);
  }

  private static <T> T override(Class<T> type, T delegate, String methodName, Change change) {
    return type.cast(
        Proxy.newProxyInstance(
            FlywayOnLockstepIT.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(delegate, arguments);
                return method.getName().equals(methodName) ? change.apply(result) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
