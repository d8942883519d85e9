package dev.lockstep.flyway;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.database.base.BaseDatabaseType;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.database.sqlite.SQLiteParser;
import org.flywaydb.core.internal.jdbc.JdbcConnectionFactory;
import org.flywaydb.core.internal.jdbc.StatementInterceptor;
import org.flywaydb.core.internal.parser.Parser;
import org.flywaydb.core.internal.parser.ParsingContext;

/**
 * Lockstep as Flyway sees it. Flyway finds this class through its service file and asks it before
 * its own SQLite type, because the priority is higher: the driver gives SQLite as its product, so
 * that tools without a plug-in work too.
 */
public final class LockstepDatabaseType extends BaseDatabaseType {
  private static final String URL_PREFIX = "jdbc:lockstep:";

  /** What P6Spy, a driver that logs and delegates, makes of our prefix. */
  private static final String P6SPY_URL_PREFIX = "jdbc:p6spy:lockstep:";

  private static final String DRIVER = "dev.lockstep.jdbc.Driver";
  private static final String P6SPY_DRIVER = "com.p6spy.engine.spy.P6SpyDriver";

  @Override
  public int getPriority() {
    return 1;
  }

  @Override
  public String getName() {
    return "Lockstep";
  }

  @Override
  public int getNullType() {
    return Types.VARCHAR;
  }

  @Override
  public boolean handlesJDBCUrl(String url) {
    return url.startsWith(URL_PREFIX) || url.startsWith(P6SPY_URL_PREFIX);
  }

  @Override
  public String getDriverClass(String url, ClassLoader classLoader) {
    return url.startsWith(P6SPY_URL_PREFIX) ? P6SPY_DRIVER : DRIVER;
  }

  @Override
  public boolean handlesDatabaseProductNameAndVersion(
      String productName, String productVersion, Connection connection) {
    try {
      String url = connection.getMetaData().getURL();
      return url != null && handlesJDBCUrl(url);
    } catch (SQLException e) {
      throw new FlywayException("The connection does not tell its URL", e);
    }
  }

  @Override
  public Database<?> createDatabase(
      Configuration configuration,
      JdbcConnectionFactory connectionFactory,
      StatementInterceptor interceptor) {
    return new LockstepDatabase(configuration, connectionFactory, interceptor);
  }

  @Override
  public Parser createParser(
      Configuration configuration, ResourceProvider resources, ParsingContext context) {
    return new SQLiteParser(configuration, context);
  }
}
