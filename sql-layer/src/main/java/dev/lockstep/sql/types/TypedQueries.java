package dev.lockstep.sql.types;

import dev.lockstep.sql.SqlToken;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The queries whose types tell those of a statement: itself if it is one; else a query for what it
 * returns, and others in which its parameters meet what they meet in the statement.
 */
final class TypedQueries {
  /** A function that exists only here: the second argument is stored in the first, a column. */
  static final String ASSIGN = "lockstep_assign";

  /**
   * A query for the sake of its parameters.
   *
   * @param targets columns in which its result is stored, or none
   */
  record Source(String query, List<CatalogTable.Column> targets) {}

  private final NumberedText sql;
  private final SqlCatalog catalog;
  private final List<Source> sources = new ArrayList<>();
  private final Map<Integer, CatalogTable.Column> stored = new HashMap<>();
  private String columns;

  /** The WITH clause, the table, and the name by which it is known. */
  private String with = "";

  private CatalogTable table;
  private String tableSource = "";
  private String tableName = "";
  private final List<String> assignments = new ArrayList<>();

  private TypedQueries(NumberedText sql, SqlCatalog catalog) {
    this.sql = sql;
    this.catalog = catalog;
  }

  static TypedQueries of(String statement, SqlCatalog catalog) throws SQLException {
    NumberedText text = NumberedText.of(statement);
    TypedQueries queries = new TypedQueries(text, catalog);
    queries.read();
    return queries;
  }

  /** Whose columns are those of the statement, in SQLite's words; null if it returns no rows. */
  String columns() {
    return columns;
  }

  List<Source> sources() {
    return sources;
  }

  /** Parameters that are stored in a column as they are. */
  Map<Integer, CatalogTable.Column> stored() {
    return stored;
  }

  private void read() throws SQLException {
    int verb = sql.isWord(0, "WITH") ? verbBehindWith() : 0;
    with = verb == 0 ? "" : sql.source(0, verb) + " ";
    switch (sql.word(verb)) {
      case "SELECT", "VALUES" -> {
        columns = sql.text();
      }
      case "INSERT", "REPLACE" -> insert(verb);
      case "UPDATE" -> update(verb);
      case "DELETE" -> delete(verb);
      default -> {}
    }
  }

  private int verbBehindWith() {
    int verb = sql.find(1, sql.size(), "SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE");
    while (sql.isWord(verb, "REPLACE") && !sql.isWord(verb + 1, "INTO")) {
      verb =
          sql.find(
              verb + 1, sql.size(), "SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE");
    }
    return verb;
  }

  /** Reads {@code [main.]table [AS alias]}; returns the index behind it. */
  private int table(int start) throws SQLException {
    int name = sql.is(start + 1, '.') ? start + 2 : start;
    if (!sql.isName(name)) {
      return name;
    }
    table = catalog.table(sql.name(name));
    int behind = name + 1;
    if (sql.isWord(behind, "AS")) {
      behind += 2;
    } else if (sql.isName(behind)
        && !List.of("SET", "WHERE", "RETURNING", "INDEXED", "NOT", "VALUES", "SELECT", "DEFAULT")
            .contains(sql.word(behind))) {
      behind++;
    }
    tableName = sql.source(behind - 1);
    tableSource = sql.source(name) + (behind > name + 1 ? " AS " + tableName : "");
    if (sql.isWord(behind, "INDEXED")) {
      behind += 3;
    } else if (sql.isWord(behind, "NOT")) {
      behind += 2;
    }
    return behind;
  }

  private void insert(int verb) throws SQLException {
    int start = sql.isWord(verb + 1, "OR") ? verb + 3 : verb + 1;
    int at = table(start + 1);
    if (table == null) {
      return;
    }
    List<CatalogTable.Column> targets = table.insertable();
    if (sql.is(at, '(')) {
      int behind = sql.behind(at);
      targets = new ArrayList<>();
      for (int i = at + 1; i < behind - 1; i++) {
        if (!sql.is(i, ',')) {
          targets.add(table.column(sql.name(i)));
        }
      }
      at = behind;
    }
    int returning = sql.find(at, sql.size(), "RETURNING");
    int conflict = conflict(at, returning);
    if (sql.isWord(at, "VALUES")) {
      values(at + 1, conflict, targets);
    } else if (sql.isWord(at, "SELECT") || sql.isWord(at, "WITH")) {
      sources.add(new Source(with + sql.source(at, conflict), targets));
    }
    for (int i = conflict; i < returning; ) {
      int next = conflict(i + 1, returning);
      upsert(i, next);
      i = next;
    }
    returning(returning, tableSource);
    assigned("");
  }

  private int conflict(int from, int to) {
    int on = sql.find(from, to, "ON");
    while (on < to && !sql.isWord(on + 1, "CONFLICT")) {
      on = sql.find(on + 1, to, "ON");
    }
    return on;
  }

  private void upsert(int from, int to) {
    int set = sql.find(from, to, "SET");
    if (set < to) {
      int where = sql.find(set, to, "WHERE");
      assignments(set + 1, where);
      // What is to be inserted has the types of the table.
      String condition = where < to ? withoutExcluded(where, to) : "";
      assigned(condition);
    }
  }

  private void values(int from, int to, List<CatalogTable.Column> targets) {
    for (int i = from; i < to; i++) {
      if (sql.is(i, '(')) {
        int behind = sql.behind(i);
        int column = 0;
        int start = i + 1;
        while (start < behind - 1) {
          int end = comma(start, behind - 1);
          if (column < targets.size()) {
            assign(targets.get(column), start, end);
          }
          column++;
          start = end + 1;
        }
        i = behind - 1;
      }
    }
  }

  /** The next comma outside of parentheses. */
  private int comma(int from, int to) {
    for (int i = from; i < to; i++) {
      if (sql.is(i, '(')) {
        i = sql.behind(i) - 1;
      } else if (sql.is(i, ',')) {
        return i;
      }
    }
    return to;
  }

  /** {@code a = 1, b = b + 1, (c, d) = (…)}. */
  private void assignments(int from, int to) {
    int start = from;
    while (start < to) {
      int end = comma(start, to);
      if (sql.isName(start) && sql.is(start + 1, '=')) {
        assign(table.column(sql.name(start)), start + 2, end);
      } else {
        assignments.add(withoutExcluded(start, end));
      }
      start = end + 1;
    }
  }

  private void assign(CatalogTable.Column target, int from, int to) {
    boolean alone = to == from + 1;
    if (alone && sql.type(from) == SqlToken.Type.VARIABLE) {
      if (target != null) {
        stored.putIfAbsent(sql.parameter(from), target);
      }
    } else if (!alone && hasParameter(from, to)) {
      String value = "(" + withoutExcluded(from, to) + ")";
      assignments.add(
          target == null
              ? value
              : ASSIGN + "(" + tableName + "." + quoted(target.name()) + ", " + value + ")");
    }
  }

  private boolean hasParameter(int from, int to) {
    for (int i = from; i < to; i++) {
      if (sql.type(i) == SqlToken.Type.VARIABLE) {
        return true;
      }
    }
    return false;
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private String withoutExcluded(int from, int to) {
    StringBuilder out = new StringBuilder();
    for (int i = from; i < to; i++) {
      if (sql.isWord(i, "EXCLUDED") && sql.is(i + 1, '.')) {
        i += 2;
      }
      boolean close = i > from && sql.tokens().get(i).start() == sql.tokens().get(i - 1).end();
      out.append(close ? "" : " ").append(sql.source(i));
    }
    return out.toString();
  }

  private void update(int verb) throws SQLException {
    int at = table(sql.isWord(verb + 1, "OR") ? verb + 3 : verb + 1);
    if (table == null || !sql.isWord(at, "SET")) {
      return;
    }
    int returning = sql.find(at, sql.size(), "RETURNING");
    int where = sql.find(at, returning, "WHERE");
    int from = sql.find(at, where, "FROM");
    assignments(at + 1, from);
    if (from < where) {
      tableSource = tableSource + ", " + sql.source(from + 1, where);
    }
    returning(returning, tableSource);
    assigned(sql.source(where, returning));
  }

  private void delete(int verb) throws SQLException {
    int at = table(verb + 2);
    if (table == null) {
      return;
    }
    int returning = sql.find(at, sql.size(), "RETURNING");
    returning(returning, tableSource);
    assigned(sql.source(at, returning));
  }

  private void returning(int at, String from) {
    if (at < sql.size()) {
      columns = "SELECT " + sql.source(at + 1, sql.size()) + " FROM " + from;
    }
  }

  /** Makes a query of the assignments so far and a condition. */
  private void assigned(String condition) {
    boolean conditionMatters = condition.indexOf('?') >= 0;
    if (assignments.isEmpty() && !conditionMatters) {
      return;
    }
    String list = assignments.isEmpty() ? "1" : String.join(", ", assignments);
    sources.add(
        new Source(with + "SELECT " + list + " FROM " + tableSource + " " + condition, List.of()));
    assignments.clear();
  }
}
