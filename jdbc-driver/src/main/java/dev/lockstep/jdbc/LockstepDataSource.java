package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.DriverLog;
import dev.lockstep.jdbc.client.NodeAddress;
import dev.lockstep.jdbc.client.SqlState;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKeyBuilder;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.DataSource;
import javax.sql.PooledConnection;
import javax.sql.PooledConnectionBuilder;

/**
 * Connections by properties instead of a URL: for pools and containers that create data sources by
 * name. Either {@link #setUrl} or the names of servers and database are needed. Set up by one
 * thread; connections may be taken by several then.
 *
 * <p>Also a source of {@link PooledConnection}s, for pools that want these.
 */
public final class LockstepDataSource implements DataSource, ConnectionPoolDataSource, Self {
  private static final String DEFAULT_SERVER = "localhost";

  private final Properties properties = new Properties();
  private String url;
  private String serverNames = DEFAULT_SERVER;
  private int portNumber = NodeAddress.DEFAULT_PORT;
  private String databaseName = "";
  private int loginTimeoutSeconds;
  private PrintWriter logWriter;

  /** Used by pools and containers. */
  public LockstepDataSource() {}

  /** A data source for a URL. */
  public LockstepDataSource(String url) {
    this.url = url;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connect(properties);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return connect(withUser(user, password));
  }

  @Override
  public PooledConnection getPooledConnection() throws SQLException {
    return new LockstepPooledConnection(connect(properties));
  }

  @Override
  public PooledConnection getPooledConnection(String user, String password) throws SQLException {
    return new LockstepPooledConnection(connect(withUser(user, password)));
  }

  @Override
  public ConnectionBuilder createConnectionBuilder() {
    return new Builders.OfConnections(this);
  }

  @Override
  public PooledConnectionBuilder createPooledConnectionBuilder() {
    return new Builders.OfPooledConnections(this);
  }

  /** There are no shards. */
  @Override
  public ShardingKeyBuilder createShardingKeyBuilder() throws SQLException {
    throw SqlState.NOT_SUPPORTED.exception("DataSource.createShardingKeyBuilder is not supported");
  }

  private Properties withUser(String user, String password) {
    Properties own = new Properties();
    own.putAll(properties);
    own.setProperty(ConnectionProperty.USER.name(), user == null ? "" : user);
    own.setProperty(ConnectionProperty.PASSWORD.name(), password == null ? "" : password);
    return own;
  }

  private LockstepConnection connect(Properties with) throws SQLException {
    String target = getUrl();
    if (!ConnectionUrl.isAccepted(target)) {
      throw SqlState.INVALID_ARGUMENT.exception(
          "the data source's URL does not begin with " + ConnectionUrl.PREFIX);
    }
    return LockstepConnection.open(ConnectionUrl.parse(target, with), loginTimeoutSeconds * 1_000);
  }

  /** The URL as set, or one made of the names of servers and database. */
  public String getUrl() {
    if (url != null) {
      return url;
    }
    StringBuilder built = new StringBuilder(ConnectionUrl.PREFIX).append("//");
    String separator = "";
    for (String server : serverNames.split(",")) {
      built.append(separator).append(server.strip());
      boolean hasPort = server.indexOf(']') >= 0 ? server.contains("]:") : server.indexOf(':') >= 0;
      if (!hasPort) {
        built.append(':').append(portNumber);
      }
      separator = ",";
    }
    return built
        .append('/')
        .append(databaseName.replace("%", "%25").replace("?", "%3F"))
        .toString();
  }

  public void setUrl(String value) {
    url = value;
  }

  /** The same as {@link #setUrl}: some pools know the property by this name. */
  public void setURL(String value) {
    setUrl(value);
  }

  public String getServerName() {
    return serverNames;
  }

  /**
   * @param value hosts, separated by commas, each with or without a port; null for the default,
   *     localhost
   */
  public void setServerName(String value) {
    serverNames = value == null ? DEFAULT_SERVER : value;
  }

  public int getPortNumber() {
    return portNumber;
  }

  /**
   * @param value the port of the servers that are named without one
   */
  public void setPortNumber(int value) {
    portNumber = value;
  }

  public String getDatabaseName() {
    return databaseName;
  }

  public void setDatabaseName(String value) {
    databaseName = value == null ? "" : value;
  }

  public String getUser() {
    return properties.getProperty(ConnectionProperty.USER.name());
  }

  public void setUser(String value) {
    set(ConnectionProperty.USER, value);
  }

  public void setPassword(String value) {
    set(ConnectionProperty.PASSWORD, value);
  }

  public void setLoadBalanceHosts(boolean value) {
    set(ConnectionProperty.LOAD_BALANCE_HOSTS, Boolean.toString(value));
  }

  public void setTcpKeepAlive(boolean value) {
    set(ConnectionProperty.TCP_KEEP_ALIVE, Boolean.toString(value));
  }

  public void setConnectTimeout(String value) {
    set(ConnectionProperty.CONNECT_TIMEOUT, value);
  }

  public void setSocketTimeout(String value) {
    set(ConnectionProperty.SOCKET_TIMEOUT, value);
  }

  public void setFailoverTimeout(String value) {
    set(ConnectionProperty.FAILOVER_TIMEOUT, value);
  }

  public void setReadConsistency(String value) {
    set(ConnectionProperty.READ_CONSISTENCY, value);
  }

  public void setMaxStaleness(String value) {
    set(ConnectionProperty.MAX_STALENESS, value);
  }

  public void setTransactionMode(String value) {
    set(ConnectionProperty.TRANSACTION_MODE, value);
  }

  public void setTransactionTimeout(String value) {
    set(ConnectionProperty.TRANSACTION_TIMEOUT, value);
  }

  public void setTransactionIdleTimeout(String value) {
    set(ConnectionProperty.TRANSACTION_IDLE_TIMEOUT, value);
  }

  public void setTransactionTurnTimeout(String value) {
    set(ConnectionProperty.TRANSACTION_TURN_TIMEOUT, value);
  }

  public void setTransactionStepsMax(String value) {
    set(ConnectionProperty.TRANSACTION_STEPS_MAX, value);
  }

  public void setTransactionScriptSizeMax(String value) {
    set(ConnectionProperty.TRANSACTION_SCRIPT_SIZE_MAX, value);
  }

  public void setTransactionResultSizeMax(String value) {
    set(ConnectionProperty.TRANSACTION_RESULT_SIZE_MAX, value);
  }

  public void setFailoverScriptSizeMax(String value) {
    set(ConnectionProperty.FAILOVER_SCRIPT_SIZE_MAX, value);
  }

  public void setTargetServerType(String value) {
    set(ConnectionProperty.TARGET_SERVER_TYPE, value);
  }

  public void setDefaultRowFetchSize(int value) {
    set(ConnectionProperty.DEFAULT_ROW_FETCH_SIZE, Integer.toString(value));
  }

  public void setReadOnly(boolean value) {
    set(ConnectionProperty.READ_ONLY, Boolean.toString(value));
  }

  public void setApplicationName(String value) {
    set(ConnectionProperty.APPLICATION_NAME, value);
  }

  public void setDatabaseProductName(String value) {
    set(ConnectionProperty.DATABASE_PRODUCT_NAME, value);
  }

  public void setTimeZone(String value) {
    set(ConnectionProperty.TIME_ZONE, value);
  }

  /**
   * Sets any property by its name; it is checked when a connection is made.
   *
   * @param value null for the property's default
   */
  public void setProperty(String name, String value) {
    if (value == null) {
      properties.remove(name);
    } else {
      properties.setProperty(name, value);
    }
  }

  private void set(ConnectionProperty<?> property, String value) {
    setProperty(property.name(), value);
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeoutSeconds;
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    if (seconds < 0 || seconds > Integer.MAX_VALUE / 1_000) {
      throw SqlState.INVALID_ARGUMENT.exception("login timeout of " + seconds + " s");
    }
    loginTimeoutSeconds = seconds;
  }

  @Override
  public PrintWriter getLogWriter() {
    return logWriter;
  }

  /** Kept, but not written to: the driver logs with java.util.logging. */
  @Override
  public void setLogWriter(PrintWriter writer) {
    logWriter = writer;
  }

  @Override
  public Logger getParentLogger() {
    return DriverLog.LOGGER;
  }
}
