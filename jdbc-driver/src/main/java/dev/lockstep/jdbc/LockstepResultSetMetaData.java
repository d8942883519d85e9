package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.metadata.DeclaredType;
import dev.lockstep.protocol.Column;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;

/**
 * What the columns of a result are: by their declared types, and where there is none, by what the
 * cluster says of the statement. Never by the rows.
 */
final class LockstepResultSetMetaData implements ResultSetMetaData, Self {
  private final List<Column> columns;
  private final ColumnFacts facts;
  private final DeclaredType[] types;

  /**
   * @param facts what is asked for when it is needed
   */
  LockstepResultSetMetaData(List<Column> columns, ColumnFacts facts) {
    this.facts = facts;
    this.columns = columns;
    this.types = new DeclaredType[columns.size()];
  }

  @Override
  public int getColumnCount() {
    return columns.size();
  }

  @Override
  public String getColumnLabel(int column) throws SQLException {
    return columns.get(index(column)).label();
  }

  @Override
  public String getColumnName(int column) throws SQLException {
    return getColumnLabel(column);
  }

  @Override
  public int getColumnType(int column) throws SQLException {
    return type(column).jdbcType();
  }

  @Override
  public String getColumnTypeName(int column) throws SQLException {
    return type(column).name();
  }

  @Override
  public String getColumnClassName(int column) throws SQLException {
    DeclaredType type = type(column);
    // Only of a declared type getObject makes what belongs to it.
    return isDeclared(column - 1) ? type.className() : type.storedClassName();
  }

  @Override
  public int getPrecision(int column) throws SQLException {
    return type(column).size();
  }

  @Override
  public int getScale(int column) throws SQLException {
    return type(column).scale();
  }

  @Override
  public int getColumnDisplaySize(int column) throws SQLException {
    int size = type(column).size();
    // A sign and a point are shown besides the digits.
    return type(column).isNumber() && size < Integer.MAX_VALUE ? size + 2 : size;
  }

  @Override
  public boolean isSigned(int column) throws SQLException {
    return type(column).isNumber();
  }

  @Override
  public boolean isCaseSensitive(int column) throws SQLException {
    return type(column).isText();
  }

  @Override
  public boolean isCurrency(int column) throws SQLException {
    return type(column).name().equalsIgnoreCase("MONEY");
  }

  @Override
  public boolean isSearchable(int column) throws SQLException {
    index(column);
    return true;
  }

  @Override
  public int isNullable(int column) throws SQLException {
    return switch (facts.info(index(column)).nullability()) {
      case UNKNOWN -> columnNullableUnknown;
      case NEVER -> columnNoNulls;
      case POSSIBLE -> columnNullable;
    };
  }

  @Override
  public boolean isAutoIncrement(int column) throws SQLException {
    return facts.isRowid(index(column));
  }

  @Override
  public boolean isReadOnly(int column) throws SQLException {
    return getTableName(column).isEmpty();
  }

  @Override
  public boolean isWritable(int column) throws SQLException {
    return !isReadOnly(column);
  }

  @Override
  public boolean isDefinitelyWritable(int column) throws SQLException {
    index(column);
    return false;
  }

  @Override
  public String getTableName(int column) throws SQLException {
    return columns.get(index(column)).table();
  }

  /** The one schema, or empty for an expression. */
  @Override
  public String getSchemaName(int column) throws SQLException {
    return getTableName(column).isEmpty() ? "" : LockstepConnection.SCHEMA;
  }

  @Override
  public String getCatalogName(int column) throws SQLException {
    index(column);
    return "";
  }

  private DeclaredType type(int column) throws SQLException {
    int index = index(column);
    if (types[index] == null) {
      types[index] =
          DeclaredType.of(
              isDeclared(index) ? columns.get(index).declaredType() : facts.info(index).type());
    }
    return types[index];
  }

  private boolean isDeclared(int index) {
    return !columns.get(index).declaredType().isBlank();
  }

  private int index(int column) throws SQLException {
    if (column < 1 || column > columns.size()) {
      throw SqlState.INDEX_OUT_OF_RANGE.exception(
          "column " + column + " of " + columns.size() + ", counted from 1");
    }
    return column - 1;
  }
}
