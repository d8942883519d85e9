package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Definitions inside transactions, as migrators execute them. */
final class DefinitionsIT {
  @TempDir static Path directory;

  @Test
  void definitionsOfATransactionAreThereAfterItsCommit() throws Exception {
    try (LocalCluster nodes = LocalCluster.start(directory, 1)) {
      nodes.awaitLeader(Duration.ofSeconds(60));
      try (Connection connection = DriverManager.getConnection(nodes.jdbcUrl());
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE a(x)");
        statement.execute("CREATE TABLE b(x)");
        connection.setAutoCommit(false);
        statement.execute("ALTER TABLE a ADD COLUMN y");
        connection.commit();
        statement.execute("ALTER TABLE a RENAME COLUMN x TO z");
        statement.execute("ALTER TABLE a RENAME TO c");
        statement.execute("DROP TABLE b");
        statement.execute("INSERT INTO c(z, y) VALUES (1, 2)");
        connection.commit();
        connection.setAutoCommit(true);
        assertThat(strings(statement, "SELECT name FROM pragma_table_info('c')"))
            .containsExactly("z", "y");
        assertThat(
                strings(statement, "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"))
            .containsExactly("c");
        statement.execute("ALTER TABLE c RENAME COLUMN z TO x");
        assertThat(strings(statement, "SELECT x FROM c")).containsExactly("1");
      }
    }
  }

  private static List<String> strings(Statement statement, String sql) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        strings.add(rows.getString(1));
      }
    }
    return strings;
  }
}
