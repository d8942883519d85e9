package dev.lockstep.jdbc;

import dev.lockstep.jdbc.metadata.SqlToken;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The one table that a query selects from, as far as its text tells: whether a column of the result
 * is the table's column of that name is decided here, because SQLite tells the table of a column
 * but not its name behind an alias.
 *
 * @param name the table's name, or null
 * @param aliases labels, {@link SqlText#folded}, of columns that may be something else in the table
 * @param refusal why the rows of the result are no rows of a table; null if they are
 */
record SelectedTable(String name, Set<String> aliases, String refusal) {
  private static final Set<String> JOINS =
      Set.of(",", "JOIN", "NATURAL", "LEFT", "RIGHT", "FULL", "INNER", "CROSS");
  private static final Set<String> AGGREGATES =
      Set.of(
          "avg",
          "count",
          "group_concat",
          "json_group_array",
          "json_group_object",
          "jsonb_group_array",
          "jsonb_group_object",
          "max",
          "median",
          "min",
          "percentile",
          "string_agg",
          "sum",
          "total");
  private static final Set<String> COMPOUNDS = Set.of("UNION", "INTERSECT", "EXCEPT");

  static SelectedTable of(String sql) {
    List<SqlToken> tokens = SqlToken.of(sql);
    if (tokens.isEmpty() || !tokens.get(0).is("SELECT")) {
      return refused("it is not one of a SELECT");
    }
    if (tokens.size() > 1 && tokens.get(1).is("DISTINCT")) {
      return refused("its rows are DISTINCT ones");
    }
    int from = indexOf(tokens, 1, "FROM");
    if (from < 0) {
      return refused("its query selects from no table");
    }
    List<SqlToken> list = tokens.subList(tokens.get(1).is("ALL") ? 2 : 1, from);
    if (aggregates(list)) {
      return refused("its rows are made of several");
    }
    int name = from + 1;
    if (isName(tokens, name) && name + 1 < tokens.size() && tokens.get(name + 1).is(".")) {
      if (!tokens.get(name).text().equalsIgnoreCase(LockstepConnection.SCHEMA)) {
        return refused("its query selects from what is no table of the database");
      }
      name += 2;
    }
    if (!isName(tokens, name) || name + 1 < tokens.size() && tokens.get(name + 1).is("(")) {
      return refused("its query does not select from a table");
    }
    String refusal = refusal(tokens, name + 1);
    return refusal == null
        ? new SelectedTable(tokens.get(name).text(), aliases(list), null)
        : refused(refusal);
  }

  /** Whether an aggregate is called; max and min of two values are taken for one, too. */
  private static boolean aggregates(List<SqlToken> list) {
    for (int i = 0; i + 1 < list.size(); i++) {
      boolean call =
          list.get(i + 1).is("(")
              && AGGREGATES.contains(list.get(i).text().toLowerCase(Locale.ROOT));
      if (call && !isWindow(list, i + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Whether OVER, perhaps after a FILTER, follows the parentheses. */
  private static boolean isWindow(List<SqlToken> list, int open) {
    int depth = 0;
    for (int i = open; i < list.size(); i++) {
      depth += list.get(i).is("(") ? 1 : list.get(i).is(")") ? -1 : 0;
      if (depth == 0 && i + 1 < list.size() && list.get(i).is(")")) {
        SqlToken next = list.get(i + 1);
        return next.is("OVER") || next.is("FILTER") && isWindow(list, i + 2);
      }
    }
    return false;
  }

  private static SelectedTable refused(String why) {
    return new SelectedTable(null, Set.of(), why);
  }

  private static boolean isName(List<SqlToken> tokens, int index) {
    return index < tokens.size() && tokens.get(index).isName();
  }

  /** What follows the table's name may make something else of its rows. */
  private static String refusal(List<SqlToken> tokens, int start) {
    int depth = 0;
    boolean tables = true;
    for (int i = start; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      if (depth > 0 || token.is(")")) {
        continue;
      }
      if (token.is("WHERE") || token.is("ORDER") || token.is("LIMIT") || token.is("WINDOW")) {
        tables = false;
      }
      if (tables && JOINS.stream().anyMatch(token::is)) {
        return "its query joins tables";
      }
      if (COMPOUNDS.stream().anyMatch(token::is)) {
        return "its query is composed of several";
      }
      if (token.is("GROUP") || token.is("HAVING")) {
        return "its rows are groups";
      }
      if (token.is(";") && i + 1 < tokens.size()) {
        return "its text has several statements";
      }
    }
    return null;
  }

  /** The names of all items of the select list that are more than a column's name. */
  private static Set<String> aliases(List<SqlToken> list) {
    Set<String> aliases = new HashSet<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= list.size(); i++) {
      boolean end = i == list.size() || depth == 0 && list.get(i).is(",");
      if (end) {
        List<SqlToken> item = list.subList(start, i);
        if (!item.isEmpty() && !isColumn(item)) {
          aliases.add(SqlText.folded(item.get(item.size() - 1).text()));
        }
        start = i + 1;
      } else {
        depth += list.get(i).is("(") ? 1 : list.get(i).is(")") ? -1 : 0;
      }
    }
    return aliases;
  }

  /** Names with points between, the last of which may be an asterisk. */
  private static boolean isColumn(List<SqlToken> item) {
    for (int i = 0; i < item.size(); i++) {
      SqlToken token = item.get(i);
      boolean last = i == item.size() - 1;
      boolean fits = i % 2 == 1 ? token.is(".") : token.isName() || last && token.is("*");
      if (!fits) {
        return false;
      }
    }
    return item.size() % 2 == 1;
  }

  private static int indexOf(List<SqlToken> tokens, int start, String word) {
    int depth = 0;
    for (int i = start; i < tokens.size(); i++) {
      depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
      if (depth == 0 && tokens.get(i).is(word)) {
        return i;
      }
    }
    return -1;
  }
}
