package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.jdbc.metadata.DeclaredType;
import dev.lockstep.protocol.ValueInfo;
import java.sql.ParameterMetaData;
import java.sql.SQLException;
import java.util.List;

/**
 * What the parameters of a statement meet: a column, an operand, an argument. SQLite itself takes
 * any value for any parameter.
 */
final class LockstepParameterMetaData implements ParameterMetaData, Self {
  /** What the cluster says. */
  interface Source {
    List<ValueInfo> parameters() throws SQLException;
  }

  private final int count;
  private final Source source;

  /**
   * @param source asked when more than their number is wanted
   */
  LockstepParameterMetaData(int count, Source source) {
    this.count = count;
    this.source = source;
  }

  @Override
  public int getParameterCount() {
    return count;
  }

  @Override
  public int isNullable(int parameter) throws SQLException {
    return switch (info(parameter).nullability()) {
      case UNKNOWN -> parameterNullableUnknown;
      case NEVER -> parameterNoNulls;
      case POSSIBLE -> parameterNullable;
    };
  }

  @Override
  public boolean isSigned(int parameter) throws SQLException {
    return type(parameter).isNumber();
  }

  /** Digits or characters; 0 if there is no limit, or none is known. */
  @Override
  public int getPrecision(int parameter) throws SQLException {
    int size = type(parameter).size();
    return size == Integer.MAX_VALUE ? 0 : size;
  }

  @Override
  public int getScale(int parameter) throws SQLException {
    return type(parameter).scale();
  }

  @Override
  public int getParameterType(int parameter) throws SQLException {
    return type(parameter).jdbcType();
  }

  @Override
  public String getParameterTypeName(int parameter) throws SQLException {
    return type(parameter).name();
  }

  @Override
  public String getParameterClassName(int parameter) throws SQLException {
    return type(parameter).className();
  }

  @Override
  public int getParameterMode(int parameter) throws SQLException {
    check(parameter);
    return parameterModeIn;
  }

  private DeclaredType type(int parameter) throws SQLException {
    return DeclaredType.of(info(parameter).type());
  }

  private ValueInfo info(int parameter) throws SQLException {
    check(parameter);
    List<ValueInfo> known = source.parameters();
    return parameter <= known.size() ? known.get(parameter - 1) : ValueInfo.UNKNOWN;
  }

  private void check(int parameter) throws SQLException {
    if (parameter < 1 || parameter > count) {
      throw SqlState.INDEX_OUT_OF_RANGE.exception(
          "parameter " + parameter + " of " + count + ", counted from 1");
    }
  }
}
