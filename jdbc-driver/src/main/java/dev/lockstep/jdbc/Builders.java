package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKey;
import javax.sql.PooledConnection;
import javax.sql.PooledConnectionBuilder;

/** The builders of JDBC 4.3: a user and a password, and keys of shards, which there are none of. */
final class Builders {
  private Builders() {}

  /** Who a connection is asked for by. */
  private static final class Request {
    private boolean named;
    private String user;
    private String password;
    private boolean sharded;

    void user(String name) {
      named = true;
      user = name;
    }

    void password(String word) {
      named = true;
      password = word;
    }

    void shardingKey(ShardingKey key) {
      sharded |= key != null;
    }

    void check() throws SQLException {
      if (sharded) {
        throw SqlState.NOT_SUPPORTED.exception("there are no shards, so there are no keys of them");
      }
    }
  }

  /** Of {@link javax.sql.DataSource}. */
  static final class OfConnections implements ConnectionBuilder {
    private final LockstepDataSource source;
    private final Request request = new Request();

    OfConnections(LockstepDataSource source) {
      this.source = source;
    }

    @Override
    public ConnectionBuilder user(String name) {
      request.user(name);
      return this;
    }

    @Override
    public ConnectionBuilder password(String word) {
      request.password(word);
      return this;
    }

    @Override
    public ConnectionBuilder shardingKey(ShardingKey key) {
      request.shardingKey(key);
      return this;
    }

    @Override
    public ConnectionBuilder superShardingKey(ShardingKey key) {
      request.shardingKey(key);
      return this;
    }

    @Override
    public Connection build() throws SQLException {
      request.check();
      return request.named
          ? source.getConnection(request.user, request.password)
          : source.getConnection();
    }
  }

  /** Of {@link javax.sql.ConnectionPoolDataSource}. */
  static final class OfPooledConnections implements PooledConnectionBuilder {
    private final LockstepDataSource source;
    private final Request request = new Request();

    OfPooledConnections(LockstepDataSource source) {
      this.source = source;
    }

    @Override
    public PooledConnectionBuilder user(String name) {
      request.user(name);
      return this;
    }

    @Override
    public PooledConnectionBuilder password(String word) {
      request.password(word);
      return this;
    }

    @Override
    public PooledConnectionBuilder shardingKey(ShardingKey key) {
      request.shardingKey(key);
      return this;
    }

    @Override
    public PooledConnectionBuilder superShardingKey(ShardingKey key) {
      request.shardingKey(key);
      return this;
    }

    @Override
    public PooledConnection build() throws SQLException {
      request.check();
      return request.named
          ? source.getPooledConnection(request.user, request.password)
          : source.getPooledConnection();
    }
  }
}
