package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import javax.sql.ConnectionEvent;
import javax.sql.ConnectionEventListener;
import javax.sql.PooledConnection;
import javax.sql.StatementEventListener;

/**
 * A connection that a pool lends by handles. Closing the handle makes the connection what it was
 * when it was opened, and tells the pool; an error after which the connection is closed is told as
 * well. A new handle takes the connection from the one before. Used by one thread at a time, but
 * {@link #close} and the listeners by any.
 */
final class LockstepPooledConnection implements PooledConnection {
  private final LockstepConnection connection;
  private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean toldOfError = new AtomicBoolean();
  private PooledHandle handle;

  LockstepPooledConnection(LockstepConnection connection) {
    this.connection = connection;
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (connection.isClosed()) {
      SQLException closed = SqlState.CLOSED.exception("the connection is closed");
      failed(closed);
      throw closed;
    }
    if (handle != null && handle.invalidate()) {
      connection.reset();
    }
    handle = new PooledHandle(this, connection);
    return handle.proxy();
  }

  /** The handle was closed by the application. */
  void released() throws SQLException {
    try {
      if (!connection.isClosed()) {
        connection.reset();
      }
    } catch (SQLException e) {
      failed(e);
      throw e;
    }
    tell(ConnectionEventListener::connectionClosed, null);
  }

  /**
   * The application has met an error; only one that has closed the connection is of interest, once.
   */
  void failed(SQLException error) {
    if (connection.isClosed() && toldOfError.compareAndSet(false, true)) {
      tell(ConnectionEventListener::connectionErrorOccurred, error);
    }
  }

  private void tell(
      BiConsumer<ConnectionEventListener, ConnectionEvent> method, SQLException error) {
    ConnectionEvent event = new ConnectionEvent(this, error);
    listeners.forEach(listener -> method.accept(listener, event));
  }

  /** Closes the connection itself. */
  @Override
  public void close() {
    connection.close();
  }

  @Override
  public void addConnectionEventListener(ConnectionEventListener listener) {
    listeners.add(listener);
  }

  @Override
  public void removeConnectionEventListener(ConnectionEventListener listener) {
    listeners.remove(listener);
  }

  /** Nothing to be told: preparing a statement costs nothing, so none is kept for the pool. */
  @Override
  public void addStatementEventListener(StatementEventListener listener) {}

  @Override
  public void removeStatementEventListener(StatementEventListener listener) {}
}
