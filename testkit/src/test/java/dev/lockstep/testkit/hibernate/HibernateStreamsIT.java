package dev.lockstep.testkit.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.util.Iterator;
import java.util.stream.Stream;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;
import org.hibernate.query.NativeQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queries whose rows are read one after another: 200 MB of them. */
final class HibernateStreamsIT extends HibernateOnNodes {
  private static final int ROWS = 100_000;
  private static final long HEAP_BYTES_MORE = 32L << 20;

  @BeforeEach
  void fill() {
    update(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + ROWS
            + ") INSERT INTO Event SELECT i FROM n");
  }

  @AfterEach
  void everythingIsGivenBack() {
    for (String id : nodes.running()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(nodes.status(id).values())
                      .containsEntry("cursors", "0")
                      .containsEntry("readers.inUse", "0"));
    }
    assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
  }

  private static NativeQuery<String> rows(Session session) {
    return session
        .createNativeQuery("SELECT printf('%02000d', id) FROM Event ORDER BY id", String.class)
        .setFetchSize(500);
  }

  /** Reads them all; what is live may not grow with what was read. */
  private static void readAll(Iterator<String> rows) {
    long early = 0;
    long late = 0;
    int read = 0;
    while (rows.hasNext()) {
      assertThat(Integer.parseInt(rows.next())).isEqualTo(++read);
      if (read == ROWS / 20) {
        early = liveHeapBytes();
      } else if (read == ROWS - 1) {
        late = liveHeapBytes();
      }
    }
    assertThat(read).isEqualTo(ROWS);
    assertThat(late - early).isLessThan(HEAP_BYTES_MORE);
  }

  private static long liveHeapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static Iterator<String> iterator(ScrollableResults<String> rows) {
    return new Iterator<>() {
      private boolean there = rows.next();

      @Override
      public boolean hasNext() {
        return there;
      }

      @Override
      public String next() {
        String row = rows.get();
        there = rows.next();
        return row;
      }
    };
  }

  @Test
  void aStreamTakesTheMemoryOfOneBatch() {
    sessions.inSession(
        session -> {
          try (Stream<String> rows = rows(session).getResultStream()) {
            readAll(rows.iterator());
          }
        });
  }

  @Test
  void scrollableResultsTakeTheMemoryOfOneBatch() {
    sessions.inSession(
        session -> {
          try (ScrollableResults<String> rows = rows(session).scroll(ScrollMode.FORWARD_ONLY)) {
            readAll(iterator(rows));
          }
        });
  }

  /** What is not read is given back when they are closed. */
  @Test
  void bothMayBeClosedEarly() {
    sessions.inSession(
        session -> {
          try (Stream<String> rows = rows(session).getResultStream()) {
            assertThat(rows.limit(700).mapToInt(Integer::parseInt).sum()).isEqualTo(700 * 701 / 2);
          }
          try (ScrollableResults<String> rows = rows(session).scroll(ScrollMode.FORWARD_ONLY)) {
            assertThat(rows.next()).isTrue();
            assertThat(Integer.parseInt(rows.get())).isEqualTo(1);
          }
          everythingButTheConnectionIsGivenBack();
          assertThat(number("select count(*) from Event")).isEqualTo(ROWS);
        });
  }

  private static void everythingButTheConnectionIsGivenBack() {
    for (String id : nodes.running()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(nodes.status(id).values()).containsEntry("cursors", "0"));
    }
  }

  @Test
  void aStreamGoesOnAtTheNextLeader() {
    sessions.inSession(
        session -> {
          try (Stream<String> rows = rows(session).getResultStream()) {
            Iterator<String> all = rows.iterator();
            int read = 0;
            while (all.hasNext()) {
              assertThat(Integer.parseInt(all.next())).isEqualTo(++read);
              if (read == ROWS / 2) {
                replaceLeader();
              }
            }
            assertThat(read).isEqualTo(ROWS);
          }
        });
  }
}
