package dev.lockstep.jdbc;

import dev.lockstep.jdbc.metadata.MetaDataSource;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.StatementResult.RowSet;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.List;

/** A connection as its metadata sees it. */
final class ConnectionFacts implements MetaDataSource {
  private final LockstepConnection connection;

  ConnectionFacts(LockstepConnection connection) {
    this.connection = connection;
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public String url() {
    return connection.settings().url();
  }

  @Override
  public String user() {
    return connection.settings().get(ConnectionProperty.USER);
  }

  @Override
  public String productName() {
    return connection.settings().get(ConnectionProperty.DATABASE_PRODUCT_NAME);
  }

  @Override
  public String sqliteVersion() {
    return connection.client().welcome().sqliteVersion();
  }

  @Override
  public String driverVersion() {
    return DriverVersion.TEXT;
  }

  @Override
  public ResultSet resultOf(List<Column> columns, List<Object[]> rows) {
    // Clients close a result of metadata by closing its statement, so it has one of its own.
    LockstepStatement owner = new LockstepStatement(connection);
    return owner.resultSet(new RowSet(false, columns, RowBatch.of(rows), 0), null, 0, 0);
  }
}
