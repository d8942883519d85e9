package dev.lockstep.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** As an application's tests have it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LockstepExtensionIT {
  @RegisterExtension
  static final LockstepExtension LOCKSTEP =
      LockstepExtension.threeNodes().withSchema(LockstepExtensionIT::createSchema);

  private static final String OF_THE_USER =
      "SELECT group_concat(name, ',' ORDER BY name) FROM sqlite_schema"
          + " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

  private static Connection ofFormerTest;

  private static void createSchema(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY, best INT REFERENCES album)");
      statement.execute(
          "CREATE TABLE album (id INTEGER PRIMARY KEY, artist INT REFERENCES artist)");
      statement.execute("CREATE VIEW albums AS SELECT * FROM album JOIN artist USING (id)");
    }
  }

  @BeforeEach
  void fill(Connection connection) throws SQLException {
    assertThat(count(connection, "artist")).isZero();
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO artist VALUES (1, NULL)");
      statement.execute("INSERT INTO album VALUES (10, 1)");
      statement.execute("UPDATE artist SET best = 10");
    }
  }

  private static int count(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM \"" + table + "\"")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  @Order(1)
  void leaderCanBeKilled(DataSource dataSource, Connection connection) throws SQLException {
    String killed = LOCKSTEP.killLeader();
    try (Statement statement = connection.createStatement();
        Connection another = dataSource.getConnection()) {
      statement.execute("INSERT INTO artist VALUES (2, NULL)");
      assertThat(count(another, "artist")).isEqualTo(2);
      statement.execute("CREATE VIRTUAL TABLE words USING fts5(word)");
      statement.execute("CREATE TABLE \"an \"\"odd\"\" name\" (a)");
    }
    assertThat(LOCKSTEP.leader()).isNotEqualTo(killed);
    assertThat(LOCKSTEP.running()).hasSize(2).doesNotContain(killed);
    ofFormerTest = connection;
  }

  @Test
  @Order(2)
  void nextTestFindsAllNodesAndAnEmptyDatabase(Connection connection) throws SQLException {
    assertThat(LOCKSTEP.running()).containsExactly("n1", "n2", "n3");
    assertThat(count(connection, "artist")).isEqualTo(1);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(OF_THE_USER)) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("album,albums,artist");
    }
    assertThat(ofFormerTest.isClosed()).isTrue();
    assertThat(connection.getMetaData().getURL()).startsWith("jdbc:lockstep://");
  }

  @Nested
  class Within {
    @Test
    void nestedClassesHaveTheSameCluster(Connection connection) throws SQLException {
      assertThat(count(connection, "artist")).isEqualTo(1);
    }
  }

  @AfterAll
  static void clusterIsStillThere(Connection connection) throws SQLException {
    assertThat(count(connection, "artist")).isEqualTo(1);
  }
}
