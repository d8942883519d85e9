package dev.lockstep.server.database;

import dev.lockstep.server.database.GeneratedCatalog.Form;
import dev.lockstep.server.database.GeneratedCatalog.Table;
import java.util.ArrayList;
import java.util.List;

/** Random changes and queries. */
final class GeneratedStatements {
  private static final String[] OR = {
    "", "", "", " OR REPLACE", " OR IGNORE", " OR FAIL", " OR ABORT"
  };

  private final GeneratedDice dice;
  private final GeneratedExpressions expressions;

  GeneratedStatements(GeneratedDice dice, GeneratedExpressions expressions) {
    this.dice = dice;
    this.expressions = expressions;
  }

  /** A change that may have parameters, which {@code expressions} collects. */
  String change(GeneratedCatalog catalog) {
    expressions.allowEnvironment(true);
    Table table = dice.pick(catalog.tables());
    if (table.form() == Form.FTS && dice.percent(60)) {
      return fullText(table);
    }
    if (table.form() == Form.RTREE && dice.percent(60)) {
      return box(table);
    }
    String change =
        switch (dice.below(10)) {
          case 0, 1, 2 -> insert(table);
          case 3, 4 -> insertSelect(table, catalog);
          case 5, 6, 7 -> update(table, catalog);
          default -> delete(table);
        };
    boolean with = dice.percent(8);
    String returning =
        table.isReal() && dice.percent(20)
            ? " RETURNING " + dice.pick("*", expressions.of(expressions.readable(table)))
            : "";
    return (with ? "WITH w(n) AS (VALUES (1), (2)) " : "") + change + returning;
  }

  /** A change without parameters of the columns that a trigger sees. */
  String inTrigger(GeneratedCatalog catalog, List<String> scope) {
    expressions.allowEnvironment(true);
    Table table = dice.pick(catalog.tables());
    List<String> columns = GeneratedExpressions.quoted(table.writable());
    return switch (dice.below(6)) {
      case 0, 1, 2 -> {
        String first = dice.pick(columns);
        yield "INSERT"
            + dice.pick(OR)
            + " INTO "
            + table.name()
            + "("
            + first
            + ") VALUES ("
            + expressions.of(scope)
            + ")";
      }
      case 3 -> {
        List<String> both = new ArrayList<>(scope);
        both.addAll(columns);
        yield "UPDATE"
            + dice.pick(OR)
            + " "
            + table.name()
            + " SET "
            + dice.pick(columns)
            + " = "
            + expressions.of(both)
            + " WHERE "
            + expressions.condition(both);
      }
      case 4 ->
          "DELETE FROM " + table.name() + " WHERE " + dice.pick(columns) + " = " + dice.pick(scope);
      default -> "SELECT " + expressions.of(scope);
    };
  }

  private String insert(Table table) {
    List<String> columns = some(table.writable());
    boolean defaults = table.isReal() && dice.percent(10);
    String rowid = table.form() == Form.ROWID && dice.percent(10) ? "rowid" : null;
    if (defaults) {
      return "INSERT" + dice.pick(OR) + " INTO " + table.name() + " DEFAULT VALUES";
    }
    List<String> names = new ArrayList<>(GeneratedExpressions.quoted(columns));
    if (rowid != null && !columns.contains("id")) {
      names.add(rowid);
    }
    List<String> rows = new ArrayList<>();
    for (int i = dice.pick(1, 1, 2, 3); i > 0; i--) {
      List<String> values = new ArrayList<>();
      for (int j = 0; j < names.size(); j++) {
        values.add(dice.percent(70) ? expressions.constant() : expressions.of(List.of()));
      }
      rows.add("(" + String.join(", ", values) + ")");
    }
    return verb()
        + " INTO "
        + table.name()
        + "("
        + String.join(", ", names)
        + ") VALUES "
        + String.join(", ", rows)
        + upsert(table);
  }

  private String verb() {
    return dice.percent(15) ? "REPLACE" : "INSERT" + dice.pick(OR);
  }

  private String upsert(Table table) {
    if (!table.isReal() || dice.percent(80)) {
      return "";
    }
    List<String> scope = new ArrayList<>(GeneratedExpressions.quoted(table.columns()));
    scope.addAll(GeneratedExpressions.qualified("excluded", table.columns()));
    return dice.percent(40)
        ? " ON CONFLICT DO NOTHING"
        : " ON CONFLICT("
            + dice.pick("\"id\"", "\"" + dice.pick(table.columns()) + "\"")
            + ") DO UPDATE SET \""
            + dice.pick(table.writable())
            + "\" = "
            + expressions.of(scope);
  }

  private String insertSelect(Table table, GeneratedCatalog catalog) {
    List<String> columns = some(table.writable());
    Table x = dice.pick(catalog.tables());
    Table y = dice.pick(catalog.tables());
    boolean join = dice.percent(50);
    List<String> scope = new ArrayList<>(GeneratedExpressions.qualified("x", x.columns()));
    if (join) {
      scope.addAll(GeneratedExpressions.qualified("y", y.columns()));
    }
    List<String> values = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      values.add(expressions.of(scope));
    }
    return verb()
        + " INTO "
        + table.name()
        + "("
        + String.join(", ", GeneratedExpressions.quoted(columns))
        + ") SELECT "
        + String.join(", ", values)
        + " FROM "
        + x.name()
        + " x"
        + (join ? dice.pick(", ", " LEFT JOIN ", " JOIN ") + y.name() + " y" : "")
        + " WHERE "
        + expressions.condition(scope)
        + " LIMIT "
        + dice.between(1, 15)
        + upsert(table);
  }

  private String update(Table table, GeneratedCatalog catalog) {
    List<String> scope = new ArrayList<>(expressions.readable(table));
    String from = "";
    if (dice.percent(20)) {
      Table other = dice.pick(catalog.tables());
      from = " FROM " + other.name() + " AS y";
      scope = new ArrayList<>(GeneratedExpressions.qualified(table.name(), table.columns()));
      scope.addAll(GeneratedExpressions.qualified("y", other.columns()));
    }
    List<String> sets = new ArrayList<>();
    for (String column : some(table.writable())) {
      sets.add("\"" + column + "\" = " + expressions.of(scope));
    }
    return "UPDATE"
        + dice.pick(OR)
        + " "
        + table.name()
        + " SET "
        + String.join(", ", sets.subList(0, Math.min(2, sets.size())))
        + from
        + (dice.percent(75) ? " WHERE " + expressions.condition(scope) : "")
        + (from.isEmpty() && table.isReal() ? limit() : "");
  }

  private String delete(Table table) {
    return "DELETE FROM "
        + table.name()
        + (dice.percent(90) ? " WHERE " + expressions.condition(expressions.readable(table)) : "")
        + (table.isReal() ? limit() : "");
  }

  private String limit() {
    return dice.percent(30) ? " LIMIT " + dice.between(1, 4) : "";
  }

  private String fullText(Table table) {
    String name = table.name();
    return switch (dice.below(8)) {
      case 0 ->
          "INSERT INTO "
              + name
              + "("
              + name
              + ") VALUES ("
              + dice.pick("'optimize'", "'rebuild'", "'integrity-check'", "'merge=2,2'")
              + ")";
      case 1 ->
          "INSERT INTO "
              + name
              + "("
              + name
              + ", rank) VALUES ('"
              + dice.pick(
                  "merge', 8", "automerge', 2", "crisismerge', 3", "pgsz', 64", "usermerge', 2")
              + ")";
      case 2 -> "DELETE FROM " + name + " WHERE rowid = " + dice.between(1, 9);
      case 3 ->
          "UPDATE "
              + name
              + " SET a = "
              + expressions.constant()
              + ", b = 'w1 w2' WHERE rowid = "
              + dice.between(1, 9);
      default ->
          "INSERT INTO "
              + name
              + "(a, b) VALUES ('"
              + words()
              + "', "
              + expressions.constant()
              + ")";
    };
  }

  private String words() {
    StringBuilder words = new StringBuilder();
    for (int i = dice.between(1, 12); i > 0; i--) {
      words.append('w').append(dice.below(40)).append(' ');
    }
    return words.toString();
  }

  private String box(Table table) {
    int x = dice.between(-50, 50);
    return dice.percent(75)
        ? "INSERT"
            + dice.pick(OR)
            + " INTO "
            + table.name()
            + " VALUES ("
            + dice.pick("NULL", "NULL", Integer.toString(dice.between(1, 20)))
            + ", "
            + x
            + ", "
            + (x + dice.between(-1, 9))
            + ", "
            + expressions.constant()
            + ")"
        : "DELETE FROM " + table.name() + " WHERE x0 > " + x;
  }

  /** A query whose rows have no order of their own, as often as not. */
  String query(GeneratedCatalog catalog) {
    expressions.allowEnvironment(true);
    Table x = dice.pick(catalog.tables());
    List<String> scope = new ArrayList<>(GeneratedExpressions.qualified("x", x.columns()));
    String from = " FROM " + x.name() + " x";
    if (dice.percent(40)) {
      Table y = dice.pick(catalog.tables());
      scope.addAll(GeneratedExpressions.qualified("y", y.columns()));
      String on = dice.pick(scope) + " = " + dice.pick(scope);
      from += dice.pick(" JOIN ", " LEFT JOIN ") + y.name() + " y ON " + on;
    }
    if (dice.percent(60)) {
      from += " WHERE " + expressions.condition(scope);
    }
    return switch (dice.below(8)) {
      case 0 -> "SELECT count(*), total(" + expressions.of(scope) + ")" + from;
      case 1 -> "SELECT group_concat(" + dice.pick(scope) + ", '/')" + from;
      case 2 ->
          "SELECT "
              + dice.pick(scope)
              + ", row_number() OVER (ORDER BY "
              + dice.pick(scope)
              + "), sum(1) OVER (PARTITION BY "
              + dice.pick(scope)
              + ")"
              + from
              + " LIMIT 9";
      case 3 ->
          "SELECT "
              + dice.pick(scope)
              + ", min("
              + dice.pick(scope)
              + "), "
              + dice.pick(scope)
              + from
              + " GROUP BY 1 LIMIT 9";
      case 4 -> "SELECT DISTINCT " + dice.pick(scope) + from + " LIMIT 9";
      case 5 -> "SELECT last_insert_rowid(), changes(), total_changes()";
      case 6 ->
          "WITH RECURSIVE r(n, v) AS (SELECT 1, random() UNION ALL SELECT n + 1, v % 7 FROM r"
              + " WHERE n < 4) SELECT r.n, r.v, "
              + expressions.of(scope)
              + from.replaceFirst(" FROM ", " FROM r, ")
              + " LIMIT 9";
      default -> "SELECT x.*, " + expressions.of(scope) + from + " LIMIT 9";
    };
  }

  private List<String> some(List<String> columns) {
    List<String> chosen = new ArrayList<>();
    for (String column : columns) {
      if (dice.percent(60)) {
        chosen.add(column);
      }
    }
    return chosen.isEmpty() ? List.of(dice.pick(columns)) : chosen;
  }
}
