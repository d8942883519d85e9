package dev.lockstep.testkit.hibernate;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.server.node.NodeStartException;
import dev.lockstep.testkit.LocalCluster;
import jakarta.persistence.OptimisticLockException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hibernate with Lockstep's dialect, and a pool, on three real nodes. What extends it is run with
 * Hibernate 6 and with Hibernate 7, each with the same classes.
 */
@Tag("hibernate")
abstract class HibernateOnNodes {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path directory;

  static LocalCluster nodes;

  HikariDataSource pool;
  SessionFactory sessions;

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
    pool = pool("&transactionMode=queued");
    sessions = sessions("create", pool);
  }

  @AfterEach
  void close() {
    if (sessions != null) {
      sessions.close();
    }
    pool.close();
  }

  /**
   * @param parameters more of the URL, each after an ampersand
   */
  static HikariDataSource pool(String parameters) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(nodes.jdbcUrl() + "?failoverTimeout=60s" + parameters);
    config.setMaximumPoolSize(10);
    return new HikariDataSource(config);
  }

  /**
   * @param definitions what is done with the tables
   */
  static SessionFactory sessions(String definitions, HikariDataSource pool) {
    Configuration configuration = new Configuration();
    for (Class<?> entity : HibernateEntities.class.getDeclaredClasses()) {
      if (entity.isAnnotationPresent(jakarta.persistence.Entity.class)) {
        configuration.addAnnotatedClass(entity);
      }
    }
    return configuration.buildSessionFactory(
        new StandardServiceRegistryBuilder()
            .applySetting("hibernate.connection.datasource", pool)
            .applySetting("hibernate.hbm2ddl.auto", definitions)
            .applySetting("hibernate.jdbc.batch_size", "50")
            .applySetting("hibernate.order_inserts", "true")
            .build());
  }

  void inTransaction(Consumer<Session> work) {
    sessions.inTransaction(work::accept);
  }

  long number(String query) {
    return sessions.fromSession(
        session -> session.createSelectionQuery(query, Long.class).getSingleResult());
  }

  void update(String sql) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills it and starts it again as soon as there is another one. */
  static void replaceLeader() {
    String leader = nodes.awaitLeader(PATIENCE);
    nodes.kill(leader);
    nodes.awaitLeader(PATIENCE);
    try {
      nodes.start(leader);
    } catch (NodeStartException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As applications do: again after 40001, and after a stale version, whatever wraps them. */
  static void retrying(Runnable transaction) {
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

  static boolean isSerializationFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return "40001".equals(sql.getSQLState());
      }
    }
    return false;
  }
}
