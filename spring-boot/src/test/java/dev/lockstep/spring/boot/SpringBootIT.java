package dev.lockstep.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.testkit.LocalCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Sort;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An application of Spring Boot on three nodes, with nothing but the URL in its settings. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SpringBootIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int INSTANCES = 3;

  @TempDir static Path directory;
  private static LocalCluster cluster;
  private static final List<ConfigurableApplicationContext> INSTANCES_UP = new ArrayList<>();

  /** The instances are started at once, and each migrates. */
  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start(directory, 3);
    cluster.awaitLeader(PATIENCE);
    ExecutorService executor = Executors.newFixedThreadPool(INSTANCES);
    try {
      List<Future<ConfigurableApplicationContext>> starting =
          IntStream.range(0, INSTANCES)
              .mapToObj(i -> executor.submit(SpringBootIT::instance))
              .toList();
      for (Future<ConfigurableApplicationContext> each : starting) {
        INSTANCES_UP.add(each.get());
      }
    } finally {
      executor.shutdown();
    }
  }

  private static ConfigurableApplicationContext instance() {
    return new SpringApplicationBuilder(Shop.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.datasource.url=" + cluster.jdbcUrl(),
            "spring.main.banner-mode=off",
            "spring.jpa.hibernate.ddl-auto=validate",
            "spring.jpa.open-in-view=false",
            "spring.main.register-shutdown-hook=false",
            "spring.jmx.enabled=false")
        .run();
  }

  @AfterAll
  static void stop() {
    INSTANCES_UP.forEach(ConfigurableApplicationContext::close);
    cluster.close();
  }

  private static <T> T bean(Class<T> type) {
    return INSTANCES_UP.get(0).getBean(type);
  }

  @Test
  @Order(1)
  void instancesThatMigrateAtOnceRunEachMigrationOnce() {
    assertThat(
            bean(JdbcClient.class)
                .sql("SELECT version FROM flyway_schema_history ORDER BY installed_rank")
                .query(String.class)
                .list())
        .containsExactly("1", "2");
  }

  @Test
  @Order(2)
  void exceptionsAreTranslated() {
    JdbcClient jdbc = bean(JdbcClient.class);
    assertThatThrownBy(() -> jdbc.sql("INSERT INTO counter VALUES (1, 1)").update())
        .isInstanceOf(DuplicateKeyException.class);
    assertThatThrownBy(() -> jdbc.sql("INSERT INTO counter VALUES (2, NULL)").update())
        .isInstanceOf(DataIntegrityViolationException.class)
        .isNotInstanceOf(DuplicateKeyException.class);
    assertThatThrownBy(() -> jdbc.sql("SELECT * FROM nothing").query().listOfRows())
        .isInstanceOf(BadSqlGrammarException.class);
  }

  @Test
  @Order(2)
  void jpaStoresEntities() {
    Artists artists = bean(Artists.class);
    Artist stored = artists.save(new Artist("Queen", 1));
    artists.saveAll(List.of(new Artist("Rush", 2), new Artist("U2", 3)));

    Artist found = artists.findByName("Queen").orElseThrow();
    assertThat(found.id).isEqualTo(stored.id).isNotNull();
    assertThat(artists.findAll(PageRequest.of(1, 2, Sort.by("name"))).getContent())
        .extracting(artist -> artist.name)
        .containsExactly("U2");

    Artist stale = artists.findByName("Queen").orElseThrow();
    found.fame = 7;
    artists.save(found);
    stale.fame = 8;
    assertThatThrownBy(() -> artists.save(stale))
        .isInstanceOf(OptimisticLockingFailureException.class);
    assertThatThrownBy(() -> artists.save(new Artist("Queen", 9)))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  @Order(2)
  void springDataJdbcStoresAggregates() {
    Albums albums = bean(Albums.class);
    Album stored = albums.save(Album.titled("Nevermind"));

    assertThat(albums.findById(stored.id())).contains(stored);
    List<Album> more =
        albums.saveAll(IntStream.range(0, 5).mapToObj(i -> Album.titled("more " + i)).toList());
    assertThat(more).extracting(Album::id).doesNotContainNull().doesNotHaveDuplicates();
    assertThat(
            albums
                .findByAvailable(true, PageRequest.of(1, 4, Sort.by("title").descending()))
                .getContent())
        .extracting(Album::title)
        .containsExactly("more 0", "Nevermind");
    Album renamed = albums.save(stored.renamed("In Utero"));
    assertThat(albums.findByTitle("In Utero")).containsExactly(renamed);
    assertThat(albums.existsById(stored.id())).isTrue();
    albums.delete(renamed);
    assertThat(albums.existsById(stored.id())).isFalse();
    assertThat(albums.count()).isEqualTo(5);
  }

  /** What another connection of the same pool has written, too. */
  @Test
  @Order(2)
  void readOnlyTransactionsReadAtFollowersWhatTheApplicationHasWritten() {
    Counters counters = bean(Counters.class);
    int before = counters.read().n();
    for (int i = 1; i <= 30; i++) {
      counters.increment(() -> {});
      Counters.Reading reading = counters.read();
      assertThat(reading.n()).isEqualTo(before + i);
      assertThat(reading.role()).isEqualTo("follower");
    }
  }

  @Test
  @Order(2)
  void transactionThatIsLostIsRunAgain() throws Exception {
    Counters counters = bean(Counters.class);
    int before = counters.read().n();
    int attempts = counters.attempts();
    try (Connection other = DriverManager.getConnection(cluster.jdbcUrl());
        Statement statement = other.createStatement()) {
      counters.increment(
          () -> {
            if (counters.attempts() == attempts + 1) {
              update(statement);
            }
          });
    }
    assertThat(counters.attempts() - attempts).isGreaterThan(1);
    assertThat(counters.read().n()).isEqualTo(before + 11);
  }

  private static void update(Statement statement) {
    try {
      statement.executeUpdate("UPDATE counter SET n = n + 10 WHERE id = 1");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(3)
  void lostLeaderIsAPause() throws Exception {
    Counters counters = bean(Counters.class);
    ConcurrentSkipListSet<String> entered = new ConcurrentSkipListSet<>();
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        String name = "w" + writer + "-";
        writers.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < 100; i++) {
                    counters.enter(name + i);
                    entered.add(name + i);
                  }
                }));
      }
      await().atMost(PATIENCE).until(() -> entered.size() > 40);
      cluster.kill(cluster.awaitLeader(PATIENCE));
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(counters.entries()).containsExactlyElementsOf(entered).hasSize(400);
  }

  @Test
  @Order(4)
  void healthTellsOfTheNodes() {
    HealthIndicator indicator =
        INSTANCES_UP.get(0).getBean("lockstepHealthIndicator", HealthIndicator.class);
    Health health = indicator.health();
    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails().get("nodes").toString())
        .contains("leader", "follower", "unreachable");
    Map<?, ?> nodes = (Map<?, ?>) health.getDetails().get("nodes");
    assertThat(nodes).hasSize(3);
  }
}
