package dev.lockstep.flyway;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.sqlite.Function;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A SQLite file whose connections give a URL and a user as Lockstep's do. Foreign keys are on and
 * writing transactions take turns, as there; and there are named locks, without leases.
 */
final class FakeLockstep implements DataSource {
  static final String URL = "jdbc:lockstep://127.0.0.1:7400/shop";

  private final SQLiteDataSource file;
  private final Map<String, Semaphore> locks = new ConcurrentHashMap<>();

  FakeLockstep(Path path) {
    SQLiteConfig config = new SQLiteConfig();
    config.enforceForeignKeys(true);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout(60_000);
    file = new SQLiteDataSource(config);
    file.setUrl("jdbc:sqlite:" + path);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = file.getConnection();
    Function.create(
        connection,
        "lockstep_lock",
        new LockFunction(name -> lockOf(name).acquireUninterruptibly()),
        2,
        0);
    Function.create(
        connection, "lockstep_unlock", new LockFunction(name -> lockOf(name).release()), 1, 0);
    DatabaseMetaData metaData =
        override(
            DatabaseMetaData.class,
            connection.getMetaData(),
            Map.of("getURL", URL, "getUserName", "clerk"));
    return override(Connection.class, connection, Map.of("getMetaData", metaData));
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  private Semaphore lockOf(String name) {
    return locks.computeIfAbsent(name, key -> new Semaphore(1));
  }

  /** The named locks that were taken and are not released. */
  List<String> heldLocks() {
    return locks.keySet().stream().filter(name -> lockOf(name).availablePermits() != 1).toList();
  }

  /** Every name that was ever locked. */
  Set<String> lockNames() {
    return locks.keySet();
  }

  private static final class LockFunction extends Function {
    private final Consumer<String> action;

    LockFunction(Consumer<String> action) {
      this.action = action;
    }

    @Override
    protected void xFunc() throws SQLException {
      action.accept(value_text(0));
      result(1);
    }
  }

  private static <T> T override(Class<T> type, T delegate, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            FakeLockstep.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answer = answers.get(method.getName());
              if (answer != null) {
                return answer;
              }
              try {
                return method.invoke(delegate, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
