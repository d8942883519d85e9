package dev.lockstep.testkit.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.testkit.ProcessCluster;
import java.io.File;
import java.io.IOException;
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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight instances of an application, deployed at once, each with the same 30 migrations that write
 * 100,000 rows in total, while the leader's process is killed twice.
 */
final class MigratorsIT {
  /** Each has three migrations: it is made, filled by SQL, and filled by Java. */
  static final int TABLES = 10;

  /** In the middle of whose third migration the leader is killed. */
  static final List<Integer> GATES = List.of(3, 7);

  static final String APPLIED = "migrations applied: ";

  private static final String CHANGE_LOG =
      """
      <databaseChangeLog
          xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
          xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog
              http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-4.33.xsd">
      """;

  private static final String GATE =
      """
      <changeSet id="gate-%d" author="ann">
        <customChange class="%s">
          <param name="directory" value="%s"/>
          <param name="name" value="gate%d"/>
        </customChange>
      </changeSet>
      """;

  private static final int MIGRATORS = 8;
  private static final int MIGRATIONS = 3 * TABLES;
  private static final int ROWS = 100_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private ProcessCluster cluster;
  private final List<Process> migrators = new ArrayList<>();

  @BeforeEach
  void startNodes() throws IOException {
    cluster = ProcessCluster.start(Files.createDirectory(directory.resolve("nodes")), 3);
    cluster.awaitLeader(PATIENCE);
  }

  @AfterEach
  void stopAll() throws InterruptedException {
    for (Process migrator : migrators) {
      migrator.destroyForcibly().waitFor();
    }
    cluster.close();
  }

  @Test
  void flywayAppliesEachMigrationOnce() throws Exception {
    Path migrations = Files.createDirectory(directory.resolve("migrations"));
    for (int table = 1; table <= TABLES; table++) {
      Files.writeString(migrations.resolve("V" + table + ".1__make.sql"), makeTable(table) + ";");
      Files.writeString(migrations.resolve("V" + table + ".2__fill.sql"), fillTable(table) + ";");
    }
    for (int i = 0; i < MIGRATORS; i++) {
      start(i, MigrateProgram.class, migrations, ROWS / TABLES / 2);
    }

    killLeadersAtGates(migrations);

    assertThat(awaitMigrators()).isEqualTo(MIGRATIONS);
    assertThat(number("SELECT count(*) FROM flyway_schema_history WHERE success"))
        .isEqualTo(MIGRATIONS);
    assertThat(number("SELECT count(DISTINCT version) FROM flyway_schema_history"))
        .isEqualTo(MIGRATIONS);
    assertRows();
  }

  @Test
  void liquibaseAppliesEachChangeSetOnce() throws Exception {
    Path directory = Files.createDirectory(this.directory.resolve("changes"));
    StringBuilder changes = new StringBuilder(CHANGE_LOG);
    for (int table = 1; table <= TABLES; table++) {
      String file = "table" + table + ".sql";
      Files.writeString(directory.resolve(file), changesOf(table));
      changes.append("<include file=\"").append(file).append("\"/>\n");
      if (GATES.contains(table)) {
        changes.append(GATE.formatted(table, GateChange.class.getName(), directory, table));
      }
    }
    Files.writeString(directory.resolve("changes.xml"), changes + "</databaseChangeLog>");
    for (int i = 0; i < MIGRATORS; i++) {
      start(i, UpdateProgram.class, directory, 0);
    }

    killLeadersAtGates(directory);

    awaitMigrators();
    int changeSets = MIGRATIONS + GATES.size();
    assertThat(number("SELECT count(*) FROM DATABASECHANGELOG")).isEqualTo(changeSets);
    assertThat(number("SELECT count(DISTINCT id) FROM DATABASECHANGELOG")).isEqualTo(changeSets);
    assertRows();
    for (int gate : GATES) {
      assertThat(number("SELECT count(*) FROM gate" + gate)).isEqualTo(1);
    }
  }

  private static String changesOf(int table) {
    return """
    --liquibase formatted sql
    --changeset ann:make-%1$d
    %2$s;
    --changeset ann:fill-%1$d
    %3$s;
    --changeset ann:more-%1$d
    %4$s;
    """
        .formatted(table, makeTable(table), fillTable(table), valuesOf(table));
  }

  private static String makeTable(int table) {
    return "CREATE TABLE t"
        + table
        + " (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, at TEXT DEFAULT"
        + " CURRENT_TIMESTAMP, token BLOB DEFAULT (randomblob(8)))";
  }

  private static String fillTable(int table) {
    return "INSERT INTO t"
        + table
        + " (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        + ROWS / TABLES / 2
        + ") SELECT 'sql ' || i FROM n";
  }

  /** As a dump of a table looks. */
  private static String valuesOf(int table) {
    StringBuilder sql = new StringBuilder();
    for (int row = 1; row <= ROWS / TABLES / 2; row++) {
      sql.append(row % 100 == 1 ? "INSERT INTO t" + table + " (name) VALUES" : ",");
      sql.append(" ('values ").append(row).append("')");
      sql.append(row % 100 == 0 && row < ROWS / TABLES / 2 ? ";\n" : "");
    }
    return sql.toString();
  }

  private void start(int number, Class<?> program, Path migrations, int rows) throws IOException {
    migrators.add(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                cluster.jdbcUrl(),
                migrations.toString(),
                Integer.toString(rows))
            .redirectErrorStream(true)
            .redirectOutput(output(number))
            .start());
  }

  private File output(int number) {
    return directory.resolve("migrator-" + number + ".log").toFile();
  }

  /** In the middle of two transactions that have written already. */
  private void killLeadersAtGates(Path directory) throws Exception {
    for (int table : GATES) {
      Gate gate = new Gate(directory, "gate" + table);
      gate.awaitReached();
      String leader = cluster.awaitLeader(PATIENCE);
      cluster.kill(leader);
      gate.open();
      cluster.awaitLeader(PATIENCE);
      cluster.start(leader);
      await().atMost(PATIENCE).until(() -> cluster.status(leader).isPresent());
    }
  }

  /** Gives how many migrations they say they have applied, all together. */
  private int awaitMigrators() throws Exception {
    int applied = 0;
    for (int i = 0; i < MIGRATORS; i++) {
      assertThat(migrators.get(i).waitFor(4, TimeUnit.MINUTES)).isTrue();
      String output = Files.readString(output(i).toPath());
      assertThat(migrators.get(i).exitValue()).as(output).isZero();
      applied +=
          Pattern.compile(APPLIED + "(\\d+)")
              .matcher(output)
              .results()
              .map((MatchResult found) -> found.group(1))
              .mapToInt(Integer::parseInt)
              .sum();
    }
    return applied;
  }

  private void assertRows() throws SQLException {
    for (int table = 1; table <= TABLES; table++) {
      assertThat(number("SELECT count(*) FROM t" + table)).isEqualTo(ROWS / TABLES);
      assertThat(number("SELECT count(DISTINCT name) FROM t" + table)).isEqualTo(ROWS / TABLES);
    }
  }

  private int number(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
