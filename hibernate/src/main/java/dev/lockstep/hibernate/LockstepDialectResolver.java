package dev.lockstep.hibernate;

import org.hibernate.dialect.Dialect;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolutionInfo;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolver;

/** Has Hibernate take {@link LockstepDialect} for connections of Lockstep's driver by itself. */
public final class LockstepDialectResolver implements DialectResolver {
  private static final long serialVersionUID = 1;

  private static final String DRIVER = "Lockstep JDBC";

  @Override
  public Dialect resolveDialect(DialectResolutionInfo info) {
    String driver = info.getDriverName();
    return driver != null && driver.startsWith(DRIVER) ? new LockstepDialect(info) : null;
  }
}
