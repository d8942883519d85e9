package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.Array;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;

/** What results do not support: values that SQLite does not have. */
abstract class UnsupportedResultSet implements ResultSet {
  /** Why rows have no {@link RowId}: a rowid may change, and it is a number like any other. */
  static final String ROW_IDS =
      "RowId is not supported: select rowid, or the INTEGER PRIMARY KEY, as a number";

  @Override
  public Array getArray(int column) throws SQLException {
    throw unsupported("getArray");
  }

  @Override
  public Array getArray(String label) throws SQLException {
    throw unsupported("getArray");
  }

  @Override
  public String getCursorName() throws SQLException {
    throw unsupported("getCursorName");
  }

  @Override
  public Ref getRef(int column) throws SQLException {
    throw unsupported("getRef");
  }

  @Override
  public Ref getRef(String label) throws SQLException {
    throw unsupported("getRef");
  }

  @Override
  public RowId getRowId(int column) throws SQLException {
    throw SqlState.NOT_SUPPORTED.exception(ROW_IDS);
  }

  @Override
  public RowId getRowId(String label) throws SQLException {
    throw SqlState.NOT_SUPPORTED.exception(ROW_IDS);
  }

  @Override
  public SQLXML getSQLXML(int column) throws SQLException {
    throw unsupported("getSQLXML");
  }

  @Override
  public SQLXML getSQLXML(String label) throws SQLException {
    throw unsupported("getSQLXML");
  }

  @Override
  public void updateArray(int column, Array value) throws SQLException {
    throw unsupported("updateArray");
  }

  @Override
  public void updateArray(String label, Array value) throws SQLException {
    throw unsupported("updateArray");
  }

  @Override
  public void updateRef(int column, Ref value) throws SQLException {
    throw unsupported("updateRef");
  }

  @Override
  public void updateRef(String label, Ref value) throws SQLException {
    throw unsupported("updateRef");
  }

  @Override
  public void updateRowId(int column, RowId value) throws SQLException {
    throw SqlState.NOT_SUPPORTED.exception(ROW_IDS);
  }

  @Override
  public void updateRowId(String label, RowId value) throws SQLException {
    throw SqlState.NOT_SUPPORTED.exception(ROW_IDS);
  }

  @Override
  public void updateSQLXML(int column, SQLXML value) throws SQLException {
    throw unsupported("updateSQLXML");
  }

  @Override
  public void updateSQLXML(String label, SQLXML value) throws SQLException {
    throw unsupported("updateSQLXML");
  }

  private static SQLException unsupported(String method) {
    return SqlState.NOT_SUPPORTED.exception("ResultSet." + method + " is not supported");
  }
}
