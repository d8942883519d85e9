package dev.lockstep.sql;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Decides about PRAGMAs from their text: many act already when they are compiled, so SQLite cannot
 * be asked.
 */
final class PragmaRules {
  /** Answer without an argument, or a table or index by name, and change nothing. */
  private static final Set<String> WITH_NAME =
      Set.of(
          "table_info",
          "table_xinfo",
          "table_list",
          "index_list",
          "index_info",
          "index_xinfo",
          "foreign_key_list",
          "foreign_key_check",
          "integrity_check",
          "quick_check");

  private static final Set<String> READABLE =
      Set.of(
          "application_id",
          "auto_vacuum",
          "automatic_index",
          "busy_timeout",
          "cache_size",
          "collation_list",
          "compile_options",
          "data_version",
          "database_list",
          "defer_foreign_keys",
          "encoding",
          "foreign_keys",
          "freelist_count",
          "function_list",
          "ignore_check_constraints",
          "journal_mode",
          "legacy_alter_table",
          "locking_mode",
          "max_page_count",
          "module_list",
          "page_count",
          "page_size",
          "pragma_list",
          "read_uncommitted",
          "recursive_triggers",
          "reverse_unordered_selects",
          "schema_version",
          "secure_delete",
          "synchronous",
          "temp_store",
          "trusted_schema",
          "user_version",
          "wal_autocheckpoint",
          "writable_schema");

  /** Change what is replicated; defer_foreign_keys until the end of the transaction. */
  private static final Set<String> WRITABLE =
      Set.of("user_version", "application_id", "defer_foreign_keys");

  private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");
  private static final Set<String> FALSE = Set.of("0", "off", "no", "false");

  /** Settings that every node has anyway; saying so is accepted and does nothing. */
  private static final Map<String, Set<String>> AS_IT_IS =
      Map.of(
          "foreign_keys",
          TRUE,
          "recursive_triggers",
          FALSE,
          "journal_mode",
          Set.of("wal"),
          "encoding",
          Set.of("utf-8", "utf8"));

  /** The path of the file is a node's own affair. */
  private static final String DATABASE_LIST = "SELECT 0 AS seq, 'main' AS name, '' AS file";

  /**
   * What to do with a PRAGMA.
   *
   * @param kind PRAGMA_READ or PRAGMA_WRITE
   * @param sql what to execute
   * @param compilable whether compiling it changes nothing
   * @param ofTheContent whether all nodes with the same content answer the same
   */
  record Decision(StatementKind kind, String sql, boolean compilable, boolean ofTheContent) {}

  private final StatementShape shape;
  private final String name;
  private final int afterName;

  private PragmaRules(StatementShape shape) {
    this.shape = shape;
    boolean qualified = shape.isSymbol(2, '.');
    this.name = shape.text(qualified ? 3 : 1).toLowerCase(Locale.ROOT);
    this.afterName = qualified ? 4 : 2;
  }

  static Decision decide(StatementShape shape) throws StatementException {
    PragmaRules rules = new PragmaRules(shape);
    if (shape.isSymbol(2, '.') && !shape.text(1).equalsIgnoreCase("main")) {
      throw Refusal.unsupported("the only schema is main, not " + shape.text(1));
    }
    return rules.decide();
  }

  private Decision decide() throws StatementException {
    if (name.isEmpty()) {
      throw Refusal.of(Refusal.SYNTAX, "PRAGMA without a name");
    }
    if (WITH_NAME.contains(name)) {
      return read(shape.sql());
    }
    if (afterName >= shape.tokens().size()) {
      return read();
    }
    String value = value();
    if (WRITABLE.contains(name)) {
      return new Decision(StatementKind.PRAGMA_WRITE, shape.sql(), false, true);
    }
    if (AS_IT_IS.getOrDefault(name, Set.of()).contains(value)) {
      return read("PRAGMA " + name);
    }
    throw refuseToSet(value);
  }

  private Decision read(String sql) {
    return new Decision(
        StatementKind.PRAGMA_READ, sql, true, VirtualTables.PRAGMAS_OF_THE_CONTENT.contains(name));
  }

  private Decision read() throws StatementException {
    if (name.equals("database_list")) {
      return read(DATABASE_LIST);
    }
    if (READABLE.contains(name)) {
      return read(shape.sql());
    }
    if (name.equals("optimize")) {
      throw Refusal.unsupported("PRAGMA optimize decides by a node's own statistics; use ANALYZE");
    }
    throw Refusal.unsupported(
        "PRAGMA " + name + " acts on one node or one of its connections, which clients do not see");
  }

  /** {@code = value} or {@code (value)}; a sign is left out, no rule depends on one. */
  private String value() {
    int at = afterName + 1;
    if (shape.isSymbol(at, '-') || shape.isSymbol(at, '+')) {
      at++;
    }
    return shape.text(at).toLowerCase(Locale.ROOT);
  }

  private StatementException refuseToSet(String value) {
    if (name.equals("foreign_keys")) {
      return Refusal.unsupported(
          "foreign keys are enforced on every node and cannot be switched off; PRAGMA"
              + " defer_foreign_keys = ON defers them to the end of the transaction");
    }
    return Refusal.unsupported(
        "PRAGMA "
            + name
            + " = "
            + value
            + " would change how one node stores its file or what statements mean there; nodes have"
            + " fixed settings");
  }
}
