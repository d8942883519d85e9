package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.jdbc.fake.FakeCluster;
import dev.lockstep.jdbc.fake.Reaction;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.ClientMessage.Ping;
import dev.lockstep.protocol.FailureKind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What pools rely on: cheap connections, honest validation, and errors that mean what they say. */
final class PoolContractIT {
  private static final int CONNECTIONS = 8;

  private FakeCluster cluster;

  @BeforeEach
  void start() {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** A URL that names a follower only. */
  private Connection connectByOneFollower() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:lockstep://127.0.0.1:" + cluster.node(2).port() + "/shop");
  }

  private static int write(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  @Test
  void whatOneConnectionHasLearntTakesTheNextStraightToTheLeader() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    List<Connection> opened = new ArrayList<>();
    try (Connection first = connectByOneFollower()) {
      int greetings = cluster.received(Hello.class).size();
      List<Future<Connection>> opening = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        opening.add(threads.submit(this::connectByOneFollower));
      }
      for (Future<Connection> one : opening) {
        opened.add(one.get());
      }
      assertThat(cluster.received(Hello.class)).hasSize(greetings + CONNECTIONS);
      assertThat(cluster.node(0).connections()).isEqualTo(CONNECTIONS + 1);
      assertThat(write(first, "INSERT 1")).isEqualTo(1);
    } finally {
      threads.shutdown();
      for (Connection connection : opened) {
        connection.close();
      }
    }
  }

  @Test
  void membersThatWereLearntAreEnoughWhenTheOnlySeedIsGone() throws SQLException {
    try (Connection connection = connectByOneFollower()) {
      cluster.node(2).close();
      cluster.elect(1);
      cluster.node(0).close();
      assertThat(write(connection, "INSERT 1")).isEqualTo(1);
      try (Connection another = connectByOneFollower()) {
        assertThat(write(another, "INSERT 2")).isEqualTo(1);
      }
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void validationIsOneMessageAndFollowsTheLeader() throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.url(""))) {
      assertThat(connection.isValid(5)).isTrue();
      assertThat(cluster.received(Ping.class)).hasSize(1);
      cluster.elect(1);
      cluster.node(0).close();
      assertThat(connection.isValid(5)).isTrue();
      assertThat(cluster.received(Execute.class)).isEmpty();
      assertThat(write(connection, "INSERT 1")).isEqualTo(1);
    }
  }

  @Test
  void aConnectionIsNotValidWhileNobodyLeadsAndIsAgainThen() throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.url(""))) {
      cluster.loseLeader();
      cluster.node(0).close();
      assertThat(connection.isValid(1)).isFalse();
      assertThat(connection.isClosed()).isFalse();
      cluster.elect(1);
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  /** Whatever a node answers: as long as there is a leader, pools need not evict the connection. */
  @ParameterizedTest
  @EnumSource(value = FailureKind.class, mode = EnumSource.Mode.EXCLUDE, names = "PROTOCOL")
  void noAnswerMakesAUsableConnectionLookLikeALostOne(FailureKind kind) throws SQLException {
    try (Connection connection = DriverManager.getConnection(cluster.url(""))) {
      for (boolean autoCommit : new boolean[] {true, false}) {
        connection.setAutoCommit(autoCommit);
        for (String sql : new String[] {"SELECT 1", "INSERT 1"}) {
          cluster.next(Execute.class, Reaction.fail(kind, "57P03"));
          try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
          } catch (SQLException e) {
            assertThat(e.getSQLState()).as("%s", e).doesNotStartWith("08").isNotEqualTo("0A000");
          }
          assertThat(connection.isClosed()).isFalse();
          assertThat(connection.isValid(5)).isTrue();
        }
        if (!autoCommit) {
          connection.rollback();
        }
      }
      connection.setAutoCommit(true);
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
  }
}
