package dev.lockstep.server.database;

import dev.lockstep.server.database.GeneratedCatalog.Table;
import java.util.ArrayList;
import java.util.List;

/** Random DDL. Not all of it is right: what SQLite refuses never gets into the log. */
final class GeneratedDefinitions {
  private static final String[] CONFLICT = {
    "",
    "",
    "",
    " ON CONFLICT REPLACE",
    " ON CONFLICT IGNORE",
    " ON CONFLICT FAIL",
    " ON CONFLICT ABORT"
  };

  private final GeneratedDice dice;
  private final GeneratedExpressions expressions;
  private final GeneratedStatements statements;
  private int number;

  GeneratedDefinitions(
      GeneratedDice dice, GeneratedExpressions expressions, GeneratedStatements statements) {
    this.dice = dice;
    this.expressions = expressions;
    this.statements = statements;
  }

  String any(GeneratedCatalog catalog) {
    expressions.collect(null);
    List<Table> real = catalog.real();
    if (real.isEmpty()) {
      return table(real);
    }
    Table table = dice.pick(real);
    return switch (dice.below(24)) {
      case 0, 1, 2 -> table(real);
      case 3 -> fullText();
      case 4 -> "CREATE VIRTUAL TABLE " + name("rt") + " USING rtree(id, x0, x1, +note)";
      case 5, 6, 7 -> index(table);
      case 8, 9, 10 -> trigger(table, catalog);
      case 11 -> view(real);
      case 12 -> insteadOf(catalog, table);
      case 13 -> addColumn(table);
      case 14 ->
          "ALTER TABLE " + table.name() + " DROP COLUMN \"" + dice.pick(table.columns()) + "\"";
      case 15 ->
          dice.percent(50)
              ? "ALTER TABLE " + table.name() + " RENAME TO " + name("t")
              : "ALTER TABLE "
                  + table.name()
                  + " RENAME COLUMN \""
                  + dice.pick(table.columns())
                  + "\" TO "
                  + name("c");
      case 16 -> drop("INDEX", catalog.indexes(), table);
      case 17 -> drop("TRIGGER", catalog.triggers(), table);
      case 18 -> drop("VIEW", catalog.views(), table);
      case 19 -> "DROP TABLE " + dice.pick(catalog.tables()).name();
      case 20 -> copy(table, real);
      case 21 -> "REINDEX" + (dice.percent(50) ? "" : " " + table.name());
      default -> maintenance(table);
    };
  }

  private String maintenance(Table table) {
    return switch (dice.below(8)) {
      case 0, 1 -> "ANALYZE";
      case 2, 3 -> "ANALYZE " + table.name();
      case 4 -> "PRAGMA user_version = " + dice.below(1_000);
      case 5 -> "PRAGMA application_id = " + dice.below(1_000);
      case 6 -> "PRAGMA defer_foreign_keys = " + dice.pick("ON", "OFF");
      default -> "VACUUM";
    };
  }

  private String name(String prefix) {
    return prefix + ++number;
  }

  String table(List<Table> others) {
    boolean strict = dice.percent(15);
    boolean withoutRowid = dice.percent(15);
    boolean autoincrement = !withoutRowid && dice.percent(20);
    List<String> parts = new ArrayList<>();
    parts.add(
        switch (dice.below(withoutRowid ? 2 : 4)) {
          case 0 -> "id INTEGER PRIMARY KEY" + (autoincrement ? " AUTOINCREMENT" : "");
          case 1 -> "id TEXT NOT NULL PRIMARY KEY" + dice.pick(CONFLICT);
          case 2 -> "id INTEGER PRIMARY KEY" + (autoincrement ? " AUTOINCREMENT" : " DESC");
          default -> "id " + (strict ? "ANY" : "");
        });
    if (withoutRowid && dice.percent(40)) {
      parts.set(0, "id " + (strict ? "ANY" : ""));
    }
    for (String column : List.of("a", "b", "c", "d").subList(0, dice.between(2, 4))) {
      parts.add(column(column, strict));
    }
    if (dice.percent(30)) {
      parts.add(generated());
    }
    if (withoutRowid && !parts.get(0).contains("PRIMARY KEY")) {
      parts.add("PRIMARY KEY(id, a)");
    }
    if (dice.percent(15)) {
      parts.add("UNIQUE(a, b)" + dice.pick(CONFLICT));
    }
    if (dice.percent(10)) {
      parts.add("CHECK (" + pure().condition(List.of("a", "b")) + ")");
    }
    if (!others.isEmpty() && dice.percent(30)) {
      parts.add("FOREIGN KEY(a) REFERENCES " + reference(others));
    }
    return "CREATE TABLE "
        + name("t")
        + "("
        + String.join(", ", parts)
        + ")"
        + (withoutRowid ? " WITHOUT ROWID" : "")
        + (strict ? (withoutRowid ? ", STRICT" : " STRICT") : "");
  }

  private String column(String name, boolean strict) {
    String type =
        strict
            ? dice.pick("INTEGER", "REAL", "TEXT", "BLOB", "ANY")
            : dice.pick(
                "INTEGER", "REAL", "TEXT", "BLOB", "NUMERIC", "", "VARCHAR(10)", "DATETIME");
    StringBuilder column = new StringBuilder(name).append(' ').append(type);
    if (dice.percent(45)) {
      column.append(" DEFAULT ").append(defaultValue());
    }
    if (dice.percent(15)) {
      column.append(" NOT NULL").append(dice.pick(CONFLICT));
    }
    if (dice.percent(12)) {
      column.append(" UNIQUE").append(dice.pick(CONFLICT));
    }
    if (dice.percent(10)) {
      column.append(" COLLATE ").append(dice.pick("NOCASE", "RTRIM"));
    }
    if (dice.percent(8)) {
      column.append(" CHECK (").append(pure().condition(List.of(name))).append(')');
    }
    return column.toString();
  }

  private String defaultValue() {
    return switch (dice.below(4)) {
      case 0 -> dice.pick("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME");
      case 1 -> dice.pick("(random())", "(hex(randomblob(4)))", "(abs(random() % 5))");
      case 2 ->
          dice.pick(
              "(strftime('%Y-%m-%d %H:%M:%f', 'now'))", "(unixepoch())", "(julianday('now'))");
      default -> dice.pick("0", "'x'", "1.5", "NULL", "x'01'", "-7");
    };
  }

  private String generated() {
    return "g AS ("
        + pure().of(List.of("a", "b"))
        + ") "
        + dice.pick("STORED", "VIRTUAL")
        + (dice.percent(15) ? " UNIQUE" : "");
  }

  private GeneratedExpressions pure() {
    expressions.allowEnvironment(false);
    return expressions;
  }

  private String reference(List<Table> others) {
    Table parent = dice.pick(others);
    String action =
        dice.pick("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION", "CASCADE");
    return parent.name()
        + "(id) ON DELETE "
        + action
        + " ON UPDATE "
        + dice.pick("CASCADE", "SET NULL", "NO ACTION")
        + (dice.percent(25) ? " DEFERRABLE INITIALLY DEFERRED" : "");
  }

  private String fullText() {
    return switch (dice.below(5)) {
      case 0 -> "CREATE VIRTUAL TABLE " + name("ft") + " USING fts4(a, b)";
      case 1 -> "CREATE VIRTUAL TABLE " + name("ft") + " USING fts5(a, b, prefix='1 2')";
      case 2 ->
          "CREATE VIRTUAL TABLE "
              + name("ft")
              + " USING fts5(a, b, content='', contentless_delete=1)";
      case 3 -> "CREATE VIRTUAL TABLE " + name("ft") + " USING fts5(a, b UNINDEXED, detail=column)";
      default -> "CREATE VIRTUAL TABLE " + name("ft") + " USING fts5(a, b, tokenize='porter')";
    };
  }

  private String index(Table table) {
    List<String> columns = GeneratedExpressions.quoted(table.columns());
    List<String> terms = new ArrayList<>();
    for (int i = dice.between(1, 2); i > 0; i--) {
      terms.add(
          (dice.percent(65) ? dice.pick(columns) : pure().of(columns)) + dice.pick("", " DESC"));
    }
    return "CREATE "
        + (dice.percent(15) ? "UNIQUE " : "")
        + "INDEX "
        + name("i")
        + " ON "
        + table.name()
        + "("
        + String.join(", ", terms)
        + ")"
        + (dice.percent(30) ? " WHERE " + pure().condition(columns) : "");
  }

  private String trigger(Table table, GeneratedCatalog catalog) {
    String event =
        dice.pick("INSERT", "UPDATE", "DELETE", "UPDATE OF \"" + dice.pick(table.columns()) + "\"");
    List<String> scope = new ArrayList<>();
    if (!event.equals("INSERT")) {
      scope.addAll(GeneratedExpressions.qualified("OLD", table.columns()));
    }
    if (!event.equals("DELETE")) {
      scope.addAll(GeneratedExpressions.qualified("NEW", table.columns()));
    }
    return "CREATE TRIGGER "
        + name("tr")
        + " "
        + dice.pick("BEFORE", "AFTER", "AFTER")
        + " "
        + event
        + " ON "
        + table.name()
        + (dice.percent(40) ? " WHEN " + environment().condition(scope) : "")
        + " BEGIN "
        + body(scope, catalog)
        + "END";
  }

  private GeneratedExpressions environment() {
    expressions.allowEnvironment(true);
    return expressions;
  }

  private String body(List<String> scope, GeneratedCatalog catalog) {
    StringBuilder body = new StringBuilder();
    for (int i = dice.between(1, 2); i > 0; i--) {
      body.append(
          dice.percent(20)
              ? "SELECT RAISE("
                  + dice.pick("ABORT, 'no'", "FAIL, 'stop'", "IGNORE")
                  + ") WHERE "
                  + environment().condition(scope)
              : statements.inTrigger(catalog, scope));
      body.append("; ");
    }
    return body.toString();
  }

  private String view(List<Table> real) {
    Table table = dice.pick(real);
    return "CREATE VIEW "
        + name("v")
        + "(a, b) AS SELECT "
        + environment().of(GeneratedExpressions.quoted(table.columns()))
        + ", \""
        + dice.pick(table.columns())
        + "\" FROM "
        + table.name();
  }

  private String insteadOf(GeneratedCatalog catalog, Table table) {
    if (catalog.views().isEmpty()) {
      return view(List.of(table));
    }
    String event = dice.pick("INSERT", "UPDATE", "DELETE");
    List<String> scope =
        event.equals("DELETE") ? List.of("OLD.a", "OLD.b") : List.of("NEW.a", "NEW.b");
    return "CREATE TRIGGER "
        + name("tr")
        + " INSTEAD OF "
        + event
        + " ON "
        + dice.pick(catalog.views())
        + " BEGIN "
        + body(scope, catalog)
        + "END";
  }

  private String addColumn(Table table) {
    return "ALTER TABLE "
        + table.name()
        + " ADD COLUMN "
        + name("c")
        + dice.pick(
            " DEFAULT 7",
            " TEXT DEFAULT 'new'",
            " INTEGER",
            " NOT NULL DEFAULT 0",
            " AS (length(\"" + table.columns().get(0) + "\")) VIRTUAL");
  }

  private String drop(String type, List<String> names, Table table) {
    return names.isEmpty() ? index(table) : "DROP " + type + " " + dice.pick(names);
  }

  private String copy(Table table, List<Table> real) {
    Table other = dice.pick(real);
    return "CREATE TABLE "
        + name("t")
        + " AS SELECT x.\""
        + table.columns().get(0)
        + "\" AS id, "
        + environment().of(GeneratedExpressions.qualified("y", other.columns()))
        + " AS a, random() AS b FROM "
        + table.name()
        + " x, "
        + other.name()
        + " y LIMIT "
        + dice.between(1, 20);
  }
}
