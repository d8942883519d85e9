package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.sqlite.core.CoreStatement;

/**
 * A statement that a connection uses for itself all its life. sqlite-jdbc finalizes a statement
 * that fails (an interrupt is enough), so it is prepared again when that has happened. Given back
 * with the connection.
 */
final class OwnStatement {
  private final Connection connection;
  private final String sql;
  private PreparedStatement statement;

  OwnStatement(Connection connection, String sql) throws SQLException {
    this.connection = connection;
    this.sql = sql;
    this.statement = connection.prepareStatement(sql);
  }

  static boolean isFinalized(PreparedStatement statement) {
    return statement instanceof CoreStatement core && core.pointer.isClosed();
  }

  void execute() throws SQLException {
    open().execute();
  }

  void execute(long parameter) throws SQLException {
    open().setLong(1, parameter);
    statement.execute();
  }

  long queryLong() throws SQLException {
    try (ResultSet result = open().executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }

  private PreparedStatement open() throws SQLException {
    if (isFinalized(statement)) {
      statement = connection.prepareStatement(sql);
    }
    return statement;
  }
}
