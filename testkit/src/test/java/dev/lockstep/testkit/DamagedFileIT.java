package dev.lockstep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose file of the state was damaged: nobody is told anything from it. */
@Timeout(180)
final class DamagedFileIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PAGE_BYTES = 4096;
  private static final int ROWS = 400;

  @TempDir Path directory;
  private LocalCluster cluster;

  @AfterEach
  void closeAll() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM t WHERE v >= 0")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** All pages of the file but those of the schema and of Lockstep's own small tables. */
  private static void damage(Path file) throws Exception {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long pages = access.length() / PAGE_BYTES;
      assertThat(pages).isGreaterThan(20);
      for (long page = 8; page < pages; page++) {
        access.seek(page * PAGE_BYTES);
        access.write(new byte[] {77, 77, 77, 77, 77, 77, 77, 77});
      }
    }
  }

  @Test
  void aDamagedPageIsNoReadersErrorAndTheNodeGetsTheStateOfAnother() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    String damaged = cluster.awaitLeader(PATIENCE);
    try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl())) {
      execute(connection, "CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER, filler BLOB)");
      execute(
          connection,
          "INSERT INTO t(v, filler) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < "
              + ROWS
              + ") SELECT i, zeroblob(900) FROM n");
      Path file = cluster.stateFile(damaged);
      cluster.stop(damaged);
      damage(file);
      cluster.start(damaged);

      try (Connection reader =
          DriverManager.getConnection(
              cluster.jdbcUrl(damaged) + "?readConsistency=local&targetServerType=any")) {
        reader.setReadOnly(true);
        assertThat(count(reader)).isEqualTo(ROWS);
      }
      execute(connection, "INSERT INTO t(v) VALUES (0)");
      assertThat(count(connection)).isEqualTo(ROWS + 1);
      // Whether the read or an entry to be applied has found it: the state comes from another node.
      long index = cluster.status(cluster.awaitLeader(PATIENCE)).appliedIndex();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  cluster.status(damaged).healthy()
                      && cluster.status(damaged).appliedIndex() >= index);
      try (Connection reader =
          DriverManager.getConnection(
              cluster.jdbcUrl(damaged) + "?readConsistency=local&targetServerType=any")) {
        reader.setReadOnly(true);
        assertThat(count(reader)).isEqualTo(ROWS + 1);
      }
      // Some of it is given back after the answer that the client has seen.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(cluster.status(damaged).values())
                      .containsEntry("readers.inUse", "0")
                      .containsEntry("cursors", "0")
                      .containsEntry("writes.inFlight", "0")
                      .containsEntry("writes.inFlightBytes", "0"));
    }
  }
}
