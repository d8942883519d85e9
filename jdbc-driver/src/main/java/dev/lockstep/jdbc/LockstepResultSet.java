package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.metadata.DeclaredType;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigDecimal;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The columns of the row that a result is on. All getters go through {@link #cell}, which checks
 * that there is a row and such a column, and remembers whether the value is NULL; {@link
 * Conversions} does the rest. Used by one thread at a time, but {@link #close} by any.
 */
final class LockstepResultSet extends UpdatableResultSet implements Self {
  private final LockstepStatement statement;
  private final MomentFormat moments;
  private final DeclaredType[] types;
  private final Cell cell = new Cell();
  private final ColumnFacts facts;
  private LockstepResultSetMetaData metaData;
  private Map<String, Integer> indexByLabel;
  private boolean wasNull;
  private volatile boolean closed;

  LockstepResultSet(
      LockstepStatement statement, RowStream rows, int fetchSize, MomentFormat moments) {
    this(statement, rows, fetchSize, moments, ColumnFacts.NONE, false, null);
  }

  /**
   * @param facts for its metadata
   * @param scrolls whether it can be read in any direction; then all rows stay in memory
   * @param editor changes the rows; null if that is not wanted
   */
  LockstepResultSet(
      LockstepStatement statement,
      RowStream rows,
      int fetchSize,
      MomentFormat moments,
      ColumnFacts facts,
      boolean scrolls,
      RowEditor editor) {
    super(rows, fetchSize, scrolls, editor);
    this.statement = statement;
    this.moments = moments;
    this.facts = facts;
    this.types = new DeclaredType[rows.columns().size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = DeclaredType.of(rows.columns().get(i).declaredType());
    }
  }

  // ---- the gate to the columns

  private Cell cell(int column) throws SQLException {
    checkOpen();
    RowReader row = currentRow();
    if (column < 1 || column > types.length) {
      throw SqlState.INDEX_OUT_OF_RANGE.exception(
          "column " + column + " of " + types.length + ", counted from 1");
    }
    Column described = rows.columns().get(column - 1);
    cell.at(row, column - 1, described, types[column - 1]);
    wasNull = cell.isNull();
    return cell;
  }

  @Override
  public int findColumn(String label) throws SQLException {
    checkOpen();
    if (indexByLabel == null) {
      indexByLabel = new HashMap<>();
      List<Column> columns = rows.columns();
      // Backwards, so that of columns with the same label the first one counts.
      for (int i = columns.size(); i > 0; i--) {
        indexByLabel.put(columns.get(i - 1).label().toLowerCase(Locale.ROOT), i);
      }
    }
    Integer index = label == null ? null : indexByLabel.get(label.toLowerCase(Locale.ROOT));
    if (index == null) {
      throw SqlState.UNKNOWN_COLUMN.exception("there is no column '" + label + "' in the result");
    }
    return index;
  }

  @Override
  public boolean wasNull() throws SQLException {
    checkOpen();
    return wasNull;
  }

  // ---- by number

  @Override
  public String getString(int column) throws SQLException {
    return Conversions.toText(cell(column));
  }

  @Override
  public boolean getBoolean(int column) throws SQLException {
    return Conversions.toBoolean(cell(column));
  }

  @Override
  public byte getByte(int column) throws SQLException {
    return (byte) Conversions.toLong(cell(column), Byte.MIN_VALUE, Byte.MAX_VALUE);
  }

  @Override
  public short getShort(int column) throws SQLException {
    return (short) Conversions.toLong(cell(column), Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Override
  public int getInt(int column) throws SQLException {
    return Conversions.toInt(cell(column));
  }

  @Override
  public long getLong(int column) throws SQLException {
    return Conversions.toLong(cell(column));
  }

  @Override
  public float getFloat(int column) throws SQLException {
    return Conversions.toFloat(cell(column));
  }

  @Override
  public double getDouble(int column) throws SQLException {
    return Conversions.toDouble(cell(column));
  }

  @Override
  public BigDecimal getBigDecimal(int column) throws SQLException {
    return Conversions.toBigDecimal(cell(column));
  }

  @Override
  @Deprecated
  public BigDecimal getBigDecimal(int column, int scale) throws SQLException {
    return Conversions.toBigDecimal(cell(column), scale);
  }

  @Override
  public byte[] getBytes(int column) throws SQLException {
    return Conversions.toBytes(cell(column));
  }

  @Override
  public Date getDate(int column) throws SQLException {
    return Conversions.toDate(cell(column), moments);
  }

  @Override
  public Date getDate(int column, Calendar calendar) throws SQLException {
    return Conversions.toDate(cell(column), moments, calendar);
  }

  @Override
  public Time getTime(int column) throws SQLException {
    return Conversions.toTime(cell(column), moments);
  }

  @Override
  public Time getTime(int column, Calendar calendar) throws SQLException {
    return Conversions.toTime(cell(column), moments, calendar);
  }

  @Override
  public Timestamp getTimestamp(int column) throws SQLException {
    return Conversions.toTimestamp(cell(column), moments);
  }

  @Override
  public Timestamp getTimestamp(int column, Calendar calendar) throws SQLException {
    return Conversions.toTimestamp(cell(column), moments.in(calendar));
  }

  @Override
  public Object getObject(int column) throws SQLException {
    return Conversions.toObject(cell(column), moments);
  }

  @Override
  public <T> T getObject(int column, Class<T> type) throws SQLException {
    return Conversions.toClass(cell(column), type, moments);
  }

  /** The map is not used: SQLite has no types of the user's. */
  @Override
  public Object getObject(int column, Map<String, Class<?>> map) throws SQLException {
    return getObject(column);
  }

  @Override
  public Blob getBlob(int column) throws SQLException {
    byte[] bytes = getBytes(column);
    return bytes == null ? null : new MemoryBlob(bytes);
  }

  @Override
  public Clob getClob(int column) throws SQLException {
    return getNClob(column);
  }

  @Override
  public NClob getNClob(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new MemoryClob(text);
  }

  @Override
  public String getNString(int column) throws SQLException {
    return getString(column);
  }

  @Override
  public InputStream getBinaryStream(int column) throws SQLException {
    byte[] bytes = getBytes(column);
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }

  @Override
  public InputStream getAsciiStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Reader getCharacterStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new StringReader(text);
  }

  @Override
  public Reader getNCharacterStream(int column) throws SQLException {
    return getCharacterStream(column);
  }

  @Override
  public URL getURL(int column) throws SQLException {
    return Conversions.toUrl(cell(column));
  }

  /** In UTF-8, as {@link #getAsciiStream}. */
  @Override
  @Deprecated
  public InputStream getUnicodeStream(int column) throws SQLException {
    return getAsciiStream(column);
  }

  // ---- by label

  @Override
  public String getString(String label) throws SQLException {
    return getString(findColumn(label));
  }

  @Override
  public boolean getBoolean(String label) throws SQLException {
    return getBoolean(findColumn(label));
  }

  @Override
  public byte getByte(String label) throws SQLException {
    return getByte(findColumn(label));
  }

  @Override
  public short getShort(String label) throws SQLException {
    return getShort(findColumn(label));
  }

  @Override
  public int getInt(String label) throws SQLException {
    return getInt(findColumn(label));
  }

  @Override
  public long getLong(String label) throws SQLException {
    return getLong(findColumn(label));
  }

  @Override
  public float getFloat(String label) throws SQLException {
    return getFloat(findColumn(label));
  }

  @Override
  public double getDouble(String label) throws SQLException {
    return getDouble(findColumn(label));
  }

  @Override
  public BigDecimal getBigDecimal(String label) throws SQLException {
    return getBigDecimal(findColumn(label));
  }

  @Override
  @Deprecated
  public BigDecimal getBigDecimal(String label, int scale) throws SQLException {
    return getBigDecimal(findColumn(label), scale);
  }

  @Override
  public byte[] getBytes(String label) throws SQLException {
    return getBytes(findColumn(label));
  }

  @Override
  public Date getDate(String label) throws SQLException {
    return getDate(findColumn(label));
  }

  @Override
  public Date getDate(String label, Calendar calendar) throws SQLException {
    return getDate(findColumn(label), calendar);
  }

  @Override
  public Time getTime(String label) throws SQLException {
    return getTime(findColumn(label));
  }

  @Override
  public Time getTime(String label, Calendar calendar) throws SQLException {
    return getTime(findColumn(label), calendar);
  }

  @Override
  public Timestamp getTimestamp(String label) throws SQLException {
    return getTimestamp(findColumn(label));
  }

  @Override
  public Timestamp getTimestamp(String label, Calendar calendar) throws SQLException {
    return getTimestamp(findColumn(label), calendar);
  }

  @Override
  public Object getObject(String label) throws SQLException {
    return getObject(findColumn(label));
  }

  @Override
  public <T> T getObject(String label, Class<T> type) throws SQLException {
    return getObject(findColumn(label), type);
  }

  @Override
  public Object getObject(String label, Map<String, Class<?>> map) throws SQLException {
    return getObject(findColumn(label));
  }

  @Override
  public Blob getBlob(String label) throws SQLException {
    return getBlob(findColumn(label));
  }

  @Override
  public Clob getClob(String label) throws SQLException {
    return getClob(findColumn(label));
  }

  @Override
  public NClob getNClob(String label) throws SQLException {
    return getNClob(findColumn(label));
  }

  @Override
  public String getNString(String label) throws SQLException {
    return getString(findColumn(label));
  }

  @Override
  public InputStream getBinaryStream(String label) throws SQLException {
    return getBinaryStream(findColumn(label));
  }

  @Override
  public InputStream getAsciiStream(String label) throws SQLException {
    return getAsciiStream(findColumn(label));
  }

  @Override
  public Reader getCharacterStream(String label) throws SQLException {
    return getCharacterStream(findColumn(label));
  }

  @Override
  public Reader getNCharacterStream(String label) throws SQLException {
    return getCharacterStream(findColumn(label));
  }

  @Override
  public URL getURL(String label) throws SQLException {
    return getURL(findColumn(label));
  }

  @Override
  @Deprecated
  public InputStream getUnicodeStream(String label) throws SQLException {
    return getUnicodeStream(findColumn(label));
  }

  // ---- about the result

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    if (metaData == null) {
      metaData = new LockstepResultSetMetaData(rows.columns(), facts);
    }
    return metaData;
  }

  /** Null for a result that belongs to no statement: keys where there are none. */
  @Override
  public Statement getStatement() throws SQLException {
    checkOpen();
    return statement == null ? null : statement.seen();
  }

  LockstepStatement ownStatement() {
    return statement;
  }

  @Override
  public int getHoldability() throws SQLException {
    checkOpen();
    return HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return null;
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
  }

  @Override
  public void close() throws SQLException {
    if (!closed) {
      closed = true;
      rows.close();
      if (statement != null) {
        statement.resultClosed(this);
      }
    }
  }

  @Override
  public boolean isClosed() {
    return closed || (statement != null && statement.isConnectionClosed());
  }

  @Override
  void checkOpen() throws SQLException {
    if (isClosed()) {
      throw SqlState.CLOSED.exception("the result is closed");
    }
  }

  @Override
  MomentFormat moments() {
    return moments;
  }
}
