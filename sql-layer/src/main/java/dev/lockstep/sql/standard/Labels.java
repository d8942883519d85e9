package dev.lockstep.sql.standard;

import dev.lockstep.sql.SqlToken;
import dev.lockstep.sql.SqlTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;

/**
 * Names the result's columns that have no AS as SQLite does: by the text of their expressions. The
 * translation would change the text.
 */
final class Labels {
  private static final Set<String> ENDS =
      Set.of(
          "FROM",
          "WHERE",
          "GROUP",
          "HAVING",
          "WINDOW",
          "QUALIFY",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "FETCH");

  private Labels() {}

  /**
   * Puts an AS where there is none.
   *
   * @param sql what was parsed, as it was written
   */
  static void addTo(SqlNode statement, String sql) {
    SqlSelect first = first(statement);
    if (first == null) {
      return;
    }
    List<String> texts = texts(sql);
    if (texts.size() != first.getSelectList().size()) {
      return;
    }
    for (int i = 0; i < texts.size(); i++) {
      SqlNode item = first.getSelectList().get(i);
      if (!(item instanceof SqlIdentifier) && item.getKind() != SqlKind.AS) {
        first.getSelectList().set(i, Nodes.as(item, texts.get(i)));
      }
    }
  }

  /** The SELECT that gives the result its columns. */
  private static SqlSelect first(SqlNode query) {
    if (query instanceof SqlSelect select) {
      return select;
    }
    if (query instanceof SqlOrderBy ordered) {
      return first(ordered.query);
    }
    if (query instanceof SqlWith with) {
      return first(with.body);
    }
    return switch (query.getKind()) {
      case UNION, INTERSECT, EXCEPT -> first(((SqlCall) query).operand(0));
      default -> null;
    };
  }

  private static List<String> texts(String sql) {
    List<SqlToken> tokens = SqlTokens.of(sql);
    List<String> texts = new ArrayList<>();
    int depth = 0;
    int begin = -1;
    int end = -1;
    for (int i = 0; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      String word = sql.substring(token.start(), token.end()).toUpperCase(Locale.ROOT);
      if (begin < 0 && depth == 0 && word.equals("SELECT")) {
        boolean quantified =
            i + 1 < tokens.size()
                && (tokens.get(i + 1).isWord(sql, "DISTINCT")
                    || tokens.get(i + 1).isWord(sql, "ALL"));
        int first = quantified ? i + 2 : i + 1;
        begin = first < tokens.size() ? tokens.get(first).start() : sql.length();
        continue;
      }
      boolean isEnd = depth == 0 && token.type() == SqlToken.Type.WORD && ENDS.contains(word);
      if (begin >= 0 && depth == 0 && (isEnd || token.isSymbol(sql, ','))) {
        texts.add(sql.substring(begin, Math.max(begin, end)));
        begin = i + 1 < tokens.size() ? tokens.get(i + 1).start() : sql.length();
        if (isEnd) {
          return texts;
        }
      }
      if (token.isSymbol(sql, '(')) {
        depth++;
      } else if (token.isSymbol(sql, ')')) {
        depth--;
      }
      end = token.end();
    }
    if (begin >= 0) {
      texts.add(sql.substring(begin, Math.max(begin, end)));
    }
    return texts;
  }
}
