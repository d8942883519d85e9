package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.DriverLog;
import dev.lockstep.jdbc.client.SqlState;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;

/**
 * What an application has of a pooled connection: the connection's methods until it is closed, and
 * statements and metadata that name this as their connection. Used like a connection.
 */
final class PooledHandle implements InvocationHandler {
  private static final String GIVEN_BACK = "the connection was given back to its pool";

  private final LockstepPooledConnection pooled;
  private final LockstepConnection connection;
  private final Connection proxy;
  private final Set<Statement> statements =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final AtomicBoolean closed = new AtomicBoolean();

  PooledHandle(LockstepPooledConnection pooled, LockstepConnection connection) {
    this.pooled = pooled;
    this.connection = connection;
    this.proxy = proxy(Connection.class, this);
  }

  Connection proxy() {
    return proxy;
  }

  /**
   * Ends the handle: its statements are closed.
   *
   * @return false if it has ended before
   */
  boolean invalidate() {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    for (Statement statement : statements.toArray(new Statement[0])) {
      try {
        statement.close();
      } catch (SQLException e) {
        DriverLog.LOGGER.log(Level.FINE, "a statement of a pooled connection was not closed", e);
      }
    }
    statements.clear();
    return true;
  }

  @Override
  public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "close":
        if (invalidate()) {
          pooled.released();
        }
        return null;
      case "isClosed":
        return closed.get() || connection.isClosed();
      case "isValid":
        if (closed.get()) {
          return false;
        }
        break;
      case "equals":
        return self == arguments[0];
      case "hashCode":
        return System.identityHashCode(self);
      case "toString":
        return "pooled " + connection;
      case "abort":
        abort(method, arguments);
        return null;
      case "setClientInfo":
        if (closed.get()) {
          throw new SQLClientInfoException(GIVEN_BACK, SqlState.CLOSED.code(), Map.of());
        }
        break;
      default:
        break;
    }
    checkOpen();
    Object result = call(connection, method, arguments);
    if (result instanceof LockstepStatement statement) {
      statements.add(statement);
      return lent(statement);
    }
    return result instanceof DatabaseMetaData metaData ? lent(metaData) : result;
  }

  /** Leaves the connection alone if it is another handle's by now. */
  private void abort(Method method, Object[] arguments) throws Throwable {
    if (closed.get()) {
      return;
    }
    call(connection, method, arguments);
    closed.set(true);
    pooled.failed(SqlState.CLOSED.exception("the connection was aborted"));
  }

  private void checkOpen() throws SQLException {
    if (closed.get()) {
      throw SqlState.CLOSED.exception(GIVEN_BACK);
    }
  }

  private DatabaseMetaData lent(DatabaseMetaData metaData) {
    return proxy(
        DatabaseMetaData.class,
        (self, method, arguments) -> {
          switch (method.getName()) {
            case "equals":
              return self == arguments[0];
            case "hashCode":
              return System.identityHashCode(self);
            case "getConnection":
              checkOpen();
              return proxy;
            default:
              break;
          }
          checkOpen();
          Object result = call(metaData, method, arguments);
          if (result instanceof LockstepResultSet rows) {
            // Holds nothing of the node's, so it need not be closed with the handle.
            lent(rows.ownStatement());
          }
          return result;
        });
  }

  private Statement lent(LockstepStatement statement) {
    Class<? extends Statement> type =
        statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
    Statement lent = proxy(type, handler(statement));
    statement.lendAs(lent);
    return lent;
  }

  private InvocationHandler handler(LockstepStatement statement) {
    return (self, method, arguments) -> {
      switch (method.getName()) {
        case "getConnection":
          if (!statement.isClosed()) {
            return proxy;
          }
          break;
        case "close":
          statements.remove(statement);
          break;
        case "equals":
          return self == arguments[0];
        case "hashCode":
          return System.identityHashCode(self);
        default:
          break;
      }
      return call(statement, method, arguments);
    };
  }

  private Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException error) {
        pooled.failed(error);
      }
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            PooledHandle.class.getClassLoader(), List.of(type).toArray(new Class<?>[0]), handler));
  }
}
