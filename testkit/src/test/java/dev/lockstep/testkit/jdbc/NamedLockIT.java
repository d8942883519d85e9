package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Named locks, and what programs do that bring their own locks, on three real nodes. */
final class NamedLockIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path directory;

  private static LocalCluster nodes;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(nodes.jdbcUrl() + "?failoverTimeout=60s");
  }

  private static long query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  private static int update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  /** The counter is read by one statement and written by another, which only the lock protects. */
  @Test
  void oneThreadAtATimeHasTheLockAlsoWhenTheLeaderIsKilled() throws Exception {
    int clients = 8;
    int rounds = 10;
    try (Connection connection = connect()) {
      update(connection, "CREATE TABLE counter(n INTEGER)");
      update(connection, "INSERT INTO counter VALUES (0)");
    }
    AtomicInteger inside = new AtomicInteger();
    CountDownLatch half = new CountDownLatch(clients * rounds / 2);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      tasks.add(
          () -> {
            try (Connection connection = connect()) {
              for (int round = 0; round < rounds; round++) {
                assertThat(query(connection, "SELECT lockstep_lock('counter', 600)")).isEqualTo(1);
                assertThat(inside.incrementAndGet()).isEqualTo(1);
                long n = query(connection, "SELECT n FROM counter");
                assertThat(update(connection, "UPDATE counter SET n = " + (n + 1))).isEqualTo(1);
                inside.decrementAndGet();
                half.countDown();
                assertThat(query(connection, "SELECT lockstep_unlock('counter')")).isEqualTo(1);
              }
            }
            return null;
          });
    }
    tasks.add(
        () -> {
          assertThat(half.await(2, TimeUnit.MINUTES)).isTrue();
          String leader = nodes.awaitLeader(PATIENCE);
          nodes.kill(leader);
          nodes.awaitLeader(PATIENCE);
          nodes.start(leader);
          return null;
        });
    Together.all(tasks);
    try (Connection connection = connect()) {
      assertThat(query(connection, "SELECT n FROM counter")).isEqualTo(clients * rounds);
    }
  }

  @Test
  void aLockIsGoneWithItsConnection() throws Exception {
    try (Connection second = connect()) {
      try (Connection first = connect()) {
        assertThat(query(first, "SELECT lockstep_lock('gone', 0)")).isEqualTo(1);
        assertThat(query(second, "SELECT lockstep_lock('gone', 0.2)")).isZero();
      }
      assertThat(query(second, "SELECT lockstep_lock('gone', 60)")).isEqualTo(1);
    }
  }

  @Test
  void locksAreTakenByParametersAndNotInsideATransaction() throws Exception {
    try (Connection connection = connect()) {
      try (PreparedStatement lock =
          connection.prepareStatement("SELECT lockstep_lock(?, ?) AS got")) {
        lock.setString(1, "parameter");
        lock.setInt(2, 5);
        try (ResultSet rows = lock.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt("got")).isEqualTo(1);
        }
      }
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> query(connection, "SELECT lockstep_lock('x', 0)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25001"));
      connection.rollback();
    }
  }

  /**
   * Hibernate's table generator: while the session's connection has written and not committed, a
   * second connection fetches the next id of the entity in a transaction of its own.
   */
  @Test
  void idsFromATableAreFetchedWhileAnotherConnectionHasOpenWrites() throws Exception {
    int clients = 4;
    int units = 10;
    try (Connection connection = connect()) {
      update(connection, "CREATE TABLE author(entity TEXT, id INTEGER, PRIMARY KEY (entity, id))");
      update(connection, "CREATE TABLE hibernate_sequences(name TEXT PRIMARY KEY, next_val INT)");
      for (int i = 0; i < clients; i++) {
        update(connection, "INSERT INTO hibernate_sequences VALUES ('entity" + i + "', 1)");
      }
    }
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      String entity = "entity" + i;
      tasks.add(
          () -> {
            try (Connection session = connect();
                Connection generator = connect()) {
              for (int unit = 0; unit < units; unit++) {
                session.setAutoCommit(false);
                insert(session, entity, nextId(generator, entity));
                insert(session, entity, nextId(generator, entity));
                session.commit();
                session.setAutoCommit(true);
              }
            }
            return null;
          });
    }
    Together.all(tasks);
    try (Connection connection = connect()) {
      int rows = 2 * clients * units;
      assertThat(query(connection, "SELECT count(*) FROM author")).isEqualTo(rows);
      assertThat(query(connection, "SELECT sum(next_val - 1) FROM hibernate_sequences"))
          .isEqualTo(rows);
    }
  }

  private static void insert(Connection session, String entity, long id) throws SQLException {
    try (PreparedStatement insert =
        session.prepareStatement("insert into author (entity, id) values (?, ?)")) {
      insert.setString(1, entity);
      insert.setLong(2, id);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
  }

  /** As {@code org.hibernate.id.enhanced.TableGenerator}: until the row is still as it was read. */
  private static long nextId(Connection connection, String entity) throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement select =
            connection.prepareStatement(
                "select tbl.next_val from hibernate_sequences tbl where tbl.name=?");
        PreparedStatement update =
            connection.prepareStatement(
                "update hibernate_sequences set next_val=? where next_val=? and name=?")) {
      long value;
      int updated;
      do {
        select.setString(1, entity);
        try (ResultSet rows = select.executeQuery()) {
          assertThat(rows.next()).isTrue();
          value = rows.getLong(1);
        }
        update.setLong(1, value + 1);
        update.setLong(2, value);
        update.setString(3, entity);
        updated = update.executeUpdate();
      } while (updated == 0);
      connection.commit();
      return value;
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
