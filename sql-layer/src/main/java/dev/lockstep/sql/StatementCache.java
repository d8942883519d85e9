package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open statements of one connection by their text, the least recently used closed first.
 *
 * <p>SQLite prepares a statement again by itself when the schema has changed, and sqlite-jdbc reads
 * the columns anew with each execution: only {@code PreparedStatement.getMetaData()} before it may
 * be of the past.
 */
final class StatementCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatementCache.class);

  /**
   * Not PRAGMAs, of which some act when they are prepared, not when executed; nor DDL, seen once.
   */
  private static final Set<String> KEPT =
      Set.of(
          "SELECT",
          "VALUES",
          "WITH",
          "INSERT",
          "REPLACE",
          "UPDATE",
          "DELETE",
          "SAVEPOINT",
          "RELEASE",
          "BEGIN",
          "COMMIT",
          "END",
          "ROLLBACK");

  private final Connection connection;
  private final int countMax;
  private final LinkedHashMap<String, PreparedStatement> kept =
      new LinkedHashMap<>(64, 0.75f, true);
  private PreparedStatement passing;

  StatementCache(Connection connection, int countMax) {
    this.connection = connection;
    this.countMax = countMax;
  }

  PreparedStatement prepare(String sql) throws SQLException {
    closePassing();
    PreparedStatement statement = kept.get(sql);
    if (statement == null || OwnStatement.isFinalized(statement)) {
      return prepareNew(sql);
    }
    statement.clearParameters();
    return statement;
  }

  private PreparedStatement prepareNew(String sql) throws SQLException {
    SqlToken first = new SqlTokens(sql).next();
    String word = first == null ? "" : sql.substring(first.start(), first.end());
    PreparedStatement statement = connection.prepareStatement(sql);
    if (!KEPT.contains(word.toUpperCase(Locale.ROOT))) {
      passing = statement;
      return statement;
    }
    kept.put(sql, statement);
    if (kept.size() > countMax) {
      closeEldest();
    }
    return statement;
  }

  private void closeEldest() {
    var eldest = kept.values().iterator();
    PreparedStatement statement = eldest.next();
    eldest.remove();
    close(statement);
  }

  private void closePassing() {
    PreparedStatement statement = passing;
    passing = null;
    if (statement != null) {
      close(statement);
    }
  }

  /** SQLite frees a statement in any case; closing only repeats its last error. */
  private static void close(PreparedStatement statement) {
    try {
      statement.close();
    } catch (SQLException lastError) {
      LOG.debug("Closing a statement that had failed", lastError);
    }
  }

  int size() {
    return kept.size();
  }

  @Override
  public void close() {
    closePassing();
    while (!kept.isEmpty()) {
      closeEldest();
    }
  }
}
