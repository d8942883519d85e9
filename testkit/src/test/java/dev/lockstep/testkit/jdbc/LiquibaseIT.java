package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.liquibase.LockstepDatabase;
import dev.lockstep.testkit.LocalCluster;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import liquibase.CatalogAndSchema;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.changelog.FastCheckService;
import liquibase.database.Database;
import liquibase.exception.LockException;
import liquibase.lockservice.LockService;
import liquibase.lockservice.LockServiceFactory;
import liquibase.snapshot.DatabaseSnapshot;
import liquibase.snapshot.SnapshotControl;
import liquibase.snapshot.SnapshotGeneratorFactory;
import liquibase.structure.core.Column;
import liquibase.structure.core.ForeignKey;
import liquibase.structure.core.Index;
import liquibase.structure.core.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Liquibase with Lockstep's extension on three real nodes. */
final class LiquibaseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> CHANGE_SETS = List.of("tables", "city", "rows");

  @TempDir Path directory;

  private LocalCluster nodes;

  @BeforeEach
  void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
    // It remembers by URL what was up to date.
    Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
  }

  @AfterEach
  void stopNodes() {
    nodes.close();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(nodes.jdbcUrl());
  }

  private void update() throws Exception {
    LiquibaseProgram.main(new String[] {nodes.jdbcUrl()});
  }

  private List<String> strings(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> strings = new ArrayList<>();
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  private List<String> executed() throws SQLException {
    return strings("SELECT id FROM DATABASECHANGELOG ORDER BY orderexecuted");
  }

  @Test
  void aSecondUpdateFindsWhatTheFirstDid() throws Exception {
    update();
    assertThat(executed()).isEqualTo(CHANGE_SETS);

    Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
    update();
    assertThat(executed()).isEqualTo(CHANGE_SETS);
    assertThat(strings("SELECT name FROM customer")).containsExactly("Bob");
  }

  @Test
  void oneChangeSetIsRolledBackAndAppliedAgain() throws Exception {
    update();
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      liquibase.rollback(1, "");
      assertThat(executed()).containsExactly("tables", "city");
      assertThat(strings("SELECT name FROM customer")).isEmpty();
    }
    Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
    update();
    assertThat(executed()).isEqualTo(CHANGE_SETS);
    assertThat(strings("SELECT name FROM customer")).containsExactly("Bob");
  }

  @Test
  void aSnapshotOfTheDatabaseHasItsTablesColumnsIndexesAndKeys() throws Exception {
    update();
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      Database database = liquibase.getDatabase();
      assertThat(database).isInstanceOf(LockstepDatabase.class);
      DatabaseSnapshot snapshot =
          SnapshotGeneratorFactory.getInstance()
              .createSnapshot(CatalogAndSchema.DEFAULT, database, new SnapshotControl(database));
      assertThat(snapshot.get(Table.class))
          .extracting(Table::getName)
          .containsExactlyInAnyOrder("customer", "invoice");
      assertThat(snapshot.get(Column.class))
          .extracting(Column::getName)
          .contains("since", "city", "customer_id");
      assertThat(snapshot.get(Index.class)).extracting(Index::getName).contains("customer_city");
      assertThat(snapshot.get(ForeignKey.class))
          .extracting(ForeignKey::getName)
          .containsExactly("invoice_customer");
    }
  }

  @Test
  void everythingCanBeDroppedAndMadeAgain() throws Exception {
    update();
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      liquibase.dropAll();
    }
    assertThat(strings("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")).isEmpty();
    Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
    update();
    assertThat(executed()).isEqualTo(CHANGE_SETS);
  }

  /** As when the processes of an application are deployed together, on a fresh database. */
  @Test
  void severalThatStartTogetherApplyEachChangeSetOnce() throws Exception {
    List<Process> programs = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        programs.add(startProgram(log(i)));
      }
      for (int i = 0; i < programs.size(); i++) {
        assertThat(programs.get(i).waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(programs.get(i).exitValue()).as("%s", Files.readString(log(i))).isZero();
      }
    } finally {
      for (Process program : programs) {
        program.destroyForcibly().waitFor();
      }
    }
    assertThat(executed()).isEqualTo(CHANGE_SETS);
    assertThat(strings("SELECT name FROM customer")).containsExactly("Bob");
  }

  private Path log(int program) {
    return directory.resolve("liquibase-" + program + ".log");
  }

  private Process startProgram(Path log) throws Exception {
    return new ProcessBuilder(
            System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            LiquibaseProgram.class.getName(),
            nodes.jdbcUrl())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  @Test
  void theLockIsTheClustersAndEndsWithItsConnection() throws Exception {
    try (Connection second = connect();
        Liquibase other = LiquibaseProgram.on(second)) {
      LockService waiting = LockServiceFactory.getInstance().getLockService(other.getDatabase());
      try (Connection first = connect();
          Liquibase holder = LiquibaseProgram.on(first)) {
        LockService held = LockServiceFactory.getInstance().getLockService(holder.getDatabase());
        held.waitForLock();
        assertThat(held.hasChangeLogLock()).isTrue();
        assertThat(held.listLocks()).hasSize(1);
        assertThat(waiting.acquireLock()).isFalse();
        assertThat(waiting.listLocks()).hasSize(1);
        waiting.setChangeLogLockWaitTime(0);
        assertThatThrownBy(waiting::waitForLock)
            .isInstanceOf(LockException.class)
            .hasMessageContaining("liquibase:DATABASECHANGELOG");
        assertThatThrownBy(waiting::forceReleaseLock)
            .isInstanceOf(LockException.class)
            .hasMessageContaining("another connection");
        assertThat(held.hasChangeLogLock()).isTrue();
      }
      assertThat(waiting.acquireLock()).isTrue();
      // Liquibase throws its services away when one of its commands ends, and makes new ones.
      LockServiceFactory.getInstance().resetAll();
      LockServiceFactory.getInstance().getLockService(other.getDatabase()).releaseLock();
      try (Connection third = connect();
          Liquibase next = LiquibaseProgram.on(third)) {
        LockService free = LockServiceFactory.getInstance().getLockService(next.getDatabase());
        assertThat(free.listLocks()).isEmpty();
      }
    }
  }
}
