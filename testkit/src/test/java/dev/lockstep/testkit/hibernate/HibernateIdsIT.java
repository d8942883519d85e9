package dev.lockstep.testkit.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.testkit.hibernate.HibernateEntities.Account;
import dev.lockstep.testkit.hibernate.HibernateEntities.Event;
import dev.lockstep.testkit.hibernate.HibernateEntities.Page;
import dev.lockstep.testkit.hibernate.HibernateEntities.Ticket;
import dev.lockstep.testkit.jdbc.Together;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that Hibernate takes from tables before it writes the rows. */
final class HibernateIdsIT extends HibernateOnNodes {
  private static final String QUEUED = "&transactionMode=queued";
  private static final String OPTIMISTIC = "&transactionMode=optimistic";

  /** What applications map, unchanged. */
  private static void persistAll(SessionFactory factory, ConcurrentLinkedQueue<Object> ids) {
    List<Object> persisted = new ArrayList<>();
    factory.inTransaction(
        session -> {
          for (int i = 0; i < 60; i++) {
            Event event = new Event();
            session.persist(event);
            persisted.add("event " + event.id);
          }
          for (int i = 0; i < 3; i++) {
            Ticket ticket = new Ticket();
            session.persist(ticket);
            persisted.add("ticket " + ticket.id);
            Page page = new Page("Moby-Dick");
            session.persist(page);
            persisted.add("page " + page.number);
          }
        });
    ids.addAll(persisted);
  }

  /** Nobody tries anything again. */
  @ParameterizedTest
  @ValueSource(strings = {QUEUED, OPTIMISTIC})
  void severalApplicationsTakeIdsAtOnceOverTheLossOfALeader(String mode) throws Exception {
    int applications = 4;
    int transactions = 10;
    ConcurrentLinkedQueue<Object> ids = new ConcurrentLinkedQueue<>();
    CountDownLatch third = new CountDownLatch(applications * transactions / 3);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < applications; i++) {
      tasks.add(
          () -> {
            try (HikariDataSource own = pool(mode);
                SessionFactory factory = sessions("none", own)) {
              for (int n = 0; n < transactions; n++) {
                persistAll(factory, ids);
                third.countDown();
              }
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
    assertThat(ids).hasSize(applications * transactions * 66).doesNotHaveDuplicates();
    assertThat(number("select count(*) from Event")).isEqualTo(applications * transactions * 60L);
    assertThat(number("select count(*) from Page")).isEqualTo(applications * transactions * 3L);
  }

  /** The transaction has the turn all the time: nothing has to be lent, and nobody waits. */
  @Test
  void aBlockIsTakenWhileTheTransactionHasItsTurn() {
    inTransaction(
        session -> {
          session.persist(new Account("ann", 1));
          session.flush();
          long lent = ofLeader("transactions.turnsLent");
          for (int i = 0; i < 200; i++) {
            session.persist(new Event());
            session.persist(new Ticket());
          }
          assertThat(ofLeader("transactions.turnsLent")).isEqualTo(lent);
        });
    assertThat(number("select count(*) from Event")).isEqualTo(200);
  }

  private static long ofLeader(String name) {
    return Long.parseLong(nodes.status(nodes.awaitLeader(PATIENCE)).values().get(name));
  }

  @Test
  void idsOfATransactionThatIsRolledBackAreNotGivenAgain() {
    Set<Long> lost = new HashSet<>();
    assertThatThrownBy(
            () ->
                inTransaction(
                    session -> {
                      for (int i = 0; i < 120; i++) {
                        Event event = new Event();
                        session.persist(event);
                        lost.add(event.id);
                      }
                      session.flush();
                      throw new IllegalStateException("changed my mind");
                    }))
        .hasMessage("changed my mind");
    try (SessionFactory other = sessions("none", pool)) {
      for (SessionFactory factory : List.of(sessions, other)) {
        Event event = new Event();
        factory.inTransaction(session -> session.persist(event));
        assertThat(lost).hasSize(120).doesNotContain(event.id);
      }
    }
  }

  /** A block of such a connection would be given back with it. */
  @Test
  void aPoolMayGiveConnectionsWithoutAutocommit() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(nodes.jdbcUrl());
    config.setAutoCommit(false);
    try (HikariDataSource without = new HikariDataSource(config)) {
      for (int i = 0; i < 3; i++) {
        try (SessionFactory factory = sessions("none", without)) {
          factory.inTransaction(session -> session.persist(new Event()));
        }
      }
    }
    assertThat(number("select count(*) from Event")).isEqualTo(3);
  }

  @Test
  void blocksAreThoseOfTheMapping() {
    List<Long> events = new ArrayList<>();
    List<Integer> tickets = new ArrayList<>();
    inTransaction(
        session -> {
          for (int i = 0; i < 120; i++) {
            Event event = new Event();
            session.persist(event);
            events.add(event.id);
          }
          for (int i = 0; i < 3; i++) {
            Ticket ticket = new Ticket();
            session.persist(ticket);
            tickets.add(ticket.id);
          }
        });
    assertThat(events).containsExactlyElementsOf(LongStream.rangeClosed(1, 120).boxed().toList());
    assertThat(tickets).containsExactly(1_000, 1_001, 1_002);
    // Hibernate's first block is the id 1 alone; the third of 50, 102 to 151, is begun.
    try (SessionFactory other = sessions("none", pool)) {
      Event event = new Event();
      other.inTransaction(session -> session.persist(event));
      assertThat(event.id).isEqualTo(152);
    }
  }

  /** Tables that a migration has made, or another version of the application. */
  @Test
  void theTablesMayBeThereAlready() {
    update("DROP TABLE ticket_numbers");
    update("DROP TABLE Event_SEQ");
    update("CREATE TABLE ticket_numbers (next_val bigint)");
    update("INSERT INTO ticket_numbers VALUES (5000)");
    update("CREATE TABLE Event_SEQ (next_val BIGINT NOT NULL PRIMARY KEY)");
    // Two applications that have made it at the same time.
    update("INSERT INTO Event_SEQ VALUES (701), (1)");
    for (String action : new String[] {"validate", "update"}) {
      try (SessionFactory factory = sessions(action, pool)) {
        Ticket ticket = new Ticket();
        Event event = new Event();
        factory.inTransaction(
            session -> {
              session.persist(ticket);
              session.persist(event);
            });
        assertThat(ticket.id).isGreaterThanOrEqualTo(5_000);
        assertThat(event.id).isGreaterThanOrEqualTo(650);
      }
    }
    assertThat(number("select count(*) from Event")).isEqualTo(2);
  }

  @Test
  void aTableWithoutARowIsNamed() {
    update("DELETE FROM ticket_numbers");
    assertThatThrownBy(() -> inTransaction(session -> session.persist(new Ticket())))
        .hasStackTraceContaining("a row must be put into the table first. update ticket_numbers");
  }
}
