package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.jdbc.fake.FakeCluster;
import dev.lockstep.jdbc.fake.Reaction;
import dev.lockstep.protocol.ClientMessage.CloseSession;
import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.ClientMessage.OpenSession;
import dev.lockstep.protocol.ClientMessage.Rollback;
import dev.lockstep.protocol.FailureKind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application sees when the leader is lost, busy, or changes. */
final class FailoverIT {
  private static final String SHORT = "?failoverTimeout=300ms";

  private FakeCluster cluster;

  @BeforeEach
  void start() {
    cluster = new FakeCluster(3);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private Connection connect(String properties) throws SQLException {
    return DriverManager.getConnection(cluster.url(properties));
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

  // ---- finding the leader

  @Test
  void oneSeedThatFollowsIsEnoughToFindTheLeader() throws SQLException {
    String url = "jdbc:lockstep://127.0.0.1:" + cluster.node(2).port() + "/shop";
    try (Connection connection = DriverManager.getConnection(url)) {
      assertThat(write(connection, "INSERT 1")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1");
  }

  @Test
  void aSeedThatIsDownDoesNoHarm() throws SQLException {
    cluster.node(2).close();
    try (Connection connection = connect("")) {
      assertThat(write(connection, "INSERT 1")).isEqualTo(1);
    }
  }

  @Test
  void withoutAnyNodeConnectingFailsAtOnceAndSaysWhy() {
    cluster.close();
    assertThatThrownBy(() -> connect(""))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
        .hasMessageContaining("127.0.0.1:" + cluster.node(0).port())
        .hasMessageContaining("refused");
  }

  @Test
  void aDatabaseThatNoNodeHasIsRefusedWithTheNodesReason() {
    String url = cluster.url("").replace("/shop", "/ship");
    assertThatThrownBy(() -> DriverManager.getConnection(url))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"))
        .hasMessageContaining("no database ship");
  }

  @Test
  void withoutALeaderConnectingWaitsForTheLoginTimeout() {
    cluster.loseLeader();
    assertState(() -> connect("?loginTimeout=300ms"), "08001");
  }

  @Test
  void aConnectionThatWaitsForALeaderGetsItWhenOneIsElected() throws Exception {
    cluster.loseLeader();
    Thread election = new Thread(() -> cluster.elect(1));
    try {
      // A node that is asked for the second time has said once that nobody leads.
      Thread observer =
          new Thread(
              () -> {
                await().until(() -> cluster.received(Hello.class).size() > 3);
                election.start();
              });
      observer.start();
      try (Connection connection = connect("")) {
        assertThat(write(connection, "INSERT 1")).isEqualTo(1);
      }
      observer.join();
    } finally {
      election.join();
    }
  }

  // ---- autocommit writes

  @Test
  void theFirstWriteOpensASessionAndClosingGivesItBack() throws SQLException {
    try (Connection connection = connect("")) {
      assertThat(cluster.openSessions()).isZero();
      write(connection, "INSERT 1");
      write(connection, "INSERT 2");
      assertThat(cluster.openSessions()).isEqualTo(1);
      assertThat(cluster.received(OpenSession.class)).hasSize(1);
    }
    assertThat(cluster.received(CloseSession.class)).hasSize(1);
    assertThat(cluster.openSessions()).isZero();
  }

  @Test
  void aWriteWhoseAnswerIsLostIsAskedForAgainAndAppliedOnce() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.next(Execute.class, Reaction.doAndCut(() -> cluster.elect(1)));
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
      assertThat(write(connection, "INSERT 3")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2", "INSERT 3");
    List<Execute> sent = cluster.received(Execute.class);
    // INSERT 1 is sent twice too, the first time without a session.
    assertThat(sent.get(3).sequence()).isEqualTo(sent.get(2).sequence());
    assertThat(sent.get(3).session()).isEqualTo(sent.get(2).session());
  }

  @Test
  void aWriteThatDidNotArriveIsSentAgain() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.next(Execute.class, Reaction.cut());
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void aNodeThatDoesNotLeadAnyMoreSendsTheWriteToTheOneThatDoes() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.elect(2);
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void anUnknownOutcomeIsAskedForAgainUnderTheSameSequence() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.next(Execute.class, Reaction.doAndFail(FailureKind.OUTCOME_UNKNOWN, "40003"));
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void aBusyNodeIsAskedAgainAfterAPause() throws SQLException {
    try (Connection connection = connect("")) {
      cluster.next(Execute.class, Reaction.fail(FailureKind.BUSY, "53000"));
      cluster.next(Execute.class, Reaction.fail(FailureKind.BUSY, "53000"));
      assertThat(write(connection, "INSERT 1")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1");
  }

  @Test
  void aNodeThatStaysBusyIsReportedAndTheConnectionStaysUsable() throws SQLException {
    try (Connection connection = connect(SHORT)) {
      for (int i = 0; i < 100; i++) {
        cluster.next(Execute.class, Reaction.fail(FailureKind.BUSY, "53000"));
      }
      assertState(() -> write(connection, "INSERT 1"), "53000");
      assertThat(connection.isClosed()).isFalse();
    }
  }

  @Test
  void aForgottenSessionIsReplacedIfNothingCanHaveBeenAppliedUnderIt() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.forgetSessions();
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void aForgottenSessionAfterALostAnswerLeavesTheOutcomeUnknown() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.next(Execute.class, Reaction.doAndCut(cluster::forgetSessions));
      assertState(() -> write(connection, "INSERT 2"), "08007");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void aWriteThatWasNeverSentFailsWithoutDoubtWhenTimeIsOver() throws SQLException {
    try (Connection connection = connect(SHORT)) {
      write(connection, "INSERT 1");
      cluster.loseLeader();
      assertState(() -> write(connection, "INSERT 2"), "08006");
      assertThat(connection.isClosed()).isFalse();
      cluster.elect(1);
      assertThat(write(connection, "INSERT 3")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 3");
  }

  @Test
  void aWriteThatWasSentIsInDoubtWhenTimeIsOver() throws SQLException {
    try (Connection connection = connect(SHORT)) {
      write(connection, "INSERT 1");
      cluster.next(Execute.class, Reaction.doAndCut(cluster::loseLeader));
      assertState(() -> write(connection, "INSERT 2"), "08007");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void aReadIsNeverInDoubtAlsoAfterAWrite() throws SQLException {
    try (Connection connection = connect(SHORT);
        Statement statement = connection.createStatement()) {
      write(connection, "INSERT 1");
      cluster.next(Execute.class, Reaction.doAndCut(cluster::loseLeader));
      assertState(() -> statement.executeQuery("SELECT 1"), "08006");
      assertThat(connection.isClosed()).isFalse();
      cluster.elect(1);
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
  }

  @Test
  void aKilledLeaderIsASlowCallForAWriter() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.node(0).close();
      cluster.elect(1);
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void aLeaderThatFallsSilentIsGivenUp() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 1");
      cluster.node(0).mute();
      cluster.elect(1);
      assertThat(write(connection, "INSERT 2")).isEqualTo(1);
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void anErrorOfTheStatementIsFinalAndKeepsItsCodes() throws SQLException {
    try (Connection connection = connect("")) {
      assertThatThrownBy(() -> write(connection, "BAD"))
          .isInstanceOf(SQLIntegrityConstraintViolationException.class)
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("23505");
                assertThat(e.getErrorCode()).isEqualTo(19);
                assertThat(e.getMessage()).isEqualTo("made to fail");
              });
    }
  }

  // ---- reads

  @Test
  void aReadWhoseNodeIsLostIsRepeated() throws SQLException {
    cluster.lay("SELECT 1", List.<Object[]>of(new Object[] {1L, "a"}));
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      cluster.next(Execute.class, Reaction.cut());
      try (ResultSet rows = statement.executeQuery("SELECT 1")) {
        assertThat(rows.next()).isTrue();
      }
    }
  }

  @Test
  void readsOfAReadOnlyConnectionMayGoToAFollower() throws SQLException {
    cluster.lay("SELECT 1", rows(1));
    try (Connection connection = connect("?targetServerType=preferFollower")) {
      connection.setReadOnly(true);
      cluster.next(
          Execute.class,
          (client, requestId, normal) -> {
            assertThat(client.node().id()).isNotEqualTo("n1");
            return normal.carryOut();
          });
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT 1")) {
        assertThat(rows.next()).isTrue();
      }
      cluster.node(1).close();
      cluster.node(2).close();
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT 1")) {
        assertThat(rows.next()).as("served by the leader").isTrue();
      }
    }
  }

  private static List<Object[]> rows(int count) {
    List<Object[]> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(new Object[] {i, "row " + i});
    }
    return rows;
  }

  // ---- transactions

  @Test
  void aTransactionTakesEffectWithItsCommit() throws SQLException {
    try (Connection connection = connect("")) {
      connection.setAutoCommit(false);
      write(connection, "INSERT 1");
      write(connection, "INSERT 2");
      assertThat(cluster.applied()).isEmpty();
      connection.commit();
      assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
      write(connection, "INSERT 3");
      connection.rollback();
      assertThat(cluster.applied()).hasSize(2);
      write(connection, "INSERT 4");
      connection.setAutoCommit(true);
      assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2", "INSERT 4");
    }
  }

  @Test
  void commitAndRollbackWithoutAStatementSendNothing() throws SQLException {
    try (Connection connection = connect("")) {
      connection.setAutoCommit(false);
      connection.commit();
      connection.rollback();
    }
    assertThat(cluster.received(Commit.class)).isEmpty();
    assertThat(cluster.received(Rollback.class)).isEmpty();
  }

  @Test
  void theFirstStepOfATransactionIsSentAgainWithoutTheApplicationNoticing() throws SQLException {
    try (Connection connection = connect("")) {
      write(connection, "INSERT 0");
      connection.setAutoCommit(false);
      cluster.next(Execute.class, Reaction.doAndCut(() -> cluster.elect(1)));
      write(connection, "INSERT 1");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
  }

  @Test
  void aCommitThatNobodyAnswersIsInDoubt() throws SQLException {
    try (Connection connection = connect(SHORT)) {
      write(connection, "INSERT 0");
      connection.setAutoCommit(false);
      write(connection, "INSERT 1");
      cluster.next(Commit.class, Reaction.doAndCut(cluster::loseLeader));
      assertState(connection::commit, "08007");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void anErrorOfAStepLeavesTheTransactionOpen() throws SQLException {
    try (Connection connection = connect("")) {
      connection.setAutoCommit(false);
      write(connection, "INSERT 1");
      assertState(() -> write(connection, "BAD"), "23505");
      write(connection, "INSERT 2");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void closingRollsBack() throws SQLException {
    try (Connection connection = connect("")) {
      connection.setAutoCommit(false);
      write(connection, "INSERT 1");
    }
    assertThat(cluster.received(Rollback.class)).hasSize(1);
    assertThat(cluster.applied()).isEmpty();
  }
}
