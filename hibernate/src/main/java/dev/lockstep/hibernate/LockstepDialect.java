package dev.lockstep.hibernate;

import org.hibernate.community.dialect.SQLiteDialect;
import org.hibernate.dialect.identity.IdentityColumnSupport;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolutionInfo;

/**
 * Hibernate's dialect of SQLite, with ids that the database gives whatever the entity's other
 * columns are. For Hibernate 6.6 and 7.
 */
public class LockstepDialect extends SQLiteDialect {
  public LockstepDialect() {}

  /**
   * @param info what the driver says of the database
   */
  public LockstepDialect(DialectResolutionInfo info) {
    super(info);
  }

  @Override
  public IdentityColumnSupport getIdentityColumnSupport() {
    return LockstepIdentity.INSTANCE;
  }
}
