package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transaction learns of the schema by an error holds at its commit, like what it reads. */
final class SchemaErrorsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;

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
  void emptyTables() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS absent");
      statement.execute("DROP TABLE IF EXISTS log");
      statement.execute("CREATE TABLE log(entry TEXT)");
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(nodes.jdbcUrl() + "?failoverTimeout=60s");
  }

  private static void assertState(ThrowingCallable call, String sqlState) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(sqlState));
  }

  private static long entries() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM log")) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  /** Begins a transaction that has found out that the table is not there. */
  private static void missTable(Connection connection, Statement statement) throws SQLException {
    connection.setAutoCommit(false);
    assertState(() -> statement.executeQuery("SELECT * FROM absent"), "42P01");
    statement.execute("INSERT INTO log VALUES ('the table is not there')");
  }

  @Test
  void aTableThatWasMissedAndMadeMeanwhileFailsTheCommit() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        Connection other = connect();
        Statement maker = other.createStatement()) {
      missTable(connection, statement);
      maker.execute("CREATE TABLE absent(x)");
      assertState(connection::commit, "40001");
      assertThat(entries()).isZero();
    }
  }

  @Test
  void aTransactionCommitsIfTheTableIsStillMissing() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      missTable(connection, statement);
      connection.commit();
      assertThat(entries()).isEqualTo(1);
    }
  }

  @Test
  void itMayMakeTheTableItself() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      missTable(connection, statement);
      statement.execute("CREATE TABLE absent(x)");
      statement.execute("INSERT INTO absent VALUES (1)");
      connection.commit();
      assertThat(entries()).isEqualTo(1);
    }
  }

  @Test
  void theErrorGoesOnToTheNextLeader() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      missTable(connection, statement);
      String leader = nodes.awaitLeader(PATIENCE);
      nodes.kill(leader);
      try {
        statement.execute("INSERT INTO log VALUES ('nor at the next leader')");
        connection.commit();
        assertThat(entries()).isEqualTo(2);
      } finally {
        nodes.start(leader);
      }
    }
  }

  @Test
  void whatAnErrorSuggestsIsNoPartOfWhatHolds() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        Connection other = connect();
        Statement otherStatement = other.createStatement()) {
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM lug"))
          .hasMessage(
              "no such table: lug (at \"lug\", line 1, column 15, offset 14; did you mean log?)");
      statement.execute("INSERT INTO log VALUES ('lug is not there')");
      otherStatement.execute("CREATE TABLE absent(a)");
      otherStatement.execute("CREATE TABLE IF NOT EXISTS lag(a)");
      connection.commit();

      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM lug"))
          .hasMessageEndingWith("did you mean lag or log?)");
      connection.rollback();
      otherStatement.execute("DROP TABLE lag");
    }
    assertThat(entries()).isEqualTo(1);
  }
}
