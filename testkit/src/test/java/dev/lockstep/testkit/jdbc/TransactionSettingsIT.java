package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.lockstep.server.database.TransactionLimits;
import dev.lockstep.server.database.TransactionOptions;
import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's settings of transactions, as clients meet them. */
final class TransactionSettingsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private static TransactionOptions options(long totalMillisMax, int stepsMax) {
    TransactionLimits most = TransactionLimits.DEFAULT;
    return TransactionOptions.DEFAULT.withLimits(
        new TransactionLimits(
            totalMillisMax,
            most.idleMillisMax(),
            most.turnMillisMax(),
            stepsMax,
            most.scriptBytesMax(),
            most.resultBytesMax()));
  }

  @Test
  void transactionsThatOnlyReadHaveTheNodesLimitsToo() throws Exception {
    TransactionOptions brief = options(300, TransactionLimits.DEFAULT.stepsMax());
    try (LocalCluster nodes =
        LocalCluster.start(directory, 1, config -> config.withTransactions(brief))) {
      nodes.awaitLeader(PATIENCE);
      try (Connection connection = DriverManager.getConnection(nodes.jdbcUrl());
          Statement statement = connection.createStatement()) {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        await()
            .atMost(PATIENCE)
            .until(
                () -> catchThrowableOfType(SQLException.class, () -> statement.execute("SELECT 1")),
                e -> e != null && e.getSQLState().equals("25P04"));
        connection.rollback();
      }
    }
  }

  /** What is too large for the connection is undone, and neither seen nor counted by anybody. */
  @Test
  void aStatementThatReturnsTooMuchIsNoStep() throws Exception {
    try (LocalCluster nodes = LocalCluster.start(directory, 1)) {
      nodes.awaitLeader(PATIENCE);
      String url = nodes.jdbcUrl() + "?transactionResultSizeMax=1000";
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        connection.setAutoCommit(false);
        statement.execute("SELECT random()");
        assertTooLarge(() -> statement.execute("SELECT zeroblob(2000)"));
        statement.execute("INSERT INTO t(v) VALUES (random()) RETURNING v");
        assertTooLarge(
            () -> statement.execute("INSERT INTO t(v) VALUES (zeroblob(2000)) RETURNING v"));
        assertTooLarge(() -> statement.execute("SELECT v, zeroblob(2000) FROM t"));
        statement.execute("INSERT INTO t(v) VALUES (random()) RETURNING v");
        // Others' writes in between: the script is run again, as it will be on the other nodes.
        try (Connection other = DriverManager.getConnection(url);
            Statement writer = other.createStatement()) {
          writer.execute("CREATE TABLE another(x)");
        }
        statement.execute("INSERT INTO t(v) SELECT max(id) FROM t");
        connection.commit();
        connection.setAutoCommit(true);
        try (ResultSet rows = statement.executeQuery("SELECT count(*), max(id) FROM t")) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(3);
          assertThat(rows.getInt(2)).isEqualTo(3);
        }
      }
    }
  }

  private static void assertTooLarge(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"));
  }

  @Test
  void aConnectionCannotAskForMoreRequestsThanTheNodeAllows() throws Exception {
    TransactionOptions two = options(TransactionLimits.DEFAULT.totalMillisMax(), 2);
    try (LocalCluster nodes =
        LocalCluster.start(directory, 1, config -> config.withTransactions(two))) {
      nodes.awaitLeader(PATIENCE);
      String url = nodes.jdbcUrl() + "?transactionStepsMax=100";
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
        connection.setAutoCommit(false);
        statement.execute("INSERT INTO t VALUES (1)");
        statement.execute("INSERT INTO t VALUES (2)");
        assertTooLarge(() -> statement.execute("INSERT INTO t VALUES (3)"));
        connection.commit();
        connection.setAutoCommit(true);
        try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(2);
        }
      }
    }
  }
}
