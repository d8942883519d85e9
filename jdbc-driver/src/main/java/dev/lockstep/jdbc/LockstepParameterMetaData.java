package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.ParameterMetaData;
import java.sql.SQLException;
import java.sql.Types;

/**
 * How many parameters there are. SQLite takes any value for any parameter, so nothing is known of
 * their types.
 */
final class LockstepParameterMetaData implements ParameterMetaData, Self {
  private final int count;

  LockstepParameterMetaData(int count) {
    this.count = count;
  }

  @Override
  public int getParameterCount() {
    return count;
  }

  @Override
  public int isNullable(int parameter) throws SQLException {
    check(parameter);
    return parameterNullableUnknown;
  }

  @Override
  public boolean isSigned(int parameter) throws SQLException {
    check(parameter);
    return true;
  }

  @Override
  public int getPrecision(int parameter) throws SQLException {
    check(parameter);
    return 0;
  }

  @Override
  public int getScale(int parameter) throws SQLException {
    check(parameter);
    return 0;
  }

  @Override
  public int getParameterType(int parameter) throws SQLException {
    check(parameter);
    return Types.VARCHAR;
  }

  @Override
  public String getParameterTypeName(int parameter) throws SQLException {
    check(parameter);
    return "TEXT";
  }

  @Override
  public String getParameterClassName(int parameter) throws SQLException {
    check(parameter);
    return "java.lang.Object";
  }

  @Override
  public int getParameterMode(int parameter) throws SQLException {
    check(parameter);
    return parameterModeIn;
  }

  private void check(int parameter) throws SQLException {
    if (parameter < 1 || parameter > count) {
      throw SqlState.INDEX_OUT_OF_RANGE.exception(
          "parameter " + parameter + " of " + count + ", counted from 1");
    }
  }
}
