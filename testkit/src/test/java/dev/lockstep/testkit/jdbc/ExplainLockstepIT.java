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
import java.sql.Types;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** EXPLAIN LOCKSTEP, as applications and tools use it. */
final class ExplainLockstepIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;

  private static LocalCluster nodes;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE parent(id INTEGER PRIMARY KEY, name VARCHAR(20))");
      statement.execute("CREATE TABLE child(parent REFERENCES parent ON DELETE CASCADE)");
      statement.execute("CREATE TABLE log(at)");
      statement.execute(
          "CREATE TRIGGER gone AFTER DELETE ON child BEGIN INSERT INTO log"
              + " VALUES (last_insert_rowid()); END");
      statement.execute("CREATE VIEW shown AS SELECT id, name FROM parent");
    }
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  private static Connection connect(String properties) throws SQLException {
    return DriverManager.getConnection(nodes.jdbcUrl() + "?failoverTimeout=60s" + properties);
  }

  private static Map<String, String> rows(ResultSet result) throws SQLException {
    Map<String, String> rows = new LinkedHashMap<>();
    assertThat(result.getMetaData().getColumnLabel(1)).isEqualTo("item");
    assertThat(result.getMetaData().getColumnLabel(2)).isEqualTo("value");
    assertThat(result.getMetaData().getColumnType(2)).isEqualTo(Types.VARCHAR);
    while (result.next()) {
      assertThat(rows.put(result.getString("item"), result.getString("value"))).isNull();
    }
    return rows;
  }

  private static Map<String, String> explain(Connection connection, String sql)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("EXPLAIN LOCKSTEP " + sql)) {
      return rows(result);
    }
  }

  @Test
  void aQueryIsExplainedWithItsConsistency() throws SQLException {
    try (Connection connection = connect("&readConsistency=bounded&maxStaleness=7s")) {
      Map<String, String> rows = explain(connection, "SELECT id, 'it''s' AS text FROM shown");

      assertThat(rows)
          .containsEntry("statement", "SELECT id, 'it''s' AS text FROM shown")
          .containsEntry("kind", "query")
          .containsEntry("writes", "no")
          .containsEntry("tables read", "parent")
          .containsEntry("parameters", "0")
          .containsEntry("column 1", "id: INTEGER, from parent")
          .containsEntry("column 2", "text: of no declared type")
          .doesNotContainKeys("refused", "executed as", "session", "tables written");
      assertThat(rows.get("route")).contains("reader", "bounded", "7000 ms");
    }
  }

  @Test
  void aWriteIsExplainedAndNotExecuted() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO parent VALUES (77, 'kept')");

      Map<String, String> rows = explain(connection, "DELETE FROM parent WHERE id = ?");

      assertThat(rows)
          .containsEntry("kind", "dml")
          .containsEntry("writes", "yes")
          .containsEntry("tables written", "child, log, parent")
          .containsEntry("session", "last_insert_rowid()")
          .containsEntry("parameters", "1");
      assertThat(rows.get("route")).contains("leader", "log");
      try (ResultSet kept = statement.executeQuery("SELECT name FROM parent WHERE id = 77")) {
        assertThat(kept.next()).isTrue();
      }
    }
  }

  @Test
  void parametersNeedNotBeBound() throws SQLException {
    String sql = "EXPLAIN LOCKSTEP SELECT * FROM parent WHERE id = ? OR name = ?";
    try (Connection connection = connect("");
        PreparedStatement bound = connection.prepareStatement(sql)) {
      bound.setInt(1, 1);
      bound.setString(2, "x");
      try (ResultSet result = bound.executeQuery()) {
        assertThat(rows(result)).containsEntry("parameters", "2");
      }
      try (Statement unbound = connection.createStatement();
          ResultSet result = unbound.executeQuery(sql)) {
        assertThat(rows(result)).containsEntry("parameters", "2");
      }
    }
  }

  @Test
  void whatIsRefusedIsToldWithTheReason() throws SQLException {
    try (Connection connection = connect("")) {
      assertThat(explain(connection, "SELECT nmae FROM parent"))
          .containsEntry("refused", "42703")
          .containsEntry(
              "reason",
              "no such column: nmae (at \"nmae\", line 1, column 25, offset 24; did you mean"
                  + " name?)")
          .doesNotContainKey("route");
      assertThat(explain(connection, "ATTACH 'x' AS y")).containsEntry("refused", "0AL01");
      assertThat(explain(connection, "SAVEPOINT s")).containsEntry("refused", "25P01");
      assertThat(explain(connection, "INSERT INTO log SELECT port FROM lockstep.nodes"))
          .containsEntry("refused", "0AL01");
      connection.setAutoCommit(false);
      assertThat(explain(connection, "SAVEPOINT s")).doesNotContainKey("refused");
      assertThat(explain(connection, "VACUUM")).containsEntry("refused", "25001");
      connection.rollback();
      connection.setAutoCommit(true);
      connection.setReadOnly(true);
      assertThat(explain(connection, "DELETE FROM log")).containsEntry("refused", "25006");
    }
  }

  @Test
  void aPragmaShowsWhatIsExecuted() throws SQLException {
    try (Connection connection = connect("")) {
      assertThat(explain(connection, "PRAGMA foreign_keys = ON"))
          .containsEntry("executed as", "PRAGMA foreign_keys")
          .containsEntry("kind", "pragma read");
    }
  }

  @Test
  void itIsNoStepOfATransaction() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE inside(a)");
      assertThat(explain(connection, "INSERT INTO inside VALUES (1)"))
          .containsEntry("tables written", "inside");
      assertThat(explain(connection, "SELECT * FROM inside").get("route"))
          .contains("step", "compared");
      assertThatThrownBy(() -> explain(connection, "")).hasMessageContaining("without a statement");
      connection.rollback();
      assertThat(explain(connection, "SELECT * FROM inside")).containsEntry("refused", "42P01");
      connection.rollback();
      connection.setReadOnly(true);
      assertThat(explain(connection, "SELECT * FROM parent").get("route")).contains("snapshot");
      assertThat(explain(connection, "SELECT * FROM lockstep.nodes"))
          .containsEntry("tables read", "lockstep.nodes")
          .containsEntry("column 3", "port: INTEGER, from nodes");
      connection.commit();
    }
  }

  @Test
  void sqlitesOwnExplanationsPassThrough() throws SQLException {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      try (ResultSet plan = statement.executeQuery("EXPLAIN QUERY PLAN SELECT * FROM parent")) {
        assertThat(plan.next()).isTrue();
        assertThat(plan.getString("detail")).contains("SCAN parent");
      }
      try (ResultSet program = statement.executeQuery("EXPLAIN SELECT * FROM parent")) {
        assertThat(program.next()).isTrue();
        assertThat(program.getString("opcode")).isEqualTo("Init");
      }
    }
  }
}
