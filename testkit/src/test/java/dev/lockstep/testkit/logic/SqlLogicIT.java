package dev.lockstep.testkit.logic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SQLite's own logic tests through the driver and three nodes, and on plain SQLite: nothing that
 * passes there may fail here. {@code -Dlockstep.logic.folder=FOLDER} takes others, in any depth.
 */
final class SqlLogicIT {
  /** Lines that are refused here: TEMP objects, and what is done with them. */
  private static final Map<String, Set<Integer>> REFUSED =
      Map.of("slt_lang_createview.test", Set.of(48, 52, 115, 119));

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
    Path folder =
        Path.of(System.getProperty("lockstep.logic.folder", "src/test/resources/sqllogictest"));
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".test")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatPassesOnPlainSqlitePassesHere(Path file) throws Exception {
    List<LogicRecord> records = LogicRecord.parse(Files.readAllLines(file));
    assertThat(records).isNotEmpty();
    Set<Integer> refused = REFUSED.getOrDefault(file.getFileName().toString(), Set.of());
    records = records.stream().filter(record -> !refused.contains(record.line())).toList();
    List<String> failures;
    Map<Integer, Integer> errors;
    try (Connection connection = DriverManager.getConnection(nodes.jdbcUrl())) {
      LogicRunner runner = new LogicRunner(connection, Statement::execute);
      failures = runner.run(records);
      errors = runner.errors();
      dropAll(connection);
    }
    assertThat(failures).as("%s, %s records", file, records.size()).isEmpty();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      // Its driver runs only the first statement of a text by other methods.
      LogicRunner runner = new LogicRunner(connection, Statement::executeUpdate);
      assertThat(runner.run(records)).as("%s on plain SQLite", file).isEmpty();
      assertThat(errors).isEqualTo(withoutDetails(runner.errors()));
    }
  }

  /** SQLite's driver gives extended codes, ours primary ones. */
  private static Map<Integer, Integer> withoutDetails(Map<Integer, Integer> codes) {
    Map<Integer, Integer> primary = new TreeMap<>(codes);
    primary.replaceAll((line, code) -> code & 0xFF);
    return primary;
  }

  private static void dropAll(Connection connection) throws SQLException {
    List<String> drops = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT 'DROP ' || type || ' \"' || name || '\"' FROM sqlite_schema WHERE type IN"
                  + " ('view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type"
                  + " DESC")) {
        while (rows.next()) {
          drops.add(rows.getString(1));
        }
      }
      for (String drop : drops) {
        statement.execute(drop);
      }
    }
  }
}
