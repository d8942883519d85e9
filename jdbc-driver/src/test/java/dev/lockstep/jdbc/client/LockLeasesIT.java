package dev.lockstep.jdbc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.jdbc.fake.FakeCluster;
import dev.lockstep.jdbc.fake.Reaction;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.OpenSession;
import dev.lockstep.protocol.ClientMessage.RenewSession;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.SessionId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The driver keeps the sessions of connections that may have named locks. */
final class LockLeasesIT {
  private static final int PERIOD_MILLIS = 20;

  private final LockLeases leases = new LockLeases(PERIOD_MILLIS, SessionRenewal::renew);
  private LockLeases former;
  private FakeCluster cluster;

  @BeforeEach
  void start() {
    former = LockLeases.share(leases);
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void stop() {
    cluster.close();
    LockLeases.share(former);
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(cluster.url(""));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void lock(Connection connection) throws SQLException {
    // The fake takes everything else for a read.
    execute(connection, "INSERT lockstep_Lock('a', 1)");
  }

  private void awaitRenewals(int count) {
    int before = cluster.received(RenewSession.class).size();
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.received(RenewSession.class))
                    .hasSizeGreaterThanOrEqualTo(before + count));
  }

  private static boolean threadLives() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("lockstep-lock-leases"));
  }

  @Test
  void aSessionThatAskedForALockIsRenewedUntilItsConnectionIsClosed() throws Exception {
    try (Connection connection = connect()) {
      execute(connection, "INSERT 1");
      assertThat(leases.count()).isZero();
      lock(connection);
      awaitRenewals(2);
      SessionId session = cluster.received(OpenSession.class).get(0).session();
      assertThat(cluster.received(RenewSession.class))
          .allSatisfy(renewal -> assertThat(renewal.session()).isEqualTo(session));
    }
    assertThat(leases.count()).isZero();
    await().until(() -> !threadLives());
  }

  @Test
  void itIsRenewedWhileTheConnectionIsBusy() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      lock(connection);
      cluster.next(Execute.class, Reaction.hang());
      Thread busy =
          new Thread(
              () -> {
                try {
                  statement.execute("INSERT 2");
                } catch (SQLException e) {
                  // It is cancelled.
                }
              });
      busy.start();
      awaitRenewals(2);
      statement.cancel();
      busy.join();
    }
  }

  @Test
  void renewalGoesOnAtTheNextLeader() throws Exception {
    try (Connection connection = connect()) {
      lock(connection);
      awaitRenewals(1);
      cluster.elect(1);
      cluster.node(0).close();
      awaitRenewals(3);
    }
  }

  @Test
  void anAbortedConnectionIsLetGo() throws Exception {
    Connection connection = connect();
    lock(connection);
    connection.abort(Runnable::run);
    assertThat(leases.count()).isZero();
  }

  @Test
  void aSessionThatIsGoneIsNotRenewedAnyMore() throws Exception {
    try (Connection connection = connect()) {
      cluster.next(RenewSession.class, Reaction.fail(FailureKind.SESSION_UNKNOWN, "08003"));
      lock(connection);
      awaitRenewals(1);
      try (Connection other = connect()) {
        lock(other);
        awaitRenewals(3);
      }
      SessionId gone = cluster.received(OpenSession.class).get(0).session();
      assertThat(cluster.received(RenewSession.class))
          .filteredOn(renewal -> renewal.session().equals(gone))
          .hasSize(1);
    }
  }
}
