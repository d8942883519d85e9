package dev.lockstep.testkit.libraries;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a library that sits on JDBC must be able to do, on a pool and three nodes. */
abstract class SqlLibraryContract {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int WRITERS = 4;
  private static final int WRITES = 50;
  private static final int ATTEMPTS_MAX = 100;

  @TempDir private Path directory;
  private LocalCluster nodes;
  private HikariDataSource pool;
  private SqlLibrary library;

  abstract SqlLibrary open(DataSource pool);

  @BeforeEach
  void start() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(nodes.jdbcUrl() + "?failoverTimeout=60s");
    pool = new HikariDataSource(config);
    execute(Person.TABLE);
    library = open(pool);
  }

  @AfterEach
  void stop() {
    pool.close();
    nodes.close();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void rowsAreStoredReadChangedAndDeleted() {
    Person person = Person.named("Ann");
    long id = library.insert(person);
    assertThat(library.find(id)).contains(person.withId(id));

    assertThat(library.rename(id, "Anna")).isEqualTo(1);
    assertThat(library.find(id).orElseThrow().name()).isEqualTo("Anna");
    assertThat(library.delete(id)).isEqualTo(1);
    assertThat(library.find(id)).isEmpty();
    assertThat(library.delete(id)).isZero();

    Person sparse = new Person(null, "Bob", null, null, null, false, -0.5, null);
    long other = library.insert(sparse);
    assertThat(library.find(other)).contains(sparse.withId(other));
  }

  @Test
  void batchesAreStored() {
    library.insertAll(
        IntStream.range(0, 1_000).mapToObj(i -> Person.named("name %03d".formatted(i))).toList());
    assertThat(library.names()).hasSize(1_000).startsWith("name 000").endsWith("name 999");
  }

  @Test
  void theDatabaseGivesTheKeysOfAllRowsThatAreStoredAtOnce() {
    List<Person> people =
        IntStream.range(0, 100).mapToObj(i -> Person.named("name %02d".formatted(i))).toList();
    List<Long> ids = library.insertAllForIds(people);
    assertThat(ids).hasSize(people.size()).doesNotContainNull().doesNotHaveDuplicates();
    for (int i = 0; i < people.size(); i += 33) {
      assertThat(library.find(ids.get(i))).contains(people.get(i).withId(ids.get(i)));
    }
  }

  /** A node has more to give while the first rows are read: they are not all here. */
  @Test
  void manyRowsAreReadOneAfterAnother() throws Exception {
    int rows = 50_000;
    execute(
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
        INSERT INTO person (name, active, score) SELECT printf('%%06d', i), TRUE, 0 FROM n\
        """
            .formatted(rows));
    List<String> names = new ArrayList<>();
    library.eachName(
        name -> {
          if (names.isEmpty()) {
            assertThat(openCursors()).isEqualTo(1);
          }
          names.add(name);
        });
    assertThat(names).hasSize(rows).startsWith("000001").endsWith("050000");
    assertThat(openCursors()).isZero();
  }

  private int openCursors() {
    return nodes.running().stream()
        .mapToInt(id -> Integer.parseInt(nodes.status(id).values().get("cursors")))
        .sum();
  }

  @Test
  void transactionsAreCommittedOrRolledBack() {
    library.transaction(
        inside -> {
          long id = inside.insert(Person.named("kept"));
          assertThat(inside.find(id)).isPresent();
          inside.undone(nested -> nested.insert(Person.named("undone")));
          inside.insert(Person.named("kept too"));
        });
    assertThatThrownBy(
            () ->
                library.transaction(
                    inside -> {
                      inside.insert(Person.named("lost"));
                      throw new IllegalStateException("changed my mind");
                    }))
        .hasStackTraceContaining("changed my mind");
    assertThat(library.names()).containsExactly("kept", "kept too");
  }

  @Test
  void violationsKeepTheirSqlState() {
    library.insert(Person.named("Ann"));
    assertThatThrownBy(() -> library.insert(Person.named("Ann")))
        .satisfies(e -> assertThat(sqlState(e)).isEqualTo("23505"))
        .matches(library::isDuplicateKey, "is the library's own exception of a duplicate key");
    assertThatThrownBy(() -> library.insertAll(List.of(Person.named("Bob"), Person.named("Ann"))))
        .satisfies(e -> assertThat(sqlState(e)).isEqualTo("23505"));
    assertThat(library.names()).containsExactly("Ann");
  }

  @Test
  void transactionThatIsLostMayBeRunAgain() {
    long id = library.insert(Person.named("0"));
    List<Integer> attempts = new ArrayList<>();
    repeated(
        inside -> {
          String name = inside.find(id).orElseThrow().name();
          if (attempts.isEmpty()) {
            // On another thread, as some libraries give a thread the connection it has already.
            assertThat(supplyAsync(() -> library.rename(id, "10")).join()).isEqualTo(1);
          }
          attempts.add(1);
          inside.rename(id, name + 1);
        });
    assertThat(attempts).hasSize(2);
    assertThat(library.find(id).orElseThrow().name()).isEqualTo("101");
  }

  /** As the README has it. */
  private void repeated(Consumer<SqlLibrary> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        library.transaction(work);
        return;
      } catch (Exception e) {
        // Also the SQLException of a library for Kotlin, which knows no checked exceptions.
        if (!"40001".equals(sqlState(e)) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static String sqlState(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException e) {
        return e.getSQLState();
      }
    }
    return null;
  }

  @Test
  void lostLeaderLosesAndDoublesNothing() throws Exception {
    Set<String> written = new ConcurrentSkipListSet<>();
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        String prefix = "w" + writer + ".";
        running.add(writers.submit(() -> write(prefix, written)));
      }
      await().atMost(PATIENCE).until(() -> written.size() > WRITES / 2);
      nodes.kill(nodes.awaitLeader(PATIENCE));
      for (Future<?> each : running) {
        each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(library.names()).containsExactlyElementsOf(written).hasSize(2 * WRITERS * WRITES);
  }

  private void write(String prefix, Set<String> written) {
    for (int i = 0; i < WRITES; i++) {
      String name = prefix + i;
      repeated(
          inside -> {
            inside.insert(Person.named(name));
            inside.insert(Person.named(name + "."));
          });
      written.add(name);
      written.add(name + ".");
    }
  }
}
