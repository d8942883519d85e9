package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.liquibase.LockstepDatabase;
import dev.lockstep.server.node.NodeStartException;
import dev.lockstep.testkit.LocalCluster;
import java.io.File;
import java.io.StringWriter;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import liquibase.CatalogAndSchema;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.FastCheckService;
import liquibase.changelog.visitor.AbstractChangeExecListener;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Liquibase with Lockstep's extension on three real nodes. */
final class LiquibaseIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> CHANGE_SETS = List.of("tables", "city", "rows");

  @TempDir private static Path directory;

  private static LocalCluster nodes;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  @BeforeEach
  void beginWithNothing() throws Exception {
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      liquibase.dropAll();
    }
    forgetWhatIsUpToDate();
  }

  /** Liquibase remembers it by URL. */
  private static void forgetWhatIsUpToDate() {
    Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
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

    forgetWhatIsUpToDate();
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
    forgetWhatIsUpToDate();
    update();
    assertThat(executed()).isEqualTo(CHANGE_SETS);
    assertThat(strings("SELECT name FROM customer")).containsExactly("Bob");
  }

  @Test
  void aTagIsWhatARollbackGoesBackTo() throws Exception {
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      liquibase.update(2, "");
      liquibase.tag("before rows");
      assertThat(liquibase.tagExists("before rows")).isTrue();
      assertThat(liquibase.tagExists("other")).isFalse();
      update();
      liquibase.rollback("before rows", "");
      assertThat(executed()).containsExactly("tables", "city");
      assertThat(strings("SELECT name FROM customer")).isEmpty();
    }
  }

  @Test
  void theStatusNamesWhatIsToDo() throws Exception {
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      StringWriter sql = new StringWriter();
      liquibase.update(1, "", sql);
      assertThat(sql.toString()).contains("CREATE TABLE customer ");
      assertThat(strings("SELECT name FROM sqlite_schema WHERE name = 'customer'")).isEmpty();
      liquibase.update(1, "");
      assertThat(liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression()))
          .extracting(ChangeSet::getId)
          .containsExactly("city", "rows");
      StringWriter status = new StringWriter();
      liquibase.reportStatus(true, new Contexts(), status);
      assertThat(status.toString()).contains("2 changesets have not been applied");
      assertThat(executed()).containsExactly("tables");
    }
  }

  /** In the middle of a change set, which is one transaction, between two of its changes. */
  @Test
  void anUpdateGoesOnOverTheLossOfALeader() throws Exception {
    List<String> killed = new ArrayList<>();
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      liquibase.setChangeExecListener(
          new AbstractChangeExecListener() {
            @Override
            public void ran(
                Change change, ChangeSet changeSet, DatabaseChangeLog changes, Database database) {
              if (killed.size() < 2 && changeSet.getChanges().indexOf(change) == 0) {
                killed.add(changeSet.getId());
                replaceLeader();
              }
            }
          });
      liquibase.update();
    }
    assertThat(killed).containsExactly("tables", "city");
    assertThat(executed()).isEqualTo(CHANGE_SETS);
    assertThat(strings("SELECT name FROM customer")).containsExactly("Bob");
  }

  /** Kills it and starts it again as soon as there is another one. */
  private void replaceLeader() {
    String leader = nodes.awaitLeader(PATIENCE);
    nodes.kill(leader);
    nodes.awaitLeader(PATIENCE);
    try {
      nodes.start(leader);
    } catch (NodeStartException e) {
      throw new IllegalStateException(e);
    }
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
          .containsExactlyInAnyOrder("customer", "invoice", "DATABASECHANGELOG");
      assertThat(snapshot.get(Table.class))
          .filteredOn(table -> !database.isLiquibaseObject(table))
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
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE VIEW names AS SELECT name FROM customer");
      statement.execute("CREATE VIRTUAL TABLE words USING fts5(word)");
      statement.execute(
          "CREATE TABLE \"a \"\"b\"(c REFERENCES z(d)); CREATE TABLE z(c REFERENCES \"a \"\"b\","
              + " d)");
      statement.execute("INSERT INTO invoice(customer_id) VALUES (1)");
    }
    try (Connection connection = connect();
        Liquibase liquibase = LiquibaseProgram.on(connection)) {
      liquibase.dropAll();
    }
    assertThat(strings("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")).isEmpty();
    forgetWhatIsUpToDate();
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

  /** As when several parts of one application migrate when they start. */
  @Test
  void threadsOfOneProcessApplyEachChangeSetOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> updates = new ArrayList<>();
      CountDownLatch together = new CountDownLatch(4);
      for (int i = 0; i < 4; i++) {
        updates.add(
            threads.submit(
                () -> {
                  together.countDown();
                  together.await();
                  update();
                  return null;
                }));
      }
      for (Future<?> update : updates) {
        update.get(2, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
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
