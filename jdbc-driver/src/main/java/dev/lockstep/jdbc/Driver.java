package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.DriverLog;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * The JDBC driver for {@code jdbc:lockstep://host[:port],…/database?name=value&…}. Registers itself
 * when it is loaded.
 */
public final class Driver implements java.sql.Driver {
  static {
    try {
      DriverManager.registerDriver(new Driver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Used by {@link java.util.ServiceLoader} and by tools that create drivers by name. */
  public Driver() {}

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    int loginTimeoutMillis = Math.min(DriverManager.getLoginTimeout(), 86_400) * 1_000;
    return LockstepConnection.open(ConnectionUrl.parse(url, info), loginTimeoutMillis);
  }

  @Override
  public boolean acceptsURL(String url) {
    return ConnectionUrl.isAccepted(url);
  }

  /** Describes all properties, with the values that the URL and the given properties have. */
  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
    ConnectionSettings settings;
    try {
      settings =
          acceptsURL(url)
              ? ConnectionUrl.parse(url, info)
              : new ConnectionSettings(url, List.of(), "");
    } catch (SQLException e) {
      // Asked while a person is still typing the URL: the defaults are an answer, too.
      settings = new ConnectionSettings(url, List.of(), "");
    }
    DriverPropertyInfo[] all = new DriverPropertyInfo[ConnectionProperty.ALL.size()];
    for (int i = 0; i < all.length; i++) {
      ConnectionProperty<?> property = ConnectionProperty.ALL.get(i);
      all[i] = new DriverPropertyInfo(property.name(), settings.text(property));
      all[i].description = property.description();
      all[i].choices = property.choices();
    }
    return all;
  }

  @Override
  public int getMajorVersion() {
    return DriverVersion.MAJOR;
  }

  @Override
  public int getMinorVersion() {
    return DriverVersion.MINOR;
  }

  /** False: SQLite's SQL is not all of SQL-92. */
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return DriverLog.LOGGER;
  }
}
