package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.List;

/**
 * The rows of a result as they are changed through it: what is set for a row is collected, and
 * {@link RowEditor} makes a statement of it.
 */
abstract class UpdatableResultSet extends MovingResultSet {
  private final RowEditor editor;

  /** What was set for the present row, or for the one to be inserted; null if nothing was. */
  private RowEdits edits;

  private boolean inserting;

  /**
   * @param scrolls whether it can be read in any direction; then all rows stay in memory
   * @param editor changes the rows; null if that is not wanted
   */
  UpdatableResultSet(RowStream rows, int fetchSize, boolean scrolls, RowEditor editor) {
    super(rows, fetchSize, scrolls);
    this.editor = editor;
  }

  abstract MomentFormat moments();

  @Override
  public final int getConcurrency() throws SQLException {
    checkOpen();
    return editor != null && editor.refusal() == null ? CONCUR_UPDATABLE : CONCUR_READ_ONLY;
  }

  private RowEditor editor() throws SQLException {
    checkOpen();
    if (editor == null) {
      throw SqlState.NOT_SUPPORTED.exception(
          "the result is read only: create its statement with CONCUR_UPDATABLE");
    }
    if (editor.refusal() != null) {
      throw SqlState.NOT_SUPPORTED.exception("the result is read only: " + editor.refusal());
    }
    return editor;
  }

  private void change(int column, Object value) throws SQLException {
    RowEditor rowEditor = editor();
    if (!inserting) {
      currentRow();
    }
    rowEditor.checkWritable(column);
    if (edits == null) {
      edits = new RowEdits(rows.columns().size());
    }
    edits.set(column - 1, value);
    if (inserting) {
      show(edits.values());
    }
  }

  private void show(Object[] values) {
    RowReader reader = new RowReader(RowBatch.of(List.<Object[]>of(values)), rows.columns().size());
    reader.next();
    showInstead(reader);
  }

  @Override
  void moved() {
    edits = null;
    inserting = false;
  }

  @Override
  public void updateRow() throws SQLException {
    RowEditor rowEditor = editor();
    checkOnRow("updateRow");
    RowReader row = currentRow();
    if (edits == null) {
      return;
    }
    replaceRow(rowEditor.update(row, edits));
    edits = null;
  }

  @Override
  public void insertRow() throws SQLException {
    RowEditor rowEditor = editor();
    if (!inserting) {
      throw SqlState.NO_CURRENT_ROW.exception("insertRow: call moveToInsertRow first");
    }
    rowEditor.insert(edits == null ? new RowEdits(rows.columns().size()) : edits);
    beginInsert();
  }

  @Override
  public void deleteRow() throws SQLException {
    RowEditor rowEditor = editor();
    checkOnRow("deleteRow");
    rowEditor.delete(currentRow());
    edits = null;
    removeRow();
  }

  @Override
  public void refreshRow() throws SQLException {
    RowEditor rowEditor = editor();
    checkOnRow("refreshRow");
    RowBatch now = rowEditor.read(currentRow());
    edits = null;
    if (now == null) {
      removeRow();
    } else {
      replaceRow(now);
    }
  }

  @Override
  public void cancelRowUpdates() throws SQLException {
    editor();
    checkOnRow("cancelRowUpdates");
    edits = null;
  }

  private void checkOnRow(String method) throws SQLException {
    if (inserting) {
      throw SqlState.NO_CURRENT_ROW.exception(
          method + ": the result is on the row to be inserted; call moveToCurrentRow first");
    }
  }

  @Override
  public void moveToInsertRow() throws SQLException {
    editor();
    beginInsert();
  }

  private void beginInsert() {
    edits = null;
    inserting = true;
    show(new Object[rows.columns().size()]);
  }

  @Override
  public void moveToCurrentRow() throws SQLException {
    editor();
    if (inserting) {
      edits = null;
      inserting = false;
      showInstead(null);
    }
  }

  /** An updated row shows its new values, and is not told from others. */
  @Override
  public boolean rowUpdated() throws SQLException {
    checkOpen();
    return false;
  }

  /** Inserted rows are not seen in the result. */
  @Override
  public boolean rowInserted() throws SQLException {
    checkOpen();
    return false;
  }

  @Override
  public boolean rowDeleted() throws SQLException {
    checkOpen();
    return isRemoved();
  }

  /** JDBC gives the number a meaning for decimals and numerics only. */
  private static int numeric(Object value) {
    return value instanceof Number ? Types.NUMERIC : Types.OTHER;
  }

  // ---- by number

  @Override
  public void updateNull(int column) throws SQLException {
    change(column, null);
  }

  @Override
  public void updateBigDecimal(int column, BigDecimal value) throws SQLException {
    change(column, Parameters.ofDecimal(value));
  }

  @Override
  public void updateBoolean(int column, boolean value) throws SQLException {
    change(column, value ? 1L : 0L);
  }

  @Override
  public void updateByte(int column, byte value) throws SQLException {
    change(column, (long) value);
  }

  @Override
  public void updateBytes(int column, byte[] value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  @Override
  public void updateDate(int column, Date value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  @Override
  public void updateDouble(int column, double value) throws SQLException {
    change(column, value);
  }

  @Override
  public void updateFloat(int column, float value) throws SQLException {
    change(column, (double) value);
  }

  @Override
  public void updateInt(int column, int value) throws SQLException {
    change(column, (long) value);
  }

  @Override
  public void updateLong(int column, long value) throws SQLException {
    change(column, value);
  }

  @Override
  public void updateShort(int column, short value) throws SQLException {
    change(column, (long) value);
  }

  @Override
  public void updateString(int column, String value) throws SQLException {
    change(column, value);
  }

  @Override
  public void updateNString(int column, String value) throws SQLException {
    change(column, value);
  }

  @Override
  public void updateTime(int column, Time value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  @Override
  public void updateTimestamp(int column, Timestamp value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  @Override
  public void updateBlob(int column, Blob value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  @Override
  public void updateClob(int column, Clob value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  @Override
  public void updateNClob(int column, NClob value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  @Override
  public void updateObject(int column, Object value) throws SQLException {
    change(column, Parameters.of(value, moments()));
  }

  /**
   * @param scale digits after the point, for numbers
   */
  @Override
  public void updateObject(int column, Object value, int scale) throws SQLException {
    change(column, Parameters.of(value, numeric(value), scale, moments()));
  }

  @Override
  public void updateAsciiStream(int column, InputStream value) throws SQLException {
    change(column, Parameters.ofAscii(value, Parameters.TO_THE_END));
  }

  @Override
  public void updateAsciiStream(int column, InputStream value, int length) throws SQLException {
    change(column, Parameters.ofAscii(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateAsciiStream(int column, InputStream value, long length) throws SQLException {
    change(column, Parameters.ofAscii(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateBinaryStream(int column, InputStream value) throws SQLException {
    change(column, Parameters.ofStream(value, Parameters.TO_THE_END));
  }

  @Override
  public void updateBinaryStream(int column, InputStream value, int length) throws SQLException {
    change(column, Parameters.ofStream(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateBinaryStream(int column, InputStream value, long length) throws SQLException {
    change(column, Parameters.ofStream(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateCharacterStream(int column, Reader value) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void updateCharacterStream(int column, Reader value, int length) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateCharacterStream(int column, Reader value, long length) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateNCharacterStream(int column, Reader value) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void updateNCharacterStream(int column, Reader value, long length) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateBlob(int column, InputStream value) throws SQLException {
    change(column, Parameters.ofStream(value, Parameters.TO_THE_END));
  }

  @Override
  public void updateBlob(int column, InputStream value, long length) throws SQLException {
    change(column, Parameters.ofStream(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateClob(int column, Reader value) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void updateClob(int column, Reader value, long length) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateNClob(int column, Reader value) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void updateNClob(int column, Reader value, long length) throws SQLException {
    change(column, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void updateObject(int column, Object value, SQLType type) throws SQLException {
    change(column, Parameters.of(value, Parameters.number(type), -1, moments()));
  }

  @Override
  public void updateObject(int column, Object value, SQLType type, int scale) throws SQLException {
    change(column, Parameters.of(value, Parameters.number(type), scale, moments()));
  }

  // ---- by label

  @Override
  public void updateObject(String label, Object value, SQLType type) throws SQLException {
    updateObject(findColumn(label), value, type);
  }

  @Override
  public void updateObject(String label, Object value, SQLType type, int scale)
      throws SQLException {
    updateObject(findColumn(label), value, type, scale);
  }

  @Override
  public void updateNull(String label) throws SQLException {
    change(findColumn(label), null);
  }

  @Override
  public void updateBigDecimal(String label, BigDecimal value) throws SQLException {
    updateBigDecimal(findColumn(label), value);
  }

  @Override
  public void updateBoolean(String label, boolean value) throws SQLException {
    updateBoolean(findColumn(label), value);
  }

  @Override
  public void updateByte(String label, byte value) throws SQLException {
    updateByte(findColumn(label), value);
  }

  @Override
  public void updateBytes(String label, byte[] value) throws SQLException {
    updateBytes(findColumn(label), value);
  }

  @Override
  public void updateDate(String label, Date value) throws SQLException {
    updateDate(findColumn(label), value);
  }

  @Override
  public void updateDouble(String label, double value) throws SQLException {
    updateDouble(findColumn(label), value);
  }

  @Override
  public void updateFloat(String label, float value) throws SQLException {
    updateFloat(findColumn(label), value);
  }

  @Override
  public void updateInt(String label, int value) throws SQLException {
    updateInt(findColumn(label), value);
  }

  @Override
  public void updateLong(String label, long value) throws SQLException {
    updateLong(findColumn(label), value);
  }

  @Override
  public void updateShort(String label, short value) throws SQLException {
    updateShort(findColumn(label), value);
  }

  @Override
  public void updateString(String label, String value) throws SQLException {
    updateString(findColumn(label), value);
  }

  @Override
  public void updateNString(String label, String value) throws SQLException {
    updateNString(findColumn(label), value);
  }

  @Override
  public void updateTime(String label, Time value) throws SQLException {
    updateTime(findColumn(label), value);
  }

  @Override
  public void updateTimestamp(String label, Timestamp value) throws SQLException {
    updateTimestamp(findColumn(label), value);
  }

  @Override
  public void updateBlob(String label, Blob value) throws SQLException {
    updateBlob(findColumn(label), value);
  }

  @Override
  public void updateClob(String label, Clob value) throws SQLException {
    updateClob(findColumn(label), value);
  }

  @Override
  public void updateNClob(String label, NClob value) throws SQLException {
    updateNClob(findColumn(label), value);
  }

  @Override
  public void updateObject(String label, Object value) throws SQLException {
    updateObject(findColumn(label), value);
  }

  @Override
  public void updateObject(String label, Object value, int scale) throws SQLException {
    updateObject(findColumn(label), value, scale);
  }

  @Override
  public void updateAsciiStream(String label, InputStream value) throws SQLException {
    updateAsciiStream(findColumn(label), value);
  }

  @Override
  public void updateAsciiStream(String label, InputStream value, int length) throws SQLException {
    updateAsciiStream(findColumn(label), value, length);
  }

  @Override
  public void updateAsciiStream(String label, InputStream value, long length) throws SQLException {
    updateAsciiStream(findColumn(label), value, length);
  }

  @Override
  public void updateBinaryStream(String label, InputStream value) throws SQLException {
    updateBinaryStream(findColumn(label), value);
  }

  @Override
  public void updateBinaryStream(String label, InputStream value, int length) throws SQLException {
    updateBinaryStream(findColumn(label), value, length);
  }

  @Override
  public void updateBinaryStream(String label, InputStream value, long length) throws SQLException {
    updateBinaryStream(findColumn(label), value, length);
  }

  @Override
  public void updateCharacterStream(String label, Reader value) throws SQLException {
    updateCharacterStream(findColumn(label), value);
  }

  @Override
  public void updateCharacterStream(String label, Reader value, int length) throws SQLException {
    updateCharacterStream(findColumn(label), value, length);
  }

  @Override
  public void updateCharacterStream(String label, Reader value, long length) throws SQLException {
    updateCharacterStream(findColumn(label), value, length);
  }

  @Override
  public void updateNCharacterStream(String label, Reader value) throws SQLException {
    updateNCharacterStream(findColumn(label), value);
  }

  @Override
  public void updateNCharacterStream(String label, Reader value, long length) throws SQLException {
    updateNCharacterStream(findColumn(label), value, length);
  }

  @Override
  public void updateBlob(String label, InputStream value) throws SQLException {
    updateBlob(findColumn(label), value);
  }

  @Override
  public void updateBlob(String label, InputStream value, long length) throws SQLException {
    updateBlob(findColumn(label), value, length);
  }

  @Override
  public void updateClob(String label, Reader value) throws SQLException {
    updateClob(findColumn(label), value);
  }

  @Override
  public void updateClob(String label, Reader value, long length) throws SQLException {
    updateClob(findColumn(label), value, length);
  }

  @Override
  public void updateNClob(String label, Reader value) throws SQLException {
    updateNClob(findColumn(label), value);
  }

  @Override
  public void updateNClob(String label, Reader value, long length) throws SQLException {
    updateNClob(findColumn(label), value, length);
  }
}
