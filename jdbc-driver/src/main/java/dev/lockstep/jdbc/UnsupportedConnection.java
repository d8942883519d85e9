package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.ShardingKey;
import java.sql.Struct;

/** What connections do not support: types that SQLite has not, procedures, and shards. */
abstract class UnsupportedConnection implements Connection {
  @Override
  public Array createArrayOf(String typeName, Object[] elements) throws SQLException {
    throw unsupported("createArrayOf");
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    throw unsupported("createSQLXML");
  }

  @Override
  public Struct createStruct(String typeName, Object[] elements) throws SQLException {
    throw unsupported("createStruct");
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    throw unsupported("prepareCall");
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
    throw unsupported("prepareCall");
  }

  @Override
  public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    throw unsupported("prepareCall");
  }

  @Override
  public void setShardingKey(ShardingKey key, ShardingKey superKey) throws SQLException {
    throw unsupported("setShardingKey");
  }

  @Override
  public void setShardingKey(ShardingKey key) throws SQLException {
    throw unsupported("setShardingKey");
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, ShardingKey superKey, int timeout)
      throws SQLException {
    throw unsupported("setShardingKeyIfValid");
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, int timeout) throws SQLException {
    throw unsupported("setShardingKeyIfValid");
  }

  private static SQLException unsupported(String method) {
    return SqlState.NOT_SUPPORTED.exception("Connection." + method + " is not supported");
  }
}
