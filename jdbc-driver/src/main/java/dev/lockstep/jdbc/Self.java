package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.SqlState;
import java.sql.SQLException;
import java.sql.Wrapper;

/** An object of JDBC that wraps nothing but itself. */
interface Self extends Wrapper {
  @Override
  default <T> T unwrap(Class<T> type) throws SQLException {
    if (type == null || !type.isInstance(this)) {
      throw SqlState.INVALID_ARGUMENT.exception(getClass().getName() + " is no " + type);
    }
    return type.cast(this);
  }

  @Override
  default boolean isWrapperFor(Class<?> type) {
    return type != null && type.isInstance(this);
  }
}
