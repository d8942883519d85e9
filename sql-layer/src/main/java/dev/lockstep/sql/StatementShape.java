package dev.lockstep.sql;

import java.util.List;
import java.util.Locale;

/**
 * What a statement's tokens alone tell: its kind, and where its main verb stands. Whether it is
 * right is for SQLite to say.
 *
 * @param sql one statement, from its first to its last token
 * @param tokens its tokens
 * @param kind what it is, if SQLite accepts it; a PRAGMA's kind is decided by {@link PragmaRules}
 * @param verb the index of INSERT, SELECT … after a WITH clause, else 0
 */
record StatementShape(String sql, List<SqlToken> tokens, StatementKind kind, int verb) {

  static StatementShape of(String sql) {
    List<SqlToken> tokens = SqlTokens.of(sql);
    String first = word(sql, tokens, 0);
    int verb = first.equals("WITH") ? verbAfterWith(sql, tokens) : 0;
    return new StatementShape(sql, tokens, kind(word(sql, tokens, verb), sql, tokens), verb);
  }

  private static StatementKind kind(String verb, String sql, List<SqlToken> tokens) {
    return switch (verb) {
      case "INSERT", "REPLACE", "UPDATE", "DELETE" -> StatementKind.DML;
      case "CREATE", "ALTER", "DROP" -> StatementKind.DDL;
      case "PRAGMA" -> StatementKind.PRAGMA_READ;
      case "SAVEPOINT", "RELEASE" -> StatementKind.SAVEPOINT_CONTROL;
      case "BEGIN", "COMMIT", "END" -> StatementKind.TRANSACTION_CONTROL;
      case "ROLLBACK" ->
          tokens.stream().anyMatch(token -> token.isWord(sql, "TO"))
              ? StatementKind.SAVEPOINT_CONTROL
              : StatementKind.TRANSACTION_CONTROL;
      case "VACUUM", "ANALYZE", "REINDEX" -> StatementKind.MAINTENANCE;
      case "EXPLAIN" -> StatementKind.EXPLAIN;
      default -> StatementKind.QUERY;
    };
  }

  /** The verb stands outside the parentheses of the common table expressions. */
  private static int verbAfterWith(String sql, List<SqlToken> tokens) {
    int depth = 0;
    for (int i = 1; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.isSymbol(sql, '(')) {
        depth++;
      } else if (token.isSymbol(sql, ')')) {
        depth--;
      } else if (depth == 0) {
        String word = word(sql, tokens, i);
        switch (word) {
          case "SELECT", "VALUES", "INSERT", "UPDATE", "DELETE" -> {
            return i;
          }
          case "REPLACE" -> {
            // Otherwise it is the name of a common table expression.
            if (word(sql, tokens, i + 1).equals("INTO")) {
              return i;
            }
          }
          default -> {}
        }
      }
    }
    return 0;
  }

  /** The word at an index in upper case; empty if there is none or it is no bare word. */
  String word(int index) {
    return word(sql, tokens, index);
  }

  private static String word(String sql, List<SqlToken> tokens, int index) {
    if (index >= tokens.size() || tokens.get(index).type() != SqlToken.Type.WORD) {
      return "";
    }
    SqlToken token = tokens.get(index);
    return sql.substring(token.start(), token.end()).toUpperCase(Locale.ROOT);
  }

  boolean isSymbol(int index, char symbol) {
    return index < tokens.size() && tokens.get(index).isSymbol(sql, symbol);
  }

  /** The token's text without quotes; empty beyond the end. */
  String text(int index) {
    return index < tokens.size() ? tokens.get(index).unquoted(sql) : "";
  }

  /** The index after the parenthesis that closes the one at {@code open}. */
  int afterParentheses(int open) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      if (isSymbol(i, '(')) {
        depth++;
      } else if (isSymbol(i, ')') && --depth == 0) {
        return i + 1;
      }
    }
    return tokens.size();
  }
}
