package dev.lockstep.spring.boot;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.data.jdbc.core.dialect.DialectResolver.JdbcDialectProvider;
import org.springframework.data.relational.core.dialect.Dialect;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/** Has Spring Data JDBC use {@link LockstepDialect} for connections of Lockstep's driver. */
public final class LockstepDialectProvider implements JdbcDialectProvider {
  @Override
  public Optional<Dialect> getDialect(JdbcOperations operations) {
    return Optional.ofNullable(
        operations.execute(
            (ConnectionCallback<Dialect>)
                connection -> isLockstep(connection) ? LockstepDialect.INSTANCE : null));
  }

  private static boolean isLockstep(Connection connection) throws SQLException {
    return connection.getMetaData().getURL().startsWith("jdbc:lockstep:");
  }
}
