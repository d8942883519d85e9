package dev.lockstep.testkit.jdbc;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lockstep.jdbc.LockstepDataSource;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.dbcp2.datasources.SharedPoolDataSource;

/**
 * Pools of four connections, each set to test, evict and replace connections as often as it can.
 */
enum TestedPool {
  HIKARI {
    @Override
    Pool open(String url) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(url);
      config.setMaximumPoolSize(SIZE);
      config.setMinimumIdle(SIZE);
      config.setValidationTimeout(30_000);
      config.setConnectionTimeout(60_000);
      config.setMaxLifetime(30_000);
      HikariDataSource pool = new HikariDataSource(config);
      return new Pool(pool, pool::close);
    }
  },
  DBCP2 {
    @Override
    Pool open(String url) {
      BasicDataSource pool = new BasicDataSource();
      pool.setUrl(url);
      pool.setMaxTotal(SIZE);
      pool.setMaxIdle(SIZE);
      pool.setMinIdle(SIZE);
      pool.setDefaultReadOnly(false);
      pool.setTestOnBorrow(true);
      pool.setTestOnReturn(true);
      pool.setTestWhileIdle(true);
      pool.setFastFailValidation(true);
      pool.setDurationBetweenEvictionRuns(Duration.ofMillis(200));
      pool.setMaxConn(Duration.ofSeconds(3));
      return new Pool(pool, pool);
    }
  },
  /** DBCP2 over the driver's own pooled connections. */
  DBCP2_SHARED {
    @Override
    Pool open(String url) {
      SharedPoolDataSource pool = new SharedPoolDataSource();
      pool.setConnectionPoolDataSource(new LockstepDataSource(url));
      pool.setMaxTotal(SIZE);
      pool.setDefaultTestOnBorrow(true);
      pool.setDefaultTestOnReturn(true);
      return new Pool(pool, pool);
    }
  },
  C3P0 {
    @Override
    Pool open(String url) {
      ComboPooledDataSource pool = new ComboPooledDataSource();
      pool.setJdbcUrl(url);
      pool.setMinPoolSize(SIZE);
      pool.setInitialPoolSize(SIZE);
      pool.setMaxPoolSize(SIZE);
      pool.setTestConnectionOnCheckout(true);
      pool.setTestConnectionOnCheckin(true);
      pool.setIdleConnectionTestPeriod(1);
      pool.setMaxConnectionAge(3);
      return new Pool(pool, pool::close);
    }
  };

  static final int SIZE = 4;

  /** A pool, and how it is closed. */
  record Pool(DataSource source, AutoCloseable end) implements AutoCloseable {
    @Override
    public void close() throws Exception {
      end.close();
    }
  }

  abstract Pool open(String url);
}
