package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.DriverLog;
import dev.lockstep.jdbc.client.SqlState;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;

/**
 * What an application has of a pooled connection: the connection's methods until it is closed, and
 * statements that name this as their connection. Used like a connection.
 */
final class PooledHandle implements InvocationHandler {
  private final LockstepPooledConnection pooled;
  private final LockstepConnection connection;
  private final Connection proxy;
  private final Set<Statement> statements =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private volatile boolean closed;

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
    if (closed) {
      return false;
    }
    closed = true;
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
        return closed || connection.isClosed();
      case "isValid":
        if (closed) {
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
        closed = true;
        return call(connection, method, arguments);
      default:
        break;
    }
    if (closed) {
      throw SqlState.CLOSED.exception("the connection was given back to its pool");
    }
    Object result = call(connection, method, arguments);
    return result instanceof Statement statement ? lent(statement) : result;
  }

  private Statement lent(Statement statement) {
    statements.add(statement);
    Class<? extends Statement> type =
        statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
    return proxy(
        type,
        (self, method, arguments) -> {
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
        });
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
