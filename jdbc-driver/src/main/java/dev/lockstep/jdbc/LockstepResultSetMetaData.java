package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.metadata.DeclaredType;
import dev.lockstep.protocol.Column;
import dev.lockstep.protocol.RowBatch;
import dev.lockstep.protocol.RowReader;
import dev.lockstep.protocol.Values;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;

/**
 * What the columns of a result are: by their declared types; an expression's type is that of the
 * first value that is not NULL in the rows that came first, and stays so.
 */
final class LockstepResultSetMetaData implements ResultSetMetaData, Self {
  private final List<Column> columns;
  private final DeclaredType[] types;
  private final TableFacts facts;

  /**
   * @param rows the beginning of the result, perhaps empty
   * @param facts what the table says of its columns
   */
  LockstepResultSetMetaData(List<Column> columns, RowBatch rows, TableFacts facts) {
    this.facts = facts;
    this.columns = columns;
    this.types = new DeclaredType[columns.size()];
    int unknown = 0;
    for (int i = 0; i < types.length; i++) {
      String declared = columns.get(i).declaredType();
      types[i] = declared.isBlank() ? null : DeclaredType.of(declared);
      unknown += declared.isBlank() ? 1 : 0;
    }
    RowReader reader = new RowReader(rows, columns.size());
    while (unknown > 0 && reader.next()) {
      for (int i = 0; i < types.length; i++) {
        if (types[i] == null && reader.storageClass(i) != Values.NULL) {
          types[i] = DeclaredType.of(typeOfValue(reader, i));
          unknown--;
        }
      }
    }
    for (int i = 0; i < types.length; i++) {
      types[i] = types[i] == null ? DeclaredType.of("TEXT") : types[i];
    }
  }

  private static String typeOfValue(RowReader row, int column) {
    return switch (row.storageClass(column)) {
      case Values.INTEGER ->
          row.integer(column) == (int) row.integer(column) ? "INTEGER" : "BIGINT";
      case Values.REAL -> "REAL";
      case Values.BLOB -> "BLOB";
      default -> "TEXT";
    };
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
    return type(column).className();
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
    return facts.nullability(columns.get(index(column)));
  }

  @Override
  public boolean isAutoIncrement(int column) throws SQLException {
    return facts.isAutoIncrement(columns.get(index(column)));
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
    return types[index(column)];
  }

  private int index(int column) throws SQLException {
    if (column < 1 || column > columns.size()) {
      throw SqlState.INDEX_OUT_OF_RANGE.exception(
          "column " + column + " of " + columns.size() + ", counted from 1");
    }
    return column - 1;
  }
}
