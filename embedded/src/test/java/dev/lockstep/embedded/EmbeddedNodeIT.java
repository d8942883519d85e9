package dev.lockstep.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.server.node.LockstepNode;
import dev.lockstep.server.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedNodeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final long A_WHILE_NANOS = TimeUnit.HOURS.toNanos(1);

  @TempDir Path directory;

  @AfterEach
  void stop() {
    NodeRegistry.INSTANCE.stopAll();
  }

  private String url() {
    return "jdbc:lockstep:embedded:" + directory.resolve("data");
  }

  private static void execute(String url, String... sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : sql) {
        statement.execute(each);
      }
    }
  }

  private static int sum(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT sum(a) FROM t")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void dataOutlivesTheNode() throws Exception {
    execute(url(), "CREATE TABLE t (a)", "INSERT INTO t VALUES (1), (2)");
    NodeRegistry.INSTANCE.stopAll();
    assertThat(NodeRegistry.INSTANCE.count()).isZero();

    assertThat(sum(url() + "?ApplicationName=again")).isEqualTo(3);
  }

  @Test
  void nodeOfItsOwnServesTheDirectory() throws Exception {
    execute(url(), "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)");
    NodeRegistry.INSTANCE.stopAll();

    NodeConfig config = Home.in(directory.resolve("data"));
    try (LockstepNode server = LockstepNode.start(config)) {
      String served =
          "jdbc:lockstep://127.0.0.1:" + server.clientPort() + "/" + NodeConfig.DEFAULT_DATABASE;
      execute(served, "INSERT INTO t VALUES (10)");
    }
    assertThat(sum(url())).isEqualTo(11);
  }

  @Test
  void poolsShareANodeHoweverItsDirectoryIsWritten() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (a)");
      execute("jdbc:lockstep:embedded:" + directory + "/other/../data", "INSERT INTO t VALUES (7)");
      assertThat(sum(url())).isEqualTo(7);
      assertThat(NodeRegistry.INSTANCE.count()).isEqualTo(1);
    }
  }

  @Test
  void memoryIsSharedByNameAndGoneAtTheEnd() throws Exception {
    execute("jdbc:lockstep:embedded:memory:one", "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)");
    execute("jdbc:lockstep:embedded:memory:two", "CREATE TABLE t (a)", "INSERT INTO t VALUES (2)");
    assertThat(sum("jdbc:lockstep:embedded:memory:one")).isEqualTo(1);
    assertThat(sum("jdbc:lockstep:embedded:memory:two")).isEqualTo(2);

    NodeRegistry.INSTANCE.stopAll();
    assertThatThrownBy(() -> sum("jdbc:lockstep:embedded:memory:one"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("no such table: t");
  }

  @Test
  void nodeStopsAWhileAfterItsLastConnection() throws Exception {
    NodeRegistry registry = NodeRegistry.INSTANCE;
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (a)");
      registry.stopUnused(System.nanoTime() + A_WHILE_NANOS);
      statement.execute("INSERT INTO t VALUES (1)");
      assertThat(registry.count()).isEqualTo(1);
    }
    // By itself; the node may not have noticed at once that the connection is closed.
    await().atMost(PATIENCE).until(() -> registry.count() == 0);
    assertThat(sum(url())).isEqualTo(1);
  }

  @Test
  void directoryOfAnotherProcessIsRefused() throws Exception {
    Process other =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Holder.class.getName(),
                    url()))
            .redirectErrorStream(true)
            .start();
    try {
      String first = other.inputReader().lines().filter("open"::equals).findFirst().orElse("");
      assertThat(first).isEqualTo("open");
      assertThatThrownBy(() -> execute(url(), "SELECT 1"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("belongs to one process")
          .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("08001"));
      assertThat(NodeRegistry.INSTANCE.count()).isZero();
    } finally {
      other.destroyForcibly().waitFor();
    }
    // Killed, as it was: the data is there.
    assertThat(sum(url())).isEqualTo(5);
  }

  /** Another process with the same URL. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      execute(args[0], "CREATE TABLE t (a)", "INSERT INTO t VALUES (5)");
      try (Connection connection = DriverManager.getConnection(args[0])) {
        System.out.println("open");
        TimeUnit.MINUTES.sleep(10);
      }
    }
  }

  @Test
  void whatCannotBeOpenedIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path server = Files.createDirectory(directory.resolve("server"));
    Files.createFile(server.resolve("node.properties"));

    assertRefused("jdbc:lockstep:embedded:" + file, "cannot start");
    assertRefused("jdbc:lockstep:embedded:" + server, "lockstep start");
    assertRefused("jdbc:lockstep:embedded:" + directory, "is not empty");
    assertRefused("jdbc:lockstep:embedded:", "a directory, or memory: and a name");
    assertRefused("jdbc:lockstep:embedded:memory:", "a directory, or memory: and a name");
    assertThat(NodeRegistry.INSTANCE.count()).isZero();
  }

  private static void assertRefused(String url, String why) {
    assertThatThrownBy(() -> DriverManager.getConnection(url))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("08001"));
  }
}
