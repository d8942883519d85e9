package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.jdbc.fake.FakeCluster;
import dev.lockstep.jdbc.fake.Reaction;
import dev.lockstep.protocol.ClientMessage.Commit;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Fetch;
import dev.lockstep.protocol.ClientMessage.OpenSession;
import dev.lockstep.protocol.ClientMessage.Outcome;
import dev.lockstep.protocol.ClientMessage.Resume;
import dev.lockstep.protocol.FailureKind;
import dev.lockstep.protocol.TransactionMode;
import dev.lockstep.protocol.TransactionOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions and results that are carried over to another node when theirs is lost. */
final class TransactionFailoverIT {
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

  /** A connection with a session, in a transaction. */
  private Connection inTransaction(String properties) throws SQLException {
    Connection connection = connect(properties);
    write(connection, "INSERT 0");
    connection.setAutoCommit(false);
    return connection;
  }

  private static int write(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static List<Integer> read(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return read(rows);
    }
  }

  private static List<Integer> read(ResultSet rows) throws SQLException {
    List<Integer> values = new ArrayList<>();
    while (rows.next()) {
      values.add(rows.getInt(1));
    }
    return values;
  }

  private static List<Object[]> rows(int count) {
    List<Object[]> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(new Object[] {i, "row " + i});
    }
    return rows;
  }

  private static void assertState(ThrowingCallable call, String sqlState) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(sqlState));
  }

  private void killLeader(int leader, int next) {
    cluster.node(leader).close();
    cluster.elect(next);
  }

  // ---- before the commit

  @Test
  void aTransactionGoesOnAtTheNextLeader() throws SQLException {
    cluster.lay("SELECT 1", rows(2));
    try (Connection connection = inTransaction("")) {
      assertThat(read(connection, "SELECT 1")).containsExactly(0, 1);
      write(connection, "INSERT 1");
      killLeader(0, 1);
      write(connection, "INSERT 2");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 2");
    assertThat(cluster.received(Resume.class)).hasSize(1);
  }

  @Test
  void aTransactionOutlivesTwoLeaders() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      killLeader(0, 1);
      write(connection, "INSERT 2");
      killLeader(1, 2);
      write(connection, "INSERT 3");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 2", "INSERT 3");
  }

  @Test
  void aTransactionIsCarriedOverWhenItsLeaderIsDeposedAndComesBack() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      cluster.elect(1);
      write(connection, "INSERT 2");
      cluster.elect(0);
      write(connection, "INSERT 3");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 2", "INSERT 3");
  }

  @Test
  void aPingAfterTheLossDoesNotLoseTheTransaction() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      killLeader(0, 1);
      assertThat(connection.isValid(5)).isTrue();
      write(connection, "INSERT 2");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 2");
  }

  @Test
  void whatWasReadAndHasChangedIs40001AndTheConnectionUsableAtOnce() throws SQLException {
    cluster.lay("SELECT 1", rows(2));
    try (Connection connection = inTransaction("")) {
      read(connection, "SELECT 1");
      write(connection, "INSERT 1");
      cluster.lay("SELECT 1", rows(3));
      killLeader(0, 1);
      assertThatThrownBy(() -> write(connection, "INSERT 2"))
          .isInstanceOf(SQLTransactionRollbackException.class);
      assertThat(read(connection, "SELECT 1")).hasSize(3);
      write(connection, "INSERT 3");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 3");
  }

  @Test
  void generatedKeysAreTheSameAfterTheLoss() throws SQLException {
    try (Connection connection = inTransaction("");
        PreparedStatement insert =
            connection.prepareStatement("INSERT 1", Statement.RETURN_GENERATED_KEYS)) {
      insert.executeUpdate();
      killLeader(0, 1);
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertThat(read(keys)).containsExactly(2);
      }
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 1");
  }

  @Test
  void aBatchInATransactionIsSentAgain() throws SQLException {
    try (Connection connection = inTransaction("");
        PreparedStatement insert = connection.prepareStatement("INSERT ?")) {
      write(connection, "INSERT 1");
      for (int i = 2; i < 4; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      cluster.next(Execute.class, Reaction.doAndCut(() -> cluster.elect(1)));
      assertThat(insert.executeBatch()).containsExactly(1, 1);
      connection.commit();
    }
    assertThat(cluster.applied())
        .containsExactly("INSERT 0", "INSERT 1", "INSERT ? [2]", "INSERT ? [3]");
  }

  @Test
  void savepointsAreCarriedOverAsSteps() throws SQLException {
    try (Connection connection = inTransaction("")) {
      Savepoint savepoint = connection.setSavepoint("a");
      write(connection, "INSERT 1");
      killLeader(0, 1);
      connection.rollback(savepoint);
      connection.releaseSavepoint(savepoint);
      connection.commit();
    }
    assertThat(cluster.applied())
        .containsExactly(
            "INSERT 0", "SAVEPOINT \"a\"", "INSERT 1", "ROLLBACK TO \"a\"", "RELEASE \"a\"");
  }

  @Test
  void aStatementThatFailedFailsAgainUnseenAndTheTransactionGoesOn() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      assertState(() -> write(connection, "BAD"), "23505");
      assertState(() -> write(connection, "WRONG"), "42601");
      killLeader(0, 1);
      write(connection, "INSERT 2");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 2");
    assertThat(cluster.received(Resume.class).get(0).steps())
        .as("one that was refused is no step")
        .hasSize(2);
  }

  @Test
  void aTransactionThatWasOnlyRefusedBeginsAnew() throws SQLException {
    try (Connection connection = inTransaction("")) {
      assertState(() -> write(connection, "WRONG"), "42601");
      killLeader(0, 1);
      write(connection, "INSERT 1");
      connection.commit();
      assertState(() -> write(connection, "WRONG"), "42601");
      killLeader(1, 2);
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
    assertThat(cluster.received(Resume.class)).isEmpty();
  }

  @Test
  void aRollbackAfterTheLossNeedsNobody() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      killLeader(0, 1);
      connection.rollback();
      write(connection, "INSERT 2");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 2");
    assertThat(cluster.received(Resume.class)).isEmpty();
  }

  @Test
  void aScriptThatIsLargerThanWhatIsKeptIs40001() throws SQLException {
    try (Connection connection = inTransaction("?failoverScriptSizeMax=200")) {
      write(connection, "INSERT 1");
      write(connection, "INSERT " + "x".repeat(200));
      killLeader(0, 1);
      assertThatThrownBy(() -> write(connection, "INSERT 2"))
          .isInstanceOf(SQLTransactionRollbackException.class)
          .hasMessageContaining("failoverScriptSizeMax, 200 bytes");
      write(connection, "INSERT 3");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 3");
  }

  @Test
  void aSessionThatIsGoneBeforeTheCommitWasSentIsReplaced() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      cluster.forgetSessions();
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
    assertThat(cluster.received(OpenSession.class)).hasSize(2);
  }

  @Test
  void withoutALeaderAStepFailsAndTheTransactionGoesOnWithTheNext() throws SQLException {
    try (Connection connection = inTransaction("?failoverTimeout=300ms")) {
      write(connection, "INSERT 1");
      cluster.loseLeader();
      assertState(() -> write(connection, "INSERT 2"), "08006");
      cluster.elect(1);
      write(connection, "INSERT 3");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 3");
  }

  @Test
  void aQueryTimeoutHoldsWhileTheTransactionIsCarriedOver() throws SQLException {
    try (Connection connection = inTransaction("");
        Statement statement = connection.createStatement()) {
      write(connection, "INSERT 1");
      cluster.loseLeader();
      statement.setQueryTimeout(1);
      assertState(() -> statement.executeUpdate("INSERT 2"), "57014");
      cluster.elect(2);
      statement.executeUpdate("INSERT 3");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 3");
  }

  @Test
  void aStatementCanBeCancelledWhileItsTransactionIsCarriedOver() throws Exception {
    try (Connection connection = inTransaction("");
        Statement statement = connection.createStatement()) {
      write(connection, "INSERT 1");
      cluster.next(Execute.class, Reaction.cut());
      cluster.next(Resume.class, Reaction.hang());
      Thread canceller =
          new Thread(
              () -> {
                await().until(() -> !cluster.received(Resume.class).isEmpty());
                try {
                  statement.cancel();
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
      canceller.start();
      assertState(() -> statement.executeUpdate("INSERT 2"), "57014");
      canceller.join();
      write(connection, "INSERT 3");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 3");
  }

  @Test
  void anAbortEndsTheSearchForTheNextLeader() throws Exception {
    Connection connection = inTransaction("");
    write(connection, "INSERT 1");
    cluster.loseLeader();
    AtomicReference<SQLException> failure = new AtomicReference<>();
    Thread worker =
        new Thread(
            () -> {
              try {
                write(connection, "INSERT 2");
              } catch (SQLException e) {
                failure.set(e);
              }
            });
    int sent = cluster.received(Execute.class).size();
    worker.start();
    await().until(() -> cluster.received(Execute.class).size() > sent);
    connection.abort(Runnable::run);
    worker.join();
    assertThat(failure.get().getSQLState()).isEqualTo("08006");
    assertThat(connection.isClosed()).isTrue();
  }

  // ---- after the commit

  @Test
  void aCommitWhoseAnswerIsLostIsFoundAtTheNewLeader() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      cluster.next(Commit.class, Reaction.doAndCut(() -> cluster.elect(1)));
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
    assertThat(cluster.received(Commit.class)).hasSize(1);
    assertThat(cluster.received(Outcome.class)).hasSize(1);
  }

  @Test
  void aCommitThatDidNotArriveIsSentAgainUnderTheSameSequence() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      cluster.next(Commit.class, Reaction.cut(() -> cluster.elect(1)));
      connection.commit();
      write(connection, "INSERT 2");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1", "INSERT 2");
    List<Commit> commits = cluster.received(Commit.class);
    assertThat(commits).hasSize(3);
    assertThat(commits.get(1).sequence()).isEqualTo(commits.get(0).sequence());
  }

  @Test
  void aCommitThatIsStillOnItsWayIsNotAppliedTwice() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      cluster.next(Commit.class, cluster.proposeAndCut(() -> {}));
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
    assertThat(cluster.received(Commit.class)).hasSize(2);
  }

  @Test
  void aCommitThatCannotBeRepeatedIsDecidedByTheLeader() throws SQLException {
    cluster.lay("SELECT 1", rows(1));
    try (Connection connection = inTransaction("")) {
      read(connection, "SELECT 1");
      write(connection, "INSERT 1");
      cluster.next(Commit.class, cluster.proposeAndCut(() -> {}));
      cluster.next(
          Resume.class,
          (client, requestId, normal) -> {
            // What the transaction has read is changed by its own commit, for one.
            cluster.applyProposed();
            cluster.lay("SELECT 1", rows(2));
            return normal.carryOut();
          });
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
    assertThat(cluster.received(Outcome.class)).hasSize(2);
  }

  @Test
  void aCommitThatWasNotAppliedAndCannotBeRepeatedIs40001() throws SQLException {
    cluster.lay("SELECT 1", rows(1));
    try (Connection connection = inTransaction("")) {
      read(connection, "SELECT 1");
      write(connection, "INSERT 1");
      cluster.next(
          Commit.class,
          Reaction.cut(
              () -> {
                cluster.lay("SELECT 1", rows(2));
                cluster.elect(1);
              }));
      assertState(connection::commit, "40001");
      write(connection, "INSERT 2");
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 2");
  }

  @Test
  void aCommitOfAScriptThatIsNotKeptIsDecidedByTheLeader() throws SQLException {
    try (Connection connection = inTransaction("?failoverScriptSizeMax=0")) {
      write(connection, "INSERT 1");
      cluster.next(Commit.class, Reaction.doAndCut(() -> cluster.elect(1)));
      connection.commit();
      write(connection, "INSERT 2");
      cluster.next(Commit.class, Reaction.cut(() -> cluster.elect(2)));
      assertState(connection::commit, "40001");
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
  }

  @Test
  void aBusyLeaderCommitsLater() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      cluster.next(Commit.class, Reaction.fail(FailureKind.BUSY, "53000"));
      connection.commit();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 0", "INSERT 1");
  }

  @Test
  void aCommitWhoseSessionIsGoneIsInDoubt() throws SQLException {
    try (Connection connection = inTransaction("")) {
      write(connection, "INSERT 1");
      cluster.next(Commit.class, Reaction.doAndCut(cluster::forgetSessions));
      assertState(connection::commit, "08007");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  // ---- what a transaction begins with

  @Test
  void modeAndLimitsAreSentWithTheFirstStepOnly() throws SQLException {
    String properties =
        "?transactionMode=optimistic&transactionTimeout=20s&transactionIdleTimeout=10s"
            + "&transactionTurnTimeoutMillis=500&transactionStepsMax=7"
            + "&transactionScriptSizeMax=64k&transactionResultSizeMax=1m";
    try (Connection connection = inTransaction(properties)) {
      write(connection, "INSERT 1");
      write(connection, "INSERT 2");
      connection.commit();
    }
    List<Execute> steps =
        cluster.received(Execute.class).stream().filter(e -> e.transaction() > 0).toList();
    assertThat(steps.get(0).begin())
        .isEqualTo(
            new TransactionOptions(
                TransactionMode.OPTIMISTIC, 20_000, 10_000, 500, 7, 64 << 10, 1 << 20));
    assertThat(steps.get(1).begin()).isNull();
  }

  // ---- results and read-only transactions

  @Test
  void aResultGoesOnAtAnotherNodeAfterTheRowsThatWereRead() throws SQLException {
    cluster.lay("SELECT 1", rows(10));
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(3);
      try (ResultSet rows = statement.executeQuery("SELECT 1")) {
        cluster.next(Fetch.class, Reaction.cut());
        cluster.next(Fetch.class, Reaction.cut(() -> killLeader(0, 1)));
        assertThat(read(rows)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      }
    }
  }

  @Test
  void aResultWhoseFirstRowsHaveChangedEndsWith40001() throws SQLException {
    cluster.lay("SELECT 1", rows(10));
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(3);
      try (ResultSet rows = statement.executeQuery("SELECT 1")) {
        assertThat(rows.next()).isTrue();
        List<Object[]> changed = rows(10);
        changed.get(1)[1] = "another";
        cluster.next(Fetch.class, Reaction.cut(() -> cluster.lay("SELECT 1", changed)));
        assertState(() -> read(rows), "40001");
      }
      assertThat(write(connection, "INSERT 1")).isEqualTo(1);
    }
  }

  @Test
  void aReadOnlyTransactionStaysAtItsFollowerAndIsCarriedOver() throws SQLException {
    cluster.lay("SELECT 1", rows(10));
    cluster.lay("SELECT 2", rows(4));
    try (Connection connection = connect("?targetServerType=preferFollower")) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(3);
        ResultSet first = statement.executeQuery("SELECT 1");
        assertThat(first.next()).isTrue();
        cluster.next(Fetch.class, Reaction.cut());
        assertThat(read(connection, "SELECT 2")).hasSize(4);
        assertThat(read(first)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
      }
      connection.commit();
    }
    assertThat(cluster.received(Resume.class)).hasSize(1);
    assertThat(cluster.received(Resume.class).get(0).steps()).hasSize(2);
    assertThat(cluster.received(Commit.class)).isEmpty();
    assertThat(cluster.received(OpenSession.class)).isEmpty();
  }

  @Test
  void aReadOnlyTransactionWhoseRowsHaveChangedIs40001() throws SQLException {
    cluster.lay("SELECT 1", rows(10));
    try (Connection connection = connect("")) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(3);
        assertThat(read(statement.executeQuery("SELECT 1"))).hasSize(10);
        // Not in the first batch, so only what was fetched tells.
        List<Object[]> changed = rows(10);
        changed.get(7)[1] = "another";
        cluster.lay("SELECT 1", changed);
        cluster.next(Execute.class, Reaction.cut());
        assertState(() -> statement.executeQuery("SELECT 1"), "40001");
        assertThat(read(statement.executeQuery("SELECT 1"))).hasSize(10);
      }
      connection.commit();
    }
  }

  @Test
  void theReadOnlyFlagMayChangeBetweenTransactionsOnly() throws SQLException {
    cluster.lay("SELECT 1", rows(1));
    try (Connection connection = connect("")) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      read(connection, "SELECT 1");
      assertState(() -> connection.setReadOnly(false), "25001");
      connection.commit();
      connection.setReadOnly(false);
      write(connection, "INSERT 1");
      connection.commit();
      connection.setReadOnly(true);
      assertThat(read(connection, "SELECT 1")).hasSize(1);
      connection.rollback();
    }
    assertThat(cluster.applied()).containsExactly("INSERT 1");
  }
}
