package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;

/** What prepared statements do not support: types that SQLite has not. */
abstract class UnsupportedPreparedStatement extends LockstepStatement implements PreparedStatement {
  UnsupportedPreparedStatement(LockstepConnection connection) {
    super(connection);
  }

  @Override
  public void setArray(int index, Array value) throws SQLException {
    throw unsupported("setArray");
  }

  @Override
  public void setRef(int index, Ref value) throws SQLException {
    throw unsupported("setRef");
  }

  @Override
  public void setRowId(int index, RowId value) throws SQLException {
    throw SqlState.NOT_SUPPORTED.exception(UnsupportedResultSet.ROW_IDS);
  }

  @Override
  public void setSQLXML(int index, SQLXML value) throws SQLException {
    throw unsupported("setSQLXML");
  }

  private static SQLException unsupported(String method) {
    return SqlState.NOT_SUPPORTED.exception("PreparedStatement." + method + " is not supported");
  }
}
