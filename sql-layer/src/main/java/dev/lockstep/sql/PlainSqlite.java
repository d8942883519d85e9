package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * A connection without data and without replaced functions: what the replaced functions ask for
 * everything but time, place and chance, so that their answers are SQLite's own.
 */
final class PlainSqlite implements AutoCloseable {
  /** Calls with more arguments are prepared each time. Bounds the open statements. */
  private static final int ARGUMENTS_KEPT_MAX = 8;

  private final Connection connection;
  private final Map<String, PreparedStatement[]> calls = new HashMap<>();

  PlainSqlite() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
  }

  /** The function's value: Integer, Long, Double, String, byte[] or null. */
  Object call(String function, Object[] arguments) throws SQLException {
    if (arguments.length > ARGUMENTS_KEPT_MAX) {
      try (PreparedStatement statement = prepare(function, arguments.length)) {
        return call(statement, arguments);
      }
    }
    PreparedStatement[] byCount =
        calls.computeIfAbsent(function, name -> new PreparedStatement[ARGUMENTS_KEPT_MAX + 1]);
    PreparedStatement statement = byCount[arguments.length];
    if (statement == null) {
      statement = prepare(function, arguments.length);
      byCount[arguments.length] = statement;
    }
    return call(statement, arguments);
  }

  /** Whether a text is a number to arithmetic functions. */
  boolean isNumeric(String text) throws SQLException {
    return call("ceil", new Object[] {text}) != null;
  }

  private PreparedStatement prepare(String function, int argumentCount) throws SQLException {
    String places = argumentCount == 0 ? "" : "?" + ", ?".repeat(argumentCount - 1);
    return connection.prepareStatement("SELECT " + function + "(" + places + ")");
  }

  private static Object call(PreparedStatement statement, Object[] arguments) throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    try (ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getObject(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
