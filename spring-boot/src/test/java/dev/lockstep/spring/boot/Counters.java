package dev.lockstep.spring.boot;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.annotation.Transactional;

/** A service whose transactions are run again when they are lost. */
@Retryable(includes = ConcurrencyFailureException.class, maxRetries = 10, delay = 10, jitter = 10)
class Counters {
  private final AtomicInteger attempts = new AtomicInteger();
  private final JdbcClient jdbc;

  Counters(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** How often {@link #increment} was begun. */
  public int attempts() {
    return attempts.get();
  }

  /**
   * @param between runs after the counter was read
   */
  @Transactional
  public void increment(Runnable between) {
    attempts.incrementAndGet();
    int n = jdbc.sql("SELECT n FROM counter WHERE id = 1").query(Integer.class).single();
    between.run();
    jdbc.sql("UPDATE counter SET n = ? WHERE id = 1").param(n + 1).update();
  }

  @Transactional
  public void enter(String id) {
    jdbc.sql("INSERT INTO entry VALUES (?)").param(id).update();
  }

  @Transactional(readOnly = true)
  public List<String> entries() {
    return jdbc.sql("SELECT id FROM entry ORDER BY id").query(String.class).list();
  }

  @Transactional(readOnly = true)
  public Reading read() {
    String role =
        jdbc.sql("SELECT role FROM lockstep.nodes WHERE answers").query(String.class).single();
    return new Reading(
        role, jdbc.sql("SELECT n FROM counter WHERE id = 1").query(Integer.class).single());
  }

  /**
   * @param role of the node that was read at
   */
  record Reading(String role, int n) {}
}
