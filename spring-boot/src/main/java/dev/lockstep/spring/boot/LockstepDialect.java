package dev.lockstep.spring.boot;

import org.springframework.data.jdbc.core.dialect.JdbcDialect;
import org.springframework.data.relational.core.dialect.AbstractDialect;
import org.springframework.data.relational.core.dialect.IdGeneration;
import org.springframework.data.relational.core.dialect.LimitClause;
import org.springframework.data.relational.core.dialect.LockClause;
import org.springframework.data.relational.core.sql.IdentifierProcessing;
import org.springframework.data.relational.core.sql.IdentifierProcessing.LetterCasing;
import org.springframework.data.relational.core.sql.IdentifierProcessing.Quoting;
import org.springframework.data.relational.core.sql.LockOptions;

/** SQLite's SQL, as far as Spring Data has to know it. */
final class LockstepDialect extends AbstractDialect implements JdbcDialect {
  static final LockstepDialect INSTANCE = new LockstepDialect();

  private static final IdentifierProcessing IDENTIFIERS =
      IdentifierProcessing.create(Quoting.ANSI, LetterCasing.AS_IS);

  private LockstepDialect() {}

  @Override
  public String getName() {
    return "Lockstep";
  }

  @Override
  public IdentifierProcessing getIdentifierProcessing() {
    return IDENTIFIERS;
  }

  @Override
  public LimitClause limit() {
    return Limit.INSTANCE;
  }

  @Override
  public LockClause lock() {
    return NoLock.INSTANCE;
  }

  @Override
  public IdGeneration getIdGeneration() {
    return Keys.INSTANCE;
  }

  private enum Limit implements LimitClause {
    INSTANCE;

    @Override
    public String getLimit(long limit) {
      return "LIMIT " + limit;
    }

    @Override
    public String getOffset(long offset) {
      return getLimitOffset(-1, offset);
    }

    @Override
    public String getLimitOffset(long limit, long offset) {
      return "LIMIT " + limit + " OFFSET " + offset;
    }

    @Override
    public Position getClausePosition() {
      return Position.AFTER_ORDER_BY;
    }
  }

  /**
   * SQLite locks no rows, and need not: what a transaction that writes has read is the same when it
   * commits, or it is lost with 40001.
   */
  private enum NoLock implements LockClause {
    INSTANCE;

    @Override
    public String getLock(LockOptions options) {
      return "";
    }

    @Override
    public Position getClausePosition() {
      return Position.AFTER_ORDER_BY;
    }
  }

  private enum Keys implements IdGeneration {
    INSTANCE;

    @Override
    public boolean sequencesSupported() {
      return false;
    }
  }
}
