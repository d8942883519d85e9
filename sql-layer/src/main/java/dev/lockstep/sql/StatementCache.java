package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open statements of one connection by their text, the least recently used closed first.
 *
 * <p>SQLite prepares a statement again by itself when the schema has changed, but sqlite-jdbc keeps
 * the columns it saw first. So all are closed after a schema change, and again when one is rolled
 * back. PRAGMAs and DDL are never kept: some PRAGMAs act when they are prepared, not when executed.
 */
final class StatementCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatementCache.class);

  private enum Effect {
    NONE,
    COMMIT,
    ROLLBACK,
    /** May change the schema, or must not be kept for another reason. */
    SCHEMA
  }

  private record Entry(PreparedStatement statement, Effect effect) {}

  private static final Map<String, Effect> KEPT =
      Map.ofEntries(
          Map.entry("SELECT", Effect.NONE),
          Map.entry("VALUES", Effect.NONE),
          Map.entry("WITH", Effect.NONE),
          Map.entry("INSERT", Effect.NONE),
          Map.entry("REPLACE", Effect.NONE),
          Map.entry("UPDATE", Effect.NONE),
          Map.entry("DELETE", Effect.NONE),
          Map.entry("SAVEPOINT", Effect.NONE),
          Map.entry("RELEASE", Effect.NONE),
          Map.entry("BEGIN", Effect.NONE),
          Map.entry("COMMIT", Effect.COMMIT),
          Map.entry("END", Effect.COMMIT),
          Map.entry("ROLLBACK", Effect.ROLLBACK));

  /** Change the file's schema cookie or nothing that a kept statement depends on. */
  private static final Set<String> HARMLESS = Set.of("PRAGMA", "EXPLAIN");

  private final Connection connection;
  private final int countMax;
  private final LinkedHashMap<String, Entry> kept = new LinkedHashMap<>(64, 0.75f, true);
  private PreparedStatement passing;
  private boolean stale;
  private boolean schemaChangeOpen;
  private boolean committing;

  StatementCache(Connection connection, int countMax) {
    this.connection = connection;
    this.countMax = countMax;
  }

  PreparedStatement prepare(String sql) throws SQLException {
    closePassing();
    if (stale) {
      clear();
    }
    Entry entry = kept.get(sql);
    if (entry == null) {
      return prepareNew(sql);
    }
    if (OwnStatement.isFinalized(entry.statement)) {
      kept.remove(sql);
      return prepareNew(sql);
    }
    note(entry.effect);
    entry.statement.clearParameters();
    return entry.statement;
  }

  private PreparedStatement prepareNew(String sql) throws SQLException {
    SqlToken first = new SqlTokens(sql).next();
    String word =
        first == null ? "" : sql.substring(first.start(), first.end()).toUpperCase(Locale.ROOT);
    Effect effect = KEPT.get(word);
    PreparedStatement statement = connection.prepareStatement(sql);
    if (effect == null) {
      passing = statement;
      note(HARMLESS.contains(word) ? Effect.NONE : Effect.SCHEMA);
      return statement;
    }
    kept.put(sql, new Entry(statement, effect));
    note(effect);
    if (kept.size() > countMax) {
      closeEldest();
    }
    return statement;
  }

  /** The statement is executed after this, so what it changes is acted on at the next prepare. */
  private void note(Effect effect) {
    if (effect == Effect.ROLLBACK) {
      stale = schemaChangeOpen;
    } else if (committing) {
      schemaChangeOpen = false;
    }
    committing = effect == Effect.COMMIT;
    if (effect == Effect.SCHEMA) {
      stale = true;
      schemaChangeOpen = true;
    }
  }

  private void closeEldest() {
    var eldest = kept.entrySet().iterator();
    Entry entry = eldest.next().getValue();
    eldest.remove();
    close(entry.statement);
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

  /** Closes all statements; those that are prepared next see the schema as it is then. */
  void clear() {
    stale = false;
    closePassing();
    while (!kept.isEmpty()) {
      closeEldest();
    }
  }

  int size() {
    return kept.size();
  }

  @Override
  public void close() {
    clear();
  }
}
