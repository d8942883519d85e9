package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.protocol.DescribedColumn;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.GeneratedKeys;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.ServerMessage.Described;
import dev.lockstep.protocol.StatementCall;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;

/**
 * A statement with parameters. Nothing is sent before it is executed; the nodes remember what they
 * have compiled. Used by one thread at a time.
 */
final class LockstepPreparedStatement extends UnsupportedPreparedStatement {
  /** What a parameter holds that was not set. */
  private static final Object UNSET = new Object();

  private final String sql;
  private final GeneratedKeys keys;
  private final Object[] values;
  private final List<Object[]> batch = new ArrayList<>();
  private Described description;

  LockstepPreparedStatement(LockstepConnection connection, String sql, GeneratedKeys keys)
      throws SQLException {
    super(connection);
    this.sql = prepared(sql);
    this.keys = keys;
    int count = SqlText.countParameters(this.sql);
    if (count > Limits.PARAMETERS_MAX) {
      throw SqlState.TOO_LARGE.exception(
          count + " parameters; the limit is " + Limits.PARAMETERS_MAX);
    }
    this.values = new Object[count];
    Arrays.fill(values, UNSET);
  }

  // ---- execution

  @Override
  public ResultSet executeQuery() throws SQLException {
    execute(call(), Expectation.ROWS, GeneratedKeys.NONE);
    return requiredResultSet();
  }

  @Override
  public boolean execute() throws SQLException {
    return execute(call(), Expectation.ANY, keys);
  }

  @Override
  public int executeUpdate() throws SQLException {
    return toInt(executeLargeUpdate());
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    return update(call(), keys);
  }

  @Override
  public void addBatch() throws SQLException {
    batch.add(row());
  }

  @Override
  public void clearBatch() throws SQLException {
    super.clearBatch();
    batch.clear();
  }

  @Override
  public long[] executeLargeBatch() throws SQLException {
    checkOpen();
    List<Object[]> rows = List.copyOf(batch);
    batch.clear();
    if (rows.isEmpty()) {
      return executeBatch(List.of(), keys);
    }
    if (values.length == 0) {
      return executeBatch(rows.stream().map(row -> new StatementCall(sql)).toList(), keys);
    }
    return executeBatch(List.of(new StatementCall(sql, rows)), keys);
  }

  private StatementCall call() throws SQLException {
    Object[] row = row();
    // The schema may be another one when it is asked for again.
    description = null;
    return row.length == 0
        ? new StatementCall(sql)
        : new StatementCall(sql, List.<Object[]>of(row));
  }

  /** What the parameters are set to, as they are sent. */
  Object[] row() throws SQLException {
    checkOpen();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == UNSET) {
        throw SqlState.PARAMETER_MISSING.exception(
            "parameter " + (i + 1) + " of " + values.length + " has no value");
      }
    }
    return values.clone();
  }

  @Override
  public void clearParameters() throws SQLException {
    checkOpen();
    Arrays.fill(values, UNSET);
  }

  /** What the query will return; null if the statement returns no rows. Asks a node once. */
  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    List<DescribedColumn> described = description().columns();
    return described.isEmpty()
        ? null
        : new LockstepResultSetMetaData(
            described.stream().map(DescribedColumn::column).toList(), new ColumnFacts(described));
  }

  /** Asks a node when it is asked for more than their number. */
  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    checkOpen();
    return new LockstepParameterMetaData(values.length, () -> description().parameters());
  }

  /** What the cluster says of the statement; asked again after it was executed. */
  private Described description() throws SQLException {
    checkOpen();
    if (description == null) {
      description = lockstepConnection().client().describe(sql, 0);
    }
    return description;
  }

  @Override
  public String toString() {
    return sql;
  }

  // ---- parameters

  private void set(int index, Object value) throws SQLException {
    checkOpen();
    if (index < 1 || index > values.length) {
      throw SqlState.INDEX_OUT_OF_RANGE.exception(
          "parameter " + index + " of " + values.length + ", counted from 1");
    }
    values[index - 1] = value;
  }

  private MomentFormat moments() {
    return lockstepConnection().moments();
  }

  @Override
  public void setNull(int index, int jdbcType) throws SQLException {
    set(index, null);
  }

  @Override
  public void setNull(int index, int jdbcType, String typeName) throws SQLException {
    set(index, null);
  }

  @Override
  public void setBoolean(int index, boolean value) throws SQLException {
    set(index, value ? 1L : 0L);
  }

  @Override
  public void setByte(int index, byte value) throws SQLException {
    set(index, (long) value);
  }

  @Override
  public void setShort(int index, short value) throws SQLException {
    set(index, (long) value);
  }

  @Override
  public void setInt(int index, int value) throws SQLException {
    set(index, (long) value);
  }

  @Override
  public void setLong(int index, long value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setFloat(int index, float value) throws SQLException {
    set(index, (double) value);
  }

  @Override
  public void setDouble(int index, double value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setBigDecimal(int index, BigDecimal value) throws SQLException {
    set(index, Parameters.ofDecimal(value));
  }

  @Override
  public void setString(int index, String value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setNString(int index, String value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setBytes(int index, byte[] value) throws SQLException {
    set(index, value == null ? null : value.clone());
  }

  @Override
  public void setDate(int index, Date value) throws SQLException {
    set(index, Parameters.of(value, moments()));
  }

  @Override
  public void setDate(int index, Date value, Calendar calendar) throws SQLException {
    if (value == null || calendar == null) {
      setDate(index, value);
      return;
    }
    set(index, moments().in(calendar).stored(local(value, calendar).toLocalDate()));
  }

  @Override
  public void setTime(int index, Time value) throws SQLException {
    set(index, Parameters.of(value, moments()));
  }

  @Override
  public void setTime(int index, Time value, Calendar calendar) throws SQLException {
    if (value == null || calendar == null) {
      setTime(index, value);
      return;
    }
    set(index, moments().in(calendar).stored(local(value, calendar).toLocalTime()));
  }

  private static LocalDateTime local(java.util.Date value, Calendar calendar) {
    return LocalDateTime.ofInstant(
        Instant.ofEpochMilli(value.getTime()), calendar.getTimeZone().toZoneId());
  }

  @Override
  public void setTimestamp(int index, Timestamp value) throws SQLException {
    set(index, Parameters.of(value, moments()));
  }

  @Override
  public void setTimestamp(int index, Timestamp value, Calendar calendar) throws SQLException {
    set(index, Parameters.of(value, moments().in(calendar)));
  }

  @Override
  public void setObject(int index, Object value) throws SQLException {
    set(index, Parameters.of(value, moments()));
  }

  @Override
  public void setObject(int index, Object value, int jdbcType) throws SQLException {
    set(index, Parameters.of(value, jdbcType, -1, moments()));
  }

  @Override
  public void setObject(int index, Object value, int jdbcType, int scale) throws SQLException {
    set(index, Parameters.of(value, jdbcType, scale, moments()));
  }

  @Override
  public void setObject(int index, Object value, SQLType type) throws SQLException {
    setObject(index, value, Parameters.number(type));
  }

  @Override
  public void setObject(int index, Object value, SQLType type, int scale) throws SQLException {
    setObject(index, value, Parameters.number(type), scale);
  }

  @Override
  public void setURL(int index, URL value) throws SQLException {
    set(index, value == null ? null : value.toString());
  }

  @Override
  public void setBlob(int index, Blob value) throws SQLException {
    set(index, Parameters.of(value, moments()));
  }

  @Override
  public void setBlob(int index, InputStream value) throws SQLException {
    set(index, Parameters.ofStream(value, Parameters.TO_THE_END));
  }

  @Override
  public void setBlob(int index, InputStream value, long length) throws SQLException {
    set(index, Parameters.ofStream(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setBinaryStream(int index, InputStream value) throws SQLException {
    set(index, Parameters.ofStream(value, Parameters.TO_THE_END));
  }

  @Override
  public void setBinaryStream(int index, InputStream value, int length) throws SQLException {
    set(index, Parameters.ofStream(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setBinaryStream(int index, InputStream value, long length) throws SQLException {
    set(index, Parameters.ofStream(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setAsciiStream(int index, InputStream value) throws SQLException {
    set(index, Parameters.ofAscii(value, Parameters.TO_THE_END));
  }

  @Override
  public void setAsciiStream(int index, InputStream value, int length) throws SQLException {
    set(index, Parameters.ofAscii(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setAsciiStream(int index, InputStream value, long length) throws SQLException {
    set(index, Parameters.ofAscii(value, Parameters.checkedLength(length)));
  }

  /** In UTF-8, as {@link #setAsciiStream}. */
  @Override
  @Deprecated
  public void setUnicodeStream(int index, InputStream value, int length) throws SQLException {
    setAsciiStream(index, value, length);
  }

  @Override
  public void setCharacterStream(int index, Reader value) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void setCharacterStream(int index, Reader value, int length) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setCharacterStream(int index, Reader value, long length) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setNCharacterStream(int index, Reader value) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void setNCharacterStream(int index, Reader value, long length) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setClob(int index, Clob value) throws SQLException {
    set(index, Parameters.of(value, moments()));
  }

  @Override
  public void setClob(int index, Reader value) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void setClob(int index, Reader value, long length) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  @Override
  public void setNClob(int index, NClob value) throws SQLException {
    set(index, Parameters.of(value, moments()));
  }

  @Override
  public void setNClob(int index, Reader value) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.TO_THE_END));
  }

  @Override
  public void setNClob(int index, Reader value, long length) throws SQLException {
    set(index, Parameters.ofReader(value, Parameters.checkedLength(length)));
  }

  // ---- a prepared statement runs its own text only

  @Override
  public ResultSet executeQuery(String other) throws SQLException {
    throw hasText();
  }

  @Override
  public boolean execute(String other) throws SQLException {
    throw hasText();
  }

  @Override
  public boolean execute(String other, int autoGeneratedKeys) throws SQLException {
    throw hasText();
  }

  @Override
  public boolean execute(String other, int[] columnIndexes) throws SQLException {
    throw hasText();
  }

  @Override
  public boolean execute(String other, String[] columnNames) throws SQLException {
    throw hasText();
  }

  @Override
  public long executeLargeUpdate(String other) throws SQLException {
    throw hasText();
  }

  @Override
  public long executeLargeUpdate(String other, int autoGeneratedKeys) throws SQLException {
    throw hasText();
  }

  @Override
  public long executeLargeUpdate(String other, int[] columnIndexes) throws SQLException {
    throw hasText();
  }

  @Override
  public long executeLargeUpdate(String other, String[] columnNames) throws SQLException {
    throw hasText();
  }

  @Override
  public void addBatch(String other) throws SQLException {
    throw hasText();
  }

  private static SQLException hasText() {
    return SqlState.WRONG_KIND_OF_RESULT.exception(
        "a prepared statement has its text already: call the method without one");
  }
}
