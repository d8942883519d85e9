package dev.lockstep.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.lockstep.jdbc.fake.FakeCluster;
import dev.lockstep.jdbc.fake.Reaction;
import dev.lockstep.protocol.ClientMessage.Cancel;
import dev.lockstep.protocol.ClientMessage.CloseCursor;
import dev.lockstep.protocol.ClientMessage.Describe;
import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ClientMessage.Fetch;
import dev.lockstep.protocol.ClientMessage.Hello;
import dev.lockstep.protocol.ClientMessage.Ping;
import dev.lockstep.protocol.FailureKind;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTimeoutException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statements, results, batches and limits of time, against a node that answers as told. */
final class StatementIT {
  private FakeCluster cluster;
  private Connection connection;

  @BeforeEach
  void start() throws SQLException {
    cluster = new FakeCluster(1);
    connection = DriverManager.getConnection(cluster.url(""));
  }

  @AfterEach
  void stop() throws SQLException {
    connection.close();
    cluster.close();
  }

  private static List<Object[]> rows(int count) {
    List<Object[]> rows = new ArrayList<>();
    for (long i = 1; i <= count; i++) {
      rows.add(new Object[] {i, "row " + i});
    }
    return rows;
  }

  private static void assertState(ThrowingCallable call, String sqlState) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(sqlState));
  }

  // ---- results

  @Test
  void aResultIsFetchedInBatchesAsItIsRead() throws SQLException {
    cluster.lay("SELECT 1", rows(10));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(4);
      try (ResultSet rows = statement.executeQuery("SELECT 1")) {
        for (int i = 1; i <= 4; i++) {
          assertThat(rows.next()).isTrue();
        }
        assertThat(cluster.received(Fetch.class)).isEmpty();
        for (int i = 5; i <= 10; i++) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt("id")).isEqualTo(i);
          assertThat(rows.getRow()).isEqualTo(i);
        }
        assertThat(rows.isLast()).isTrue();
        assertThat(rows.next()).isFalse();
        assertThat(rows.next()).isFalse();
        assertThat(rows.isAfterLast()).isTrue();
      }
    }
    assertThat(cluster.received(Fetch.class)).hasSize(2);
    assertThat(cluster.openCursors()).isZero();
  }

  @Test
  void severalResultsAreReadInTurn() throws SQLException {
    cluster.lay("SELECT 1", rows(5));
    try (Statement one = connection.createStatement();
        Statement two = connection.createStatement()) {
      one.setFetchSize(1);
      two.setFetchSize(1);
      ResultSet first = one.executeQuery("SELECT 1");
      ResultSet second = two.executeQuery("SELECT 1");
      for (int i = 1; i <= 5; i++) {
        assertThat(first.next() && second.next()).isTrue();
        assertThat(first.getLong(1)).isEqualTo(second.getLong(1));
      }
    }
  }

  @Test
  void aResultThatIsClosedEarlyGivesItsCursorBack() throws SQLException {
    cluster.lay("SELECT 1", rows(5));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1);
      ResultSet rows = statement.executeQuery("SELECT 1");
      assertThat(cluster.openCursors()).isEqualTo(1);
      rows.close();
      rows.close();
      await().until(() -> cluster.openCursors() == 0);
      assertThat(cluster.received(CloseCursor.class)).hasSize(1);
      assertState(rows::next, "08003");
    }
  }

  @Test
  void executingAgainAndClosingTheStatementCloseTheResult() throws SQLException {
    cluster.lay("SELECT 1", rows(5));
    Statement statement = connection.createStatement();
    statement.setFetchSize(1);
    ResultSet first = statement.executeQuery("SELECT 1");
    ResultSet second = statement.executeQuery("SELECT 1");
    assertThat(first.isClosed()).isTrue();
    assertThat(second.isClosed()).isFalse();
    statement.close();
    assertThat(second.isClosed()).isTrue();
    await().until(() -> cluster.openCursors() == 0);
  }

  @Test
  void maxRowsIsTheNodesAffair() throws SQLException {
    cluster.lay("SELECT 1", rows(5));
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(2);
      ResultSet rows = statement.executeQuery("SELECT 1");
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isTrue();
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void theResultsOfSeveralStatementsAreWalkedThrough() throws SQLException {
    cluster.lay("SELECT 1", rows(1));
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute("INSERT 1; SELECT 1; INSERT 2")).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(1);
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(statement.getUpdateCount()).isEqualTo(-1);
      assertThat(statement.getResultSet().next()).isTrue();
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(1);
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(-1);
    }
  }

  @Test
  void resultsThatWereNeverLookedAtAreGivenBack() throws SQLException {
    cluster.lay("SELECT 1", rows(5));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1);
      assertThat(statement.execute("SELECT 1; SELECT 1; SELECT 1")).isTrue();
      assertThat(cluster.openCursors()).isEqualTo(3);
    }
    await().until(() -> cluster.openCursors() == 0);
  }

  @Test
  void aStatementThatIsToCloseOnCompletionClosesWithItsResult() throws SQLException {
    cluster.lay("SELECT 1", rows(1));
    Statement statement = connection.createStatement();
    statement.closeOnCompletion();
    statement.executeQuery("SELECT 1").close();
    assertThat(statement.isClosed()).isTrue();
  }

  // ---- keys and batches

  @Test
  void generatedKeysHaveTheNamesOfTheirColumns() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT ?", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, "a");
      assertThat(insert.executeUpdate()).isEqualTo(1);
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertThat(keys.getMetaData().getColumnLabel(1)).isEqualTo("id");
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong("id")).isEqualTo(1);
        assertThat(keys.next()).isFalse();
      }
    }
  }

  @Test
  void withoutKeysTheirResultIsEmpty() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.getGeneratedKeys().next()).isFalse();
      statement.executeUpdate("INSERT 1");
      assertThat(statement.getGeneratedKeys().next()).isFalse();
    }
  }

  @Test
  void aBatchIsOneRequestAndReturnsAllKeys() throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("INSERT ?", new String[] {"id"})) {
      for (int i = 0; i < 3; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      int before = cluster.received(Execute.class).size();
      assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
      // The first one asked for a session.
      assertThat(cluster.received(Execute.class)).hasSize(before + 2);
      ResultSet keys = insert.getGeneratedKeys();
      for (int i = 1; i <= 3; i++) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getInt(1)).isEqualTo(i);
      }
      assertThat(insert.executeBatch()).isEmpty();
    }
    assertThat(cluster.applied()).containsExactly("INSERT ? [0]", "INSERT ? [1]", "INSERT ? [2]");
  }

  @Test
  void aBatchOfStatementsIsOneRequest() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("INSERT 1");
      statement.addBatch("INSERT 2");
      assertThat(statement.executeLargeBatch()).containsExactly(1, 1);
    }
    List<Execute> sent = cluster.received(Execute.class);
    assertThat(sent.get(sent.size() - 1).calls()).hasSize(2);
  }

  @Test
  void aBatchThatFailsHasHadNoEffect() throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("BAD ?")) {
      for (int i = 0; i < 3; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      BatchUpdateException e =
          catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);
      assertThat(e.getSQLState()).isEqualTo("23505");
      assertThat(e.getErrorCode()).isEqualTo(19);
      assertThat((Throwable) e.getNextException())
          .isInstanceOf(SQLIntegrityConstraintViolationException.class);
      assertThat(e.getUpdateCounts())
          .containsExactly(
              Statement.EXECUTE_FAILED, Statement.EXECUTE_FAILED, Statement.EXECUTE_FAILED);
    }
    assertThat(cluster.applied()).isEmpty();
  }

  @Test
  void aBatchThatIsLargerThanAMessageBecomesSeveral() throws SQLException {
    byte[] large = new byte[6 << 20];
    try (PreparedStatement insert = connection.prepareStatement("INSERT ?")) {
      for (int i = 0; i < 4; i++) {
        insert.setBytes(1, large);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).containsExactly(1, 1, 1, 1);
    }
    assertThat(cluster.applied()).hasSize(4);
  }

  @Test
  void aValueThatIsLargerThanAMessageIsRefusedAndTheConnectionStaysUsable() throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("INSERT ?")) {
      insert.setBytes(1, new byte[17 << 20]);
      assertState(insert::executeUpdate, "54000");
      insert.setBytes(1, new byte[1]);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }

  // ---- time limits and cancelling

  @Test
  void aStatementIsCancelledByAnotherThread() throws Exception {
    try (Statement statement = connection.createStatement()) {
      cluster.next(Execute.class, Reaction.hang());
      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      SQLException.class, () -> statement.executeQuery("SELECT 1")));
      await().until(() -> !cluster.received(Execute.class).isEmpty());
      statement.cancel();
      SQLException cancelled = (SQLException) failure.get();
      assertThat(cancelled.getSQLState()).isEqualTo("57014");
      assertThat((Throwable) cancelled).isNotInstanceOf(SQLTimeoutException.class);
      assertThat(cluster.received(Cancel.class)).hasSize(1);
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }

  @Test
  void aNodeThatWorksLongIsAskedForSignsOfLifeAndWaitedFor() throws Exception {
    try (Statement statement = connection.createStatement()) {
      cluster.next(Execute.class, Reaction.hang());
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      SQLException.class, () -> statement.executeQuery("SELECT 1")));
      await().until(() -> cluster.received(Ping.class).size() >= 3);
      statement.cancel();
      assertThat(failure.get().getSQLState()).isEqualTo("57014");
      assertThat(cluster.received(Execute.class)).hasSize(1);
    }
  }

  @Test
  void cancellingEndsTheSearchForALeader() throws Exception {
    cluster.loseLeader();
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowableOfType(
                      SQLException.class, () -> statement.executeUpdate("INSERT 1")));
      int greetings = cluster.received(Hello.class).size();
      await().until(() -> cluster.received(Hello.class).size() > greetings + 1);
      statement.cancel();
      assertThat(failure.get(5, TimeUnit.SECONDS).getSQLState()).isEqualTo("57014");
      assertThat(connection.isClosed()).isFalse();
    }
  }

  @Test
  void abortingEndsTheSearchForALeader() throws Exception {
    cluster.loseLeader();
    Statement statement = connection.createStatement();
    CompletableFuture<SQLException> failure =
        CompletableFuture.supplyAsync(
            () ->
                catchThrowableOfType(
                    SQLException.class, () -> statement.executeUpdate("INSERT 1")));
    int greetings = cluster.received(Hello.class).size();
    await().until(() -> cluster.received(Hello.class).size() > greetings + 1);
    connection.abort(Runnable::run);
    assertThat(failure.get(5, TimeUnit.SECONDS).getSQLState()).isEqualTo("08006");
  }

  @Test
  void theNodeIsToldTheTimeLimitAndItsBreachIsATimeout() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(7);
      cluster.next(Execute.class, Reaction.fail(FailureKind.STATEMENT, "57014"));
      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .isInstanceOf(SQLTimeoutException.class);
      assertThat(cluster.received(Execute.class).get(0).timeoutMillis()).isBetween(6_000, 7_000);
    }
  }

  @Test
  void aNodeThatDoesNotKeepTheTimeLimitIsGivenUp() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      cluster.next(Execute.class, Reaction.hang());
      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .isInstanceOf(SQLTimeoutException.class);
      statement.setQueryTimeout(0);
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }

  @Test
  void theNetworkTimeoutClosesTheConnection() throws SQLException {
    connection.setNetworkTimeout(Runnable::run, 200);
    cluster.next(Execute.class, Reaction.hang());
    try (Statement statement = connection.createStatement()) {
      assertState(() -> statement.executeQuery("SELECT 1"), "08006");
    }
    assertThat(connection.isClosed()).isTrue();
  }

  @Test
  void aConnectionThatIsAbortedWhileItWaitsFailsAtOnce() throws Exception {
    cluster.next(Execute.class, Reaction.hang());
    Statement statement = connection.createStatement();
    CompletableFuture<SQLException> failure =
        CompletableFuture.supplyAsync(
            () ->
                catchThrowableOfType(SQLException.class, () -> statement.executeQuery("SELECT 1")));
    await().until(() -> !cluster.received(Execute.class).isEmpty());
    connection.abort(Runnable::run);
    assertThat(failure.get().getSQLState()).isEqualTo("08006");
    assertThat(connection.isValid(1)).isFalse();
    assertThat(connection.isClosed()).isTrue();
  }

  // ---- the connection

  @Test
  void aConnectionIsValidIfTheNodeAnswers() throws SQLException {
    assertThat(connection.isValid(5)).isTrue();
    assertThat(cluster.received(Ping.class)).hasSize(1);
    assertState(() -> connection.isValid(-1), "22023");
    connection.close();
    connection.close();
    assertThat(connection.isValid(5)).isFalse();
    assertState(connection::createStatement, "08003");
  }

  @Test
  void savepointsAreStepsOfTheTransaction() throws SQLException {
    assertState(connection::setSavepoint, "25P01");
    connection.setAutoCommit(false);
    Savepoint named = connection.setSavepoint("a \"b\"");
    Savepoint numbered = connection.setSavepoint();
    connection.rollback(named);
    connection.releaseSavepoint(numbered);
    assertState(() -> connection.releaseSavepoint(numbered), "3B001");
    connection.commit();
    assertState(() -> connection.rollback(named), "3B001");
    assertThat(cluster.applied())
        .containsExactly(
            "SAVEPOINT \"a \"\"b\"\"\"",
            "SAVEPOINT \"lockstep_2\"",
            "ROLLBACK TO \"a \"\"b\"\"\"",
            "RELEASE \"lockstep_2\"");
  }

  @Test
  void whatWouldChangeATransactionIsRefusedWhileItIsOpen() throws SQLException {
    assertState(connection::commit, "25P01");
    assertState(connection::rollback, "25P01");
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    connection.setReadOnly(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT 1");
      assertState(() -> connection.setReadOnly(true), "25001");
      assertState(
          () -> connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED), "25001");
    }
    connection.rollback();
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
  }

  @Test
  void aKindOfResultThatDoesNotExistIsReplacedWithAWarning() throws SQLException {
    try (Statement statement =
        connection.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
      assertThat(statement.getResultSetType()).isEqualTo(ResultSet.TYPE_SCROLL_INSENSITIVE);
      assertThat(statement.getResultSetConcurrency()).isEqualTo(ResultSet.CONCUR_UPDATABLE);
      assertThat(statement.getWarnings().getSQLState()).isEqualTo("01000");
    }
  }

  @Test
  void aResultIsScrolledOverItsBatches() throws SQLException {
    cluster.lay("SELECT 1", rows(10));
    try (Statement statement =
        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(3);
      assertThat((Object) statement.getWarnings()).isNull();
      ResultSet result = statement.executeQuery("SELECT 1");
      assertThat(result.getType()).isEqualTo(ResultSet.TYPE_SCROLL_INSENSITIVE);
      List<Integer> seen = new ArrayList<>();
      while (result.next()) {
        seen.add(result.getInt(1));
      }
      assertThat(seen).hasSize(10);
      assertThat(result.isAfterLast()).isTrue();
      for (int i = 9; i >= 0; i--) {
        assertThat(result.previous()).isTrue();
        assertThat(result.getRow()).isEqualTo(i + 1);
        assertThat(result.getInt(1)).isEqualTo(seen.get(i));
      }
      assertThat(result.isFirst()).isTrue();
      assertThat(result.previous()).isFalse();
      assertThat(result.isBeforeFirst()).isTrue();
      assertThat(result.absolute(7)).isTrue();
      assertThat(result.getInt(1)).isEqualTo(seen.get(6));
      assertThat(result.relative(-5)).isTrue();
      assertThat(result.getInt(1)).isEqualTo(seen.get(1));
      assertThat(result.relative(100)).isFalse();
      assertThat(result.relative(-1)).isTrue();
      assertThat(result.isLast()).isTrue();
      assertThat(result.absolute(-10)).isTrue();
      assertThat(result.isFirst()).isTrue();
      assertThat(result.absolute(-11)).isFalse();
      assertThat(result.isBeforeFirst()).isTrue();
      assertState(() -> result.getInt(1), "24000");
    }
  }

  @Test
  void theLastRowIsFoundWithoutSteppingThere() throws SQLException {
    cluster.lay("SELECT 1", rows(10));
    try (Statement statement =
        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(3);
      ResultSet result = statement.executeQuery("SELECT 1");
      assertThat(result.isBeforeFirst()).isTrue();
      assertThat(result.last()).isTrue();
      assertThat(result.getRow()).isEqualTo(10);
      assertThat(result.isLast()).isTrue();
      result.beforeFirst();
      assertThat(result.isBeforeFirst()).isTrue();
      result.afterLast();
      assertThat(result.isAfterLast()).isTrue();
      assertThat(result.next()).isFalse();
    }
  }

  @Test
  void anEmptyResultHasNoPlaces() throws SQLException {
    cluster.lay("SELECT 1", rows(0));
    try (Statement statement =
        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
      ResultSet result = statement.executeQuery("SELECT 1");
      assertThat(result.isBeforeFirst()).isFalse();
      assertThat(result.first()).isFalse();
      assertThat(result.last()).isFalse();
      assertThat(result.absolute(-1)).isFalse();
      assertThat(result.isAfterLast()).isFalse();
      assertThat(result.getRow()).isZero();
    }
  }

  @Test
  void aResultThatIsReadForwardIsNotScrolled() throws SQLException {
    cluster.lay("SELECT 1", rows(2));
    try (Statement statement = connection.createStatement()) {
      ResultSet result = statement.executeQuery("SELECT 1");
      assertState(result::previous, "24000");
      assertState(result::last, "24000");
      assertState(() -> result.absolute(1), "24000");
      assertThat(result.next()).isTrue();
    }
  }

  @Test
  void parametersAreCheckedBeforeAnythingIsSent() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("INSERT ?, ?")) {
      statement.setInt(1, 1);
      assertState(statement::executeUpdate, "07001");
      assertState(() -> statement.setInt(3, 1), "07009");
      assertState(() -> statement.setInt(0, 1), "07009");
      assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(2);
      assertState(() -> statement.executeUpdate("INSERT 1"), "HY000");
      assertThat(statement.getMetaData()).isNull();
    }
    assertThat(cluster.received(Execute.class)).isEmpty();
  }

  @Test
  void labelsAndNumbersOfColumnsAndParametersAskNobody() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
      statement.setInt(1, 1);
      try (ResultSet rows = statement.executeQuery()) {
        ResultSetMetaData columns = rows.getMetaData();
        assertThat(columns.getColumnCount()).isEqualTo(2);
        assertThat(columns.getColumnLabel(1)).isEqualTo("id");
        assertThat(columns.getColumnName(2)).isEqualTo("name");
        assertThat(columns.getTableName(1)).isEqualTo("t");
        assertThat(columns.getColumnType(1)).isEqualTo(Types.INTEGER);
        assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(1);
        assertThat(cluster.received(Describe.class)).isEmpty();

        for (int i = 0; i < 3; i++) {
          assertThat(columns.isAutoIncrement(1)).isTrue();
          assertThat(columns.isNullable(2)).isEqualTo(ResultSetMetaData.columnNullable);
        }
        assertThat(cluster.received(Describe.class)).hasSize(1);
      }
    }
  }

  @Test
  void whatIsNotSupportedSaysSoWithAStateThatPoolsDoNotEvictFor() throws SQLException {
    assertState(() -> connection.prepareCall("x"), "0AL01");
    assertState(() -> connection.createArrayOf("TEXT", new Object[0]), "0AL01");
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1")) {
      assertState(rows::moveToInsertRow, "0AL01");
      assertState(() -> rows.updateInt(1, 1), "0AL01");
    }
  }
}
