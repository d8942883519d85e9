package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BEGIN, COMMIT and ROLLBACK as statements, as scripts and tools write them. */
final class TypedTransactionIT {
  @TempDir static Path directory;

  private static LocalCluster node;

  private Connection connection;
  private Connection other;

  @BeforeAll
  static void startNode() throws Exception {
    node = LocalCluster.start(directory, 1);
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    other = DriverManager.getConnection(node.jdbcUrl());
    run(other, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    connection = DriverManager.getConnection(node.jdbcUrl());
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
    run(other, "DROP TABLE t");
    other.close();
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private void assertFails(String sql, String state) {
    assertThatThrownBy(() -> run(connection, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as(sql).isEqualTo(state));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN",
        "begin;",
        " /* a script */ BEGIN IMMEDIATE TRANSACTION",
        "BEGIN DEFERRED",
        "Begin Transaction \"my one\" ;"
      })
  void aTransactionIsBegunAndCommitted(String begin) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute(begin)).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
    }
    run(connection, "INSERT INTO t(v) VALUES (1)");
    run(connection, "INSERT INTO t(v) VALUES (2)");
    assertThat(connection.getAutoCommit()).isTrue();
    assertThat(count(connection)).isEqualTo(2);
    assertThat(count(other)).isZero();
    run(connection, "-- the end\nCOMMIT TRANSACTION");
    assertThat(count(other)).isEqualTo(2);
    run(connection, "INSERT INTO t(v) VALUES (3)");
    assertThat(count(other)).isEqualTo(3);
  }

  @Test
  void aTransactionIsRolledBackWithItsSavepoints() throws SQLException {
    run(connection, "BEGIN");
    run(connection, "INSERT INTO t(v) VALUES (1)");
    run(connection, "SAVEPOINT a");
    run(connection, "INSERT INTO t(v) VALUES (2)");
    run(connection, "ROLLBACK TO a");
    assertThat(count(connection)).isEqualTo(1);
    run(connection, "ROLLBACK");
    assertThat(count(connection)).isZero();
    run(connection, "INSERT INTO t(v) VALUES (3)");
    assertThat(count(other)).isEqualTo(1);
  }

  @Test
  void whatIsOutOfPlaceFailsAsInSqlite() throws SQLException {
    assertFails("COMMIT", "25P01");
    assertFails("ROLLBACK", "25P01");
    assertFails("BEGIN sideways", "42601");
    run(connection, "BEGIN");
    assertFails("BEGIN", "25001");
    run(connection, "END");
    assertFails("END", "25P01");
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("BEGIN")).isInstanceOf(SQLException.class);
    }
    run(connection, "BEGIN");
    run(connection, "COMMIT");
  }

  @Test
  void aFailedStatementLeavesTheTransactionGoingOn() throws SQLException {
    run(connection, "BEGIN");
    run(connection, "INSERT INTO t VALUES (1, 1)");
    assertFails("INSERT INTO t VALUES (1, 2)", "23505");
    assertFails("INSERT INTO nowhere VALUES (1, 2)", "42P01");
    run(connection, "INSERT INTO t VALUES (2, 2)");
    run(connection, "COMMIT");
    assertThat(count(other)).isEqualTo(2);
  }

  @Test
  void whatFollowsALostTransactionIsRefusedUpToItsEnd() throws SQLException {
    connection.close();
    connection = DriverManager.getConnection(node.jdbcUrl() + "?transactionMode=optimistic");
    run(connection, "BEGIN");
    assertThat(count(connection)).isZero();
    run(other, "INSERT INTO t VALUES (1, 1)");
    assertFails("INSERT INTO t VALUES (2, 2)", "40001");
    assertFails("INSERT INTO t VALUES (3, 3)", "25P02");
    assertFails("COMMIT", "40001");
    assertThat(count(other)).isEqualTo(1);
    run(connection, "BEGIN");
    assertThat(count(connection)).isEqualTo(1);
    run(other, "DELETE FROM t");
    assertFails("INSERT INTO t VALUES (2, 2)", "40001");
    run(connection, "ROLLBACK");
    run(connection, "INSERT INTO t VALUES (4, 4)");
    assertThat(count(other)).isEqualTo(1);
  }

  @Test
  void inManualModeTheyEndTheTransactionThatIsThere() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "BEGIN");
    run(connection, "INSERT INTO t(v) VALUES (1)");
    assertFails("BEGIN", "25001");
    run(connection, "COMMIT");
    assertThat(count(other)).isEqualTo(1);
    run(connection, "INSERT INTO t(v) VALUES (2)");
    run(connection, "ROLLBACK");
    assertThat(count(connection)).isEqualTo(1);
    connection.rollback();
    assertFails("COMMIT", "25P01");
  }

  @Test
  void leavingAutocommitModeCommitsIt() throws SQLException {
    run(connection, "BEGIN");
    run(connection, "INSERT INTO t(v) VALUES (1)");
    connection.setAutoCommit(false);
    assertThat(count(other)).isEqualTo(1);
    run(connection, "INSERT INTO t(v) VALUES (2)");
    connection.rollback();
    assertThat(count(other)).isEqualTo(1);
  }

  @Test
  void closingRollsBack() throws SQLException {
    run(connection, "BEGIN");
    run(connection, "INSERT INTO t(v) VALUES (1)");
    connection.close();
    assertThat(count(other)).isZero();
  }

  @Test
  void aScriptWithItsFrameIsOneCommand() throws SQLException {
    String script =
        "PRAGMA defer_foreign_keys = ON"; // what a dump begins with is a statement by itself
    run(connection, script);
    run(
        connection,
        "BEGIN TRANSACTION; CREATE TABLE s(a); INSERT INTO s VALUES (1);"
            + " CREATE TRIGGER s_t AFTER INSERT ON s BEGIN INSERT INTO t(v) VALUES (new.a); END;"
            + " INSERT INTO s VALUES (2); COMMIT;");
    assertThat(count(other)).isEqualTo(1);
    assertFails("BEGIN; INSERT INTO t VALUES (9, 9); INSERT INTO t VALUES (9, 9); COMMIT", "23505");
    assertThat(count(other)).isEqualTo(1);
    assertFails("BEGIN; INSERT INTO t VALUES (9, 9)", "2D000");
    assertThat(count(other)).isEqualTo(1);
    run(connection, "DROP TABLE s");
  }

  @Test
  void preparedOnesAreExecutedAgain() throws SQLException {
    try (PreparedStatement begin = connection.prepareStatement("BEGIN");
        PreparedStatement insert = connection.prepareStatement("INSERT INTO t(v) VALUES (?)");
        PreparedStatement commit = connection.prepareStatement("COMMIT")) {
      for (int i = 1; i <= 3; i++) {
        begin.execute();
        insert.setInt(1, i);
        insert.addBatch();
        insert.addBatch();
        insert.executeBatch();
        assertThat(commit.executeUpdate()).isZero();
        assertThat(count(other)).isEqualTo(2 * i);
      }
    }
  }
}
