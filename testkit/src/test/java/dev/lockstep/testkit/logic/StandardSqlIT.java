package dev.lockstep.testkit.logic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.testkit.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Standard SQL that SQLite lacks, through three nodes, compared with engines that have it. */
final class StandardSqlIT {
  @TempDir static Path directory;

  private static LocalCluster nodes;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/standard-sql"))) {
      return files.filter(file -> file.toString().endsWith(".test")).sorted().toList();
    }
  }

  @BeforeEach
  void dropTables() throws SQLException {
    try (Connection connection = DriverManager.getConnection(nodes.jdbcUrl());
        Statement statement = connection.createStatement()) {
      for (String table : List.of("sale", "target", "note", "item")) {
        statement.execute("DROP TABLE IF EXISTS " + table);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void answersAreTheExpectedOnes(Path file) throws Exception {
    assertThat(failures(file, "sqlite", nodes.jdbcUrl())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void answersAreThoseOfH2(Path file) throws Exception {
    assertThat(failures(file, "h2", "jdbc:h2:mem:")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void answersAreThoseOfHsqldb(Path file) throws Exception {
    assertThat(failures(file, "hsqldb", "jdbc:hsqldb:mem:" + file.getFileName())).isEmpty();
  }

  private static List<String> failures(Path file, String engine, String url) throws Exception {
    List<LogicRecord> records = LogicRecord.parse(Files.readAllLines(file), engine);
    assertThat(records).isNotEmpty();
    try (Connection connection = DriverManager.getConnection(url)) {
      return new LogicRunner(connection, Statement::execute).run(records);
    }
  }

  @Test
  void parametersKeepTheirPlaces() throws Exception {
    try (Connection connection = withItems()) {
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT ? AS first, name, count(*) FROM item WHERE id > ? GROUP BY ROLLUP(name)"
                  + " ORDER BY name FETCH FIRST ? ROWS ONLY")) {
        query.setString(1, "x");
        query.setInt(2, 1);
        query.setInt(3, 2);
        try (ResultSet rows = query.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString("first")).isEqualTo("x");
          assertThat(rows.getString(2)).isNull();
          assertThat(rows.getInt("count(*)")).isEqualTo(2);
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(2)).isEqualTo("b");
          assertThat(rows.next()).isFalse();
        }
      }
      try (PreparedStatement update =
          connection.prepareStatement(
              "UPDATE item SET made = made + ? * INTERVAL '1' DAY WHERE id = ?")) {
        for (int i = 1; i <= 2; i++) {
          update.setInt(1, 10 * i);
          update.setInt(2, i);
          update.addBatch();
        }
        assertThat(update.executeBatch()).containsExactly(1, 1);
      }
      assertThat(texts(connection, "SELECT made FROM item ORDER BY id"))
          .containsExactly("2024-02-10", "2024-03-20", "2024-03-01");
    }
  }

  @Test
  void keysAndReturningWork() throws Exception {
    try (Connection connection = withItems();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO item (name, made) VALUES ('d', DATE '2024-12-24')",
          Statement.RETURN_GENERATED_KEYS);
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong(1)).isEqualTo(4);
      }
      assertThat(
              texts(
                  connection,
                  "UPDATE item SET made = made - INTERVAL '1' YEAR WHERE id = 4 RETURNING made"))
          .containsExactly("2023-12-24");
    }
  }

  @Test
  void transactionsAndViewsUseIt() throws Exception {
    try (Connection connection = withItems();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, made TEXT)");
      statement.execute(
          "MERGE INTO note USING item ON note.id = item.id WHEN NOT MATCHED THEN INSERT (id, made)"
              + " VALUES (item.id, item.made)");
      statement.execute(
          "CREATE VIEW recent AS SELECT id FROM note ORDER BY made DESC FETCH FIRST 1 ROW ONLY");
      assertThat(texts(connection, "SELECT id FROM recent")).containsExactly("3");
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(texts(connection, "SELECT id FROM recent")).containsExactly("3");
      statement.execute("DROP VIEW recent");
      try (ResultSet plan =
          statement.executeQuery("EXPLAIN QUERY PLAN SELECT id FROM note FETCH FIRST 1 ROW ONLY")) {
        assertThat(plan.next()).isTrue();
      }
    }
  }

  @Test
  void errorsHaveTheirStates() throws Exception {
    try (Connection connection = withItems()) {
      assertThat(error(connection, "SELECT DATE '2024-02-30'")).isEqualTo("22007");
      assertThat(error(connection, "SELECT nope FROM item FETCH FIRST 1 ROW ONLY"))
          .isEqualTo("42703");
      assertThat(error(connection, "SELECT FROM item WHERE")).isEqualTo("42601");
      assertThat(error(connection, "TRUNCATE TABLE nowhere")).isEqualTo("42P01");
      assertThat(error(connection, "TRUNCATE TABLE item RESTART IDENTITY")).isEqualTo("0AL01");
      assertThat(
              error(
                  connection,
                  "MERGE INTO item USING (VALUES (1), (1)) AS v(id) ON item.id = v.id"
                      + " WHEN MATCHED THEN UPDATE SET name = 'x'"))
          .isEqualTo("21000");
      assertThat(
              error(
                  connection,
                  "MERGE INTO item USING (VALUES (1)) AS v(id) ON item.name = v.id WHEN MATCHED"
                      + " THEN UPDATE SET name = 'x' WHEN NOT MATCHED THEN INSERT (id) VALUES"
                      + " (v.id)"))
          .isEqualTo("23505");
      assertThat(texts(connection, "SELECT name FROM item ORDER BY id"))
          .containsExactly("a", "b", "c");
    }
  }

  private static Connection withItems() throws SQLException {
    Connection connection = DriverManager.getConnection(nodes.jdbcUrl());
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, made DATE)");
      statement.execute(
          "INSERT INTO item VALUES (1, 'a', '2024-01-31'), (2, 'b', '2024-02-29'),"
              + " (3, 'c', '2024-03-01')");
    }
    return connection;
  }

  private static List<String> texts(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    }
  }

  private static String error(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return catchThrowableOfType(SQLException.class, () -> statement.execute(sql)).getSQLState();
    }
  }
}
