package dev.lockstep.testkit.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.hibernate.LockstepDialect;
import dev.lockstep.testkit.hibernate.HibernateEntities.Account;
import dev.lockstep.testkit.hibernate.HibernateEntities.Invoice;
import dev.lockstep.testkit.hibernate.HibernateEntities.Kind;
import dev.lockstep.testkit.hibernate.HibernateEntities.Sample;
import dev.lockstep.testkit.jdbc.Together;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.hibernate.Hibernate;
import org.hibernate.LazyInitializationException;
import org.hibernate.Session;
import org.hibernate.Version;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.Test;

/** Entities, transactions and locks. */
final class HibernateIT extends HibernateOnNodes {
  @Test
  void theVersionIsTheOneThatIsMeant() {
    assertThat(Version.getVersionString())
        .startsWith(System.getProperty("hibernate.expected", "6.6."));
  }

  @Test
  void whatCreateHasMadeIsValid() {
    assertThat(sessions.unwrap(SessionFactoryImplementor.class).getJdbcServices().getDialect())
        .isInstanceOf(LockstepDialect.class);
    sessions.close();
    sessions = sessions("validate", pool);
    assertThat(number("select count(*) from Account")).isZero();
    sessions.close();
    sessions = sessions("update", pool);
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

  /**
   * Hibernate 6 says that it was an optimistic lock, Hibernate 7 that it was a pessimistic one. The
   * dialect's lock is a plain read, and whatever was read must be the same at the commit.
   */
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
        .isInstanceOfAny(OptimisticLockException.class, PessimisticLockException.class)
        .matches(HibernateOnNodes::isSerializationFailure);
    assertThat(number("select a.balance from Account a where a.ordinal = 0")).isEqualTo(5);
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
}
