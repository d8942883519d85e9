package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.testkit.LocalCluster;
import dev.lockstep.testkit.jdbc.HibernateEntities.Account;
import dev.lockstep.testkit.jdbc.HibernateEntities.Invoice;
import dev.lockstep.testkit.jdbc.HibernateEntities.Kind;
import dev.lockstep.testkit.jdbc.HibernateEntities.Line;
import dev.lockstep.testkit.jdbc.HibernateEntities.Sample;
import jakarta.persistence.OptimisticLockException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.hibernate.community.dialect.SQLiteDialect;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hibernate with its community's dialect of SQLite, and a pool, on three real nodes. */
final class HibernateIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private LocalCluster nodes;
  private HikariDataSource pool;
  private SessionFactory sessions;

  @BeforeEach
  void start() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(nodes.jdbcUrl() + "?failoverTimeout=60s");
    config.setMaximumPoolSize(10);
    pool = new HikariDataSource(config);
    sessions = sessions("create");
  }

  @AfterEach
  void stop() {
    try {
      if (sessions != null) {
        sessions.close();
      }
      if (pool != null) {
        pool.close();
      }
    } finally {
      nodes.close();
    }
  }

  private SessionFactory sessions(String definitions) {
    Configuration configuration = new Configuration();
    List.of(Account.class, Invoice.class, Line.class, Sample.class)
        .forEach(configuration::addAnnotatedClass);
    return configuration.buildSessionFactory(
        new StandardServiceRegistryBuilder()
            .applySetting("hibernate.connection.datasource", pool)
            .applySetting("hibernate.dialect", SQLiteDialect.class.getName())
            .applySetting("hibernate.hbm2ddl.auto", definitions)
            .applySetting("hibernate.jdbc.batch_size", "50")
            .applySetting("hibernate.order_inserts", "true")
            .build());
  }

  private void inTransaction(Consumer<Session> work) {
    sessions.inTransaction(work::accept);
  }

  private long number(String query) {
    return sessions.fromSession(
        session -> session.createSelectionQuery(query, Long.class).getSingleResult());
  }

  @Test
  void whatCreateHasMadeIsValid() {
    sessions.close();
    sessions = sessions("validate");
    assertThat(number("select count(*) from Account")).isZero();
    sessions.close();
    sessions = sessions("update");
    assertThat(number("select count(*) from Account")).isZero();
  }

  @Test
  void idsAreThoseOfTheDatabase() {
    List<Long> ids = new ArrayList<>();
    for (String name : List.of("ann", "bob", "cid")) {
      Account account = new Account(name, 1);
      inTransaction(session -> session.persist(account));
      ids.add(account.id);
    }
    assertThat(ids).doesNotContainNull().doesNotHaveDuplicates();
    inTransaction(
        session -> assertThat(session.find(Account.class, ids.get(1)).name).isEqualTo("bob"));
  }

  @Test
  void valuesComeBackAsTheyWereStored() {
    Sample sample = new Sample();
    sample.id = UUID.randomUUID();
    sample.price = new BigDecimal("12345678.90");
    sample.active = true;
    sample.count = -7;
    sample.ratio = 0.1;
    sample.day = LocalDate.of(2024, 2, 29);
    sample.moment = LocalDateTime.of(2024, 12, 31, 23, 59, 59, 123_456_000);
    sample.instant = Instant.parse("2024-12-31T23:59:59.123456Z");
    sample.bytes = new byte[] {0, -1, 127};
    sample.text = "long".repeat(10_000);
    sample.kind = Kind.BUSINESS;
    inTransaction(session -> session.persist(sample));
    inTransaction(
        session ->
            assertThat(session.find(Sample.class, sample.id))
                .usingRecursiveComparison()
                .isEqualTo(sample));
    Sample empty = new Sample();
    empty.id = UUID.randomUUID();
    inTransaction(session -> session.persist(empty));
    inTransaction(
        session ->
            assertThat(session.find(Sample.class, empty.id))
                .usingRecursiveComparison()
                .isEqualTo(empty));
    assertThat(
            sessions.<Long>fromSession(
                session ->
                    session
                        .createSelectionQuery(
                            "select count(*) from Sample s where s.day = :day and s.moment <="
                                + " :moment and s.active and s.price > 12345678.89 and s.kind ="
                                + " :kind",
                            Long.class)
                        .setParameter("day", sample.day)
                        .setParameter("moment", sample.moment)
                        .setParameter("kind", sample.kind)
                        .getSingleResult()))
        .isEqualTo(1);
  }

  @Test
  void batchesAreInsertedWithIdsOfTheTable() {
    int invoices = 120;
    Account account = new Account("ann", 0);
    inTransaction(
        session -> {
          session.persist(account);
          for (int i = 0; i < invoices; i++) {
            Invoice invoice = new Invoice(account);
            invoice.add("first");
            invoice.add("second");
            session.persist(invoice);
          }
        });
    assertThat(number("select count(distinct i.id) from Invoice i")).isEqualTo(invoices);
    assertThat(number("select count(distinct l.id) from InvoiceLine l")).isEqualTo(2L * invoices);
    assertThat(number("select count(*) from Invoice i join i.lines l where i.account.name = 'ann'"))
        .isEqualTo(2L * invoices);
  }

  @Test
  void theLaterOfTwoUpdatesOfTheSameVersionIsRefused() {
    Account account = new Account("ann", 1);
    inTransaction(session -> session.persist(account));
    Account stale = sessions.fromSession(session -> session.find(Account.class, account.id));
    inTransaction(session -> session.find(Account.class, account.id).balance = 2);
    stale.balance = 3;
    assertThatThrownBy(() -> inTransaction(session -> session.merge(stale)))
        .isInstanceOf(OptimisticLockException.class);
    assertThat(number("select a.balance from Account a")).isEqualTo(2);
  }

  @Test
  void aBrokenConstraintIsNamedAndTheTransactionRolledBack() {
    inTransaction(session -> session.persist(new Account("ann", 1)));
    assertThatThrownBy(
            () ->
                inTransaction(
                    session -> {
                      session.persist(new Account("bob", 1));
                      session.persist(new Account("ann", 2));
                    }))
        .isInstanceOfSatisfying(
            ConstraintViolationException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("23505");
              assertThat(e.getConstraintName()).endsWith("Account.name");
            });
    assertThat(number("select count(*) from Account")).isEqualTo(1);
  }

  /** Several clients move money; each transaction counts itself on both of its accounts. */
  @Test
  void transactionsGoOnOverTheLossOfALeader() throws Exception {
    int clients = 3;
    int transfers = 30;
    List<Long> ids = new ArrayList<>();
    for (String name : List.of("ann", "bob", "cid")) {
      Account account = new Account(name, 1_000);
      inTransaction(session -> session.persist(account));
      ids.add(account.id);
    }
    CountDownLatch third = new CountDownLatch(clients * transfers / 3);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      long from = ids.get(client);
      long to = ids.get((client + 1) % clients);
      tasks.add(
          () -> {
            for (int i = 0; i < transfers; i++) {
              retrying(() -> inTransaction(session -> transfer(session, from, to)));
              third.countDown();
            }
            return null;
          });
    }
    tasks.add(
        () -> {
          assertThat(third.await(2, TimeUnit.MINUTES)).isTrue();
          String leader = nodes.awaitLeader(PATIENCE);
          nodes.kill(leader);
          nodes.awaitLeader(PATIENCE);
          nodes.start(leader);
          return null;
        });
    all(tasks);
    assertThat(number("select sum(a.balance) from Account a")).isEqualTo(3_000);
    assertThat(number("select sum(a.ordinal) from Account a")).isEqualTo(2L * clients * transfers);
    assertThat(number("select sum(a.version) from Account a")).isEqualTo(2L * clients * transfers);
    assertThat(number("select count(*) from Invoice i join i.lines"))
        .isEqualTo((long) clients * transfers);
  }

  private static void transfer(Session session, long from, long to) {
    Account source = session.find(Account.class, from);
    Account target = session.find(Account.class, to);
    source.balance--;
    source.ordinal++;
    target.balance++;
    target.ordinal++;
    Invoice invoice = new Invoice(source);
    invoice.add("transfer");
    session.persist(invoice);
  }

  /** As applications do: again after 40001, and after a stale version, whatever wraps them. */
  private static void retrying(Runnable transaction) {
    while (true) {
      try {
        transaction.run();
        return;
      } catch (RuntimeException e) {
        if (!(e instanceof OptimisticLockException) && !isSerializationFailure(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean isSerializationFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return "40001".equals(sql.getSQLState());
      }
    }
    return false;
  }

  private static void all(List<Callable<Void>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<Void>> results = new ArrayList<>();
      tasks.forEach(task -> results.add(threads.submit(task)));
      for (Future<Void> result : results) {
        result.get(5, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
