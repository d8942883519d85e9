package dev.lockstep.sql;

import java.util.Locale;
import java.util.Set;

/**
 * Refuses statements for what stands in their text, where the compiled program does not show it.
 */
final class TextRules {
  static final String INTERNAL_PREFIX = "sqlite_lockstep_";

  private TextRules() {}

  static void check(StatementShape shape) throws StatementException {
    checkFirstWord(shape);
    checkNames(shape);
    checkConflictClause(shape);
    if (shape.kind() == StatementKind.DDL) {
      DateRules.check(shape);
    }
  }

  private static void checkFirstWord(StatementShape shape) throws StatementException {
    switch (shape.word(0)) {
      case "ATTACH", "DETACH" ->
          throw Refusal.unsupported(
              shape.word(0)
                  + " would give this node another database than the others; connect to the other"
                  + " database instead");
      case "CREATE" -> {
        if (shape.word(1).startsWith("TEMP")) {
          throw temporary();
        }
      }
      case "EXPLAIN" -> {
        int statement = shape.word(1).equals("QUERY") && shape.word(2).equals("PLAN") ? 3 : 1;
        if (shape.word(statement).equals("PRAGMA")) {
          throw Refusal.unsupported("PRAGMA acts when it is compiled and cannot be explained");
        }
      }
      case "VACUUM" -> {
        if (shape.tokens().stream().anyMatch(token -> token.isWord(shape.sql(), "INTO"))) {
          throw Refusal.unsupported(
              "VACUUM INTO would write a file on each node; take a backup of one node instead");
        }
      }
      default -> {}
    }
  }

  static StatementException temporary() {
    return Refusal.unsupported(
        "TEMP objects live on one connection of one node; use an ordinary table, or a common table"
            + " expression");
  }

  private static void checkNames(StatementShape shape) throws StatementException {
    boolean definition = shape.kind() == StatementKind.DDL;
    for (SqlToken token : shape.tokens()) {
      boolean string = token.type() == SqlToken.Type.STRING;
      if (token.isName() || (definition && string)) {
        String name = token.unquoted(shape.sql()).toLowerCase(Locale.ROOT);
        // Definitions may hide the name, as in content=… of a full-text table.
        if (definition ? name.contains(INTERNAL_PREFIX) : name.startsWith(INTERNAL_PREFIX)) {
          throw internal();
        }
        if (name.equals("pragma_optimize")) {
          throw Refusal.unsupported("pragma_optimize would write inside a query; use ANALYZE");
        }
        if (definition && name.startsWith("sqlite_stat") && !string) {
          throw statistics();
        }
      }
    }
  }

  static StatementException lock() {
    return Refusal.unsupported(
        LockFunction.LOCK
            + "() and "
            + LockFunction.UNLOCK
            + "() can only be called by a SELECT that does nothing else: take the lock first");
  }

  static StatementException internal() {
    return Refusal.notAllowed(
        "names that begin with " + INTERNAL_PREFIX + " are Lockstep's own and not for statements");
  }

  static StatementException statistics() {
    return Refusal.notAllowed(
        "the planner's statistics are loaded by each node when ANALYZE runs, not when their tables"
            + " are changed; use ANALYZE");
  }

  /**
   * Refuses to change, drop, or hang something on the tables behind a virtual table, as SQLite does
   * itself in its defensive mode: other content makes the module say that the file is corrupt, or
   * end the process.
   *
   * @param names the names of these tables, in lower case
   */
  static void checkShadow(StatementShape shape, Set<String> names) throws StatementException {
    if (names.isEmpty() || shape.kind() != StatementKind.DDL) {
      return;
    }
    String object = shape.word(1).equals("UNIQUE") ? shape.word(2) : shape.word(1);
    if (shape.word(0).equals("CREATE") && !object.equals("INDEX") && !object.equals("TRIGGER")) {
      return;
    }
    for (SqlToken token : shape.tokens()) {
      if (token.isName() && names.contains(token.unquoted(shape.sql()).toLowerCase(Locale.ROOT))) {
        throw shadow();
      }
    }
  }

  static StatementException shadow() {
    return Refusal.notAllowed(
        "the tables behind a virtual table are its module's own; change the virtual table instead");
  }

  /** INSERT OR ROLLBACK, ON CONFLICT ROLLBACK, RAISE(ROLLBACK, …). */
  private static void checkConflictClause(StatementShape shape) throws StatementException {
    for (int i = 0; i < shape.tokens().size(); i++) {
      String word = shape.word(i);
      boolean verb = word.equals("INSERT") || word.equals("UPDATE");
      boolean rollback =
          (verb && shape.word(i + 1).equals("OR") && shape.word(i + 2).equals("ROLLBACK"))
              || (word.equals("CONFLICT") && shape.word(i + 1).equals("ROLLBACK"))
              || (word.equals("RAISE")
                  && shape.isSymbol(i + 1, '(')
                  && shape.word(i + 2).equals("ROLLBACK"));
      if (rollback) {
        throw rollback();
      }
    }
  }

  static StatementException rollback() {
    return Refusal.unsupported(
        "conflict resolution ROLLBACK would also undo other clients' statements that are applied in"
            + " the same transaction; use ABORT, which undoes the statement, and roll back");
  }
}
