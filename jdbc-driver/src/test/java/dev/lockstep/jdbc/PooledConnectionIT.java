package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.jdbc.fake.FakeCluster;
import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Rollback;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import javax.sql.ConnectionEvent;
import javax.sql.ConnectionEventListener;
import javax.sql.PooledConnection;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pools and containers get of the data source. */
final class PooledConnectionIT {
  private final List<String> events = new ArrayList<>();
  private FakeCluster cluster;
  private LockstepDataSource source;
  private PooledConnection pooled;

  @BeforeEach
  void start() throws SQLException {
    cluster = new FakeCluster(3);
    source = new LockstepDataSource(cluster.url("?failoverTimeout=300ms&socketTimeout=50s"));
    pooled = source.getPooledConnection();
    pooled.addConnectionEventListener(
        new ConnectionEventListener() {
          @Override
          public void connectionClosed(ConnectionEvent event) {
            events.add("closed");
          }

          @Override
          public void connectionErrorOccurred(ConnectionEvent event) {
            events.add("error " + event.getSQLException().getSQLState());
          }
        });
  }

  @AfterEach
  void stop() throws SQLException {
    pooled.close();
    cluster.close();
  }

  private static int write(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static void assertState(ThrowingCallable call, String sqlState) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(sqlState));
  }

  @Test
  void aClosedHandleLeavesNothingOfItsUserBehind() throws SQLException {
    try (Connection handle = pooled.getConnection()) {
      handle.setClientInfo("nonsense", "x");
      handle.setClientInfo("ApplicationName", "one");
      handle.setNetworkTimeout(Runnable::run, 1_000);
      handle.setReadOnly(true);
      handle.setReadOnly(false);
      handle.setAutoCommit(false);
      assertThat(write(handle, "INSERT 1")).isEqualTo(1);
    }
    assertThat(events).containsExactly("closed");
    assertThat(cluster.received(Rollback.class)).hasSize(1);
    assertThat(cluster.received(Commit.class)).isEmpty();
    assertThat(cluster.applied()).isEmpty();
    try (Connection handle = pooled.getConnection()) {
      assertThat(handle.getAutoCommit()).isTrue();
      assertThat(handle.isReadOnly()).isFalse();
      assertThat((Throwable) handle.getWarnings()).isNull();
      assertThat(handle.getNetworkTimeout()).isEqualTo(50_000);
      assertThat(handle.getClientInfo("ApplicationName")).isEmpty();
      assertThat(write(handle, "INSERT 2")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 2");
    assertThat(events).containsExactly("closed", "closed");
  }

  @Test
  void aClosedHandleIsOfNoUseAndClosingItTwiceIsToldOnce() throws SQLException {
    Connection handle = pooled.getConnection();
    Statement statement = handle.createStatement();
    PreparedStatement prepared = handle.prepareStatement("INSERT ?");
    assertThat(statement.getConnection()).isSameAs(handle);
    assertThat(prepared.getConnection()).isSameAs(handle);
    handle.close();
    handle.close();
    assertThat(events).containsExactly("closed");
    assertThat(handle.isClosed()).isTrue();
    assertThat(handle.isValid(1)).isFalse();
    assertThat(statement.isClosed()).isTrue();
    assertThat(prepared.isClosed()).isTrue();
    assertState(handle::createStatement, "08003");
    assertState(() -> statement.execute("INSERT 1"), "08003");
    assertThat(pooled.getConnection().isClosed()).isFalse();
  }

  @Test
  void aNewHandleTakesTheConnectionFromTheOneBefore() throws SQLException {
    Connection first = pooled.getConnection();
    first.setAutoCommit(false);
    write(first, "INSERT 1");
    Connection second = pooled.getConnection();
    assertThat(first.isClosed()).isTrue();
    assertThat(second.getAutoCommit()).isTrue();
    assertThat(write(second, "INSERT 2")).isEqualTo(1);
    first.close();
    assertThat(second.isClosed()).isFalse();
    assertThat(events).isEmpty();
    assertThat(cluster.applied()).containsExactly("INSERT 2");
  }

  @Test
  void onlyAnErrorThatClosesTheConnectionIsTold() throws SQLException {
    Connection handle = pooled.getConnection();
    cluster.loseLeader();
    assertState(() -> write(handle, "INSERT 1"), "08006");
    assertThat(events).as("the connection goes on when there is a leader").isEmpty();
    cluster.elect(1);
    assertThat(write(handle, "INSERT 2")).isEqualTo(1);
    handle.abort(Runnable::run);
    assertState(pooled::getConnection, "08003");
    assertThat(events).containsExactly("error 08003");
  }

  @Test
  void theBuildersOfJdbc43KnowUsersAndNoShards() throws SQLException {
    ShardingKey key = new ShardingKey() {};
    try (Connection connection = source.createConnectionBuilder().user("ann").build()) {
      assertThat(connection.getMetaData().getUserName()).isEqualTo("ann");
      assertState(() -> connection.setShardingKey(key), "0AL01");
      assertState(() -> connection.setShardingKeyIfValid(key, 1), "0AL01");
      connection.beginRequest();
      connection.endRequest();
    }
    PooledConnection own = source.createPooledConnectionBuilder().shardingKey(null).build();
    assertThat(write(own.getConnection(), "INSERT 1")).isEqualTo(1);
    own.close();
    assertState(() -> source.createConnectionBuilder().shardingKey(key).build(), "0AL01");
    assertThatThrownBy(source::createShardingKeyBuilder)
        .isInstanceOf(SQLFeatureNotSupportedException.class)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0AL01"));
  }

  @Test
  void whatWasIgnoredOfTheUrlIsAWarningOfTheConnection() throws SQLException {
    String url = cluster.url("?journal_mode=WAL&busy_timeout=3000&foreign_keys=true");
    try (Connection connection = DriverManager.getConnection(url)) {
      assertThat((Throwable) connection.getWarnings()).hasMessageContaining("journal_mode");
      assertThat(connection.getWarnings().getSQLState()).isEqualTo("01S00");
      assertThat((Throwable) connection.getWarnings().getNextWarning())
          .hasMessageContaining("busy_timeout");
      connection.clearWarnings();
      assertThat((Throwable) connection.getWarnings()).isNull();
    }
  }

  @Test
  void resultsOfAHandleEndWithIt() throws SQLException {
    cluster.lay("SELECT 1", List.of(new Object[] {1L, "a"}, new Object[] {2L, "b"}));
    Connection handle = pooled.getConnection();
    Statement statement = handle.createStatement();
    statement.setFetchSize(1);
    ResultSet rows = statement.executeQuery("SELECT 1");
    assertThat(rows.next()).isTrue();
    handle.close();
    assertThat(rows.isClosed()).isTrue();
    await().until(() -> cluster.openCursors() == 0);
  }

  @Test
  void anAbortIsToldAndOneOfAClosedHandleMeansNothing() throws SQLException {
    Connection first = pooled.getConnection();
    first.close();
    Connection second = pooled.getConnection();
    first.abort(Runnable::run);
    assertThat(write(second, "INSERT 1")).isEqualTo(1);
    second.abort(Runnable::run);
    second.close();
    assertThat(second.isClosed()).isTrue();
    assertThat(events).containsExactly("closed", "error 08003");
  }

  @Test
  void whatAHandleGivesLeadsBackToTheHandleOnly() throws SQLException {
    cluster.lay("SELECT 1", List.of(new Object[] {1L, "a"}, new Object[] {2L, "b"}));
    Connection handle = pooled.getConnection();
    DatabaseMetaData metaData = handle.getMetaData();
    assertThat(metaData.getConnection()).isSameAs(handle);
    Statement statement = handle.createStatement();
    assertThat(statement.executeQuery("SELECT 1").getStatement()).isSameAs(statement);
    assertThat(metaData.getTableTypes().getStatement().getConnection()).isSameAs(handle);
    handle.close();
    assertState(metaData::getConnection, "08003");
    assertState(metaData::getTableTypes, "08003");
    assertThatThrownBy(() -> handle.setClientInfo("ApplicationName", "x"))
        .isInstanceOf(SQLClientInfoException.class);
    assertThatThrownBy(() -> handle.setClientInfo(new Properties()))
        .isInstanceOf(SQLClientInfoException.class);
  }

  @Test
  void aHandleThatSeveralThreadsCloseIsToldOnce() throws Exception {
    int rounds = 500;
    CyclicBarrier together = new CyclicBarrier(2);
    for (int i = 0; i < rounds; i++) {
      Connection handle = pooled.getConnection();
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(
              () -> {
                try {
                  together.await();
                  handle.close();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      together.await();
      handle.close();
      other.get();
    }
    assertThat(events).hasSize(rounds);
  }

  @Test
  void anOpenModeDoesNotTakeReadOnlyAway() throws SQLException {
    String url = cluster.url("?readOnly=true&open_mode=6");
    try (Connection connection = DriverManager.getConnection(url)) {
      assertThat(connection.isReadOnly()).isTrue();
    }
    try (Connection connection = DriverManager.getConnection(cluster.url("?open_mode=1"))) {
      assertThat(connection.isReadOnly()).isTrue();
    }
  }

  @Test
  void nullsMeanTheDefaultsAndANameIsNoPartOfTheUrlsSyntax() throws SQLException {
    LockstepDataSource beans = new LockstepDataSource();
    beans.setServerName("db1");
    beans.setServerName(null);
    beans.setProperty("failoverTimeout", "nonsense");
    beans.setProperty("failoverTimeout", null);
    beans.setDatabaseName(null);
    assertThat(beans.getUrl()).isEqualTo("jdbc:lockstep://localhost:7400/");
    beans.setDatabaseName("a?b%c");
    assertThat(ConnectionUrl.parse(beans.getUrl(), new Properties()).database()).isEqualTo("a?b%c");
  }
}
