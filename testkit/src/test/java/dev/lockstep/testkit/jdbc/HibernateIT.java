package dev.lockstep.testkit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.hibernate.LockstepDialect;
import dev.lockstep.server.node.NodeStartException;
import dev.lockstep.testkit.LocalCluster;
import dev.lockstep.testkit.jdbc.HibernateEntities.Account;
import dev.lockstep.testkit.jdbc.HibernateEntities.Event;
import dev.lockstep.testkit.jdbc.HibernateEntities.Invoice;
import dev.lockstep.testkit.jdbc.HibernateEntities.Kind;
import dev.lockstep.testkit.jdbc.HibernateEntities.Line;
import dev.lockstep.testkit.jdbc.HibernateEntities.Sample;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hibernate.Hibernate;
import org.hibernate.LazyInitializationException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hibernate with Lockstep's dialect, and a pool, on three real nodes. */
final class HibernateIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path directory;

  private static LocalCluster nodes;

  private HikariDataSource pool;
  private SessionFactory sessions;

  @BeforeAll
  static void startNodes() throws Exception {
    nodes = LocalCluster.start(directory, 3);
    nodes.awaitLeader(PATIENCE);
  }

  @AfterAll
  static void stopNodes() {
    nodes.close();
  }

  /** With all tables made anew. */
  @BeforeEach
  void open() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(nodes.jdbcUrl() + "?failoverTimeout=60s");
    config.setMaximumPoolSize(10);
    pool = new HikariDataSource(config);
    sessions = sessions("create");
  }

  @AfterEach
  void close() {
    if (sessions != null) {
      sessions.close();
    }
    pool.close();
  }

  private SessionFactory sessions(String definitions) {
    Configuration configuration = new Configuration();
    List.of(Account.class, Invoice.class, Line.class, Sample.class, Event.class)
        .forEach(configuration::addAnnotatedClass);
    return configuration.buildSessionFactory(
        new StandardServiceRegistryBuilder()
            .applySetting("hibernate.connection.datasource", pool)
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
    assertThat(sessions.unwrap(SessionFactoryImplementor.class).getJdbcServices().getDialect())
        .isInstanceOf(LockstepDialect.class);
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

  @Test
  void aCollectionIsLoadedWhenItIsReadFromTheNextLeaderToo() {
    Account account = new Account("ann", 0);
    Invoice invoice = new Invoice(account);
    invoice.add("first");
    invoice.add("second");
    inTransaction(
        session -> {
          session.persist(account);
          session.persist(invoice);
        });
    inTransaction(
        session -> {
          Invoice found = session.find(Invoice.class, invoice.id);
          assertThat(Hibernate.isInitialized(found.lines)).isFalse();
          replaceLeader();
          assertThat(found.lines).extracting(line -> line.text).containsExactly("first", "second");
          found.account.balance = 7;
        });
    assertThat(number("select a.balance from Account a")).isEqualTo(7);
    Invoice detached = sessions.fromSession(session -> session.find(Invoice.class, invoice.id));
    assertThatThrownBy(() -> detached.lines.size()).isInstanceOf(LazyInitializationException.class);
  }

  /** Kills it and starts it again as soon as there is another one. */
  private void replaceLeader() {
    String leader = nodes.awaitLeader(PATIENCE);
    nodes.kill(leader);
    nodes.awaitLeader(PATIENCE);
    try {
      nodes.start(leader);
    } catch (NodeStartException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The dialect's lock is a plain read, and whatever was read must be the same at the commit. */
  @Test
  void whoseReadsHaveChangedGets40001() {
    Account account = new Account("ann", 1);
    inTransaction(session -> session.persist(account));
    assertThatThrownBy(
            () ->
                inTransaction(
                    session -> {
                      Account found =
                          session.find(Account.class, account.id, LockModeType.PESSIMISTIC_WRITE);
                      update("UPDATE Account SET balance = 5");
                      found.ordinal++;
                    }))
        .isInstanceOf(OptimisticLockException.class)
        .matches(HibernateIT::isSerializationFailure);
    assertThat(number("select a.balance from Account a where a.ordinal = 0")).isEqualTo(5);
  }

  private void update(String sql) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void underPessimisticLocksNoUpdateIsLost() throws Exception {
    Account account = new Account("ann", 0);
    inTransaction(session -> session.persist(account));
    int clients = 3;
    int updates = 10;
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      tasks.add(
          () -> {
            for (int i = 0; i < updates; i++) {
              retrying(
                  () ->
                      inTransaction(
                          session ->
                              session.find(
                                      Account.class, account.id, LockModeType.PESSIMISTIC_WRITE)
                                  .balance++));
            }
            return null;
          });
    }
    Together.all(tasks);
    assertThat(number("select a.balance from Account a")).isEqualTo(clients * updates);
    assertThat(number("select sum(a.version) from Account a")).isEqualTo(clients * updates);
    inTransaction(
        session ->
            session.find(Account.class, account.id, LockModeType.PESSIMISTIC_FORCE_INCREMENT));
    assertThat(number("select sum(a.version) from Account a")).isEqualTo(clients * updates + 1);
  }

  /** Nobody tries anything again: blocks of ids are taken in autocommit mode. */
  @Test
  void severalApplicationsTakeIdsOfOneTableOverTheLossOfALeader() throws Exception {
    int applications = 3;
    int transactions = 10;
    int events = 60;
    CountDownLatch third = new CountDownLatch(applications * transactions / 3);
    List<SessionFactory> factories = new ArrayList<>();
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < applications; i++) {
        SessionFactory factory = sessions("none");
        factories.add(factory);
        tasks.add(
            () -> {
              for (int n = 0; n < transactions; n++) {
                factory.inTransaction(
                    session -> {
                      for (int k = 0; k < events; k++) {
                        session.persist(new Event());
                      }
                    });
                third.countDown();
              }
              return null;
            });
      }
      tasks.add(
          () -> {
            assertThat(third.await(2, TimeUnit.MINUTES)).isTrue();
            replaceLeader();
            return null;
          });
      Together.all(tasks);
    } finally {
      factories.forEach(SessionFactory::close);
    }
    assertThat(number("select count(*) from Event"))
        .isEqualTo((long) applications * transactions * events);
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
          replaceLeader();
          return null;
        });
    Together.all(tasks);
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
}
