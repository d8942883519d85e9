package dev.lockstep.sql;

/** Sees what the most frequent forms of statements do without compiling them. */
final class PlainText {
  private PlainText() {}

  /**
   * Whether it is {@code INSERT INTO t VALUES (…)}, of a single row, without REPLACE, and not into
   * what AUTOINCREMENT goes on from; false if not sure.
   */
  static boolean insertsOneRow(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    SqlToken token = tokens.next();
    if (token == null || !token.isWord(sql, "INSERT")) {
      return false;
    }
    int depth = 0;
    do {
      token = tokens.next();
      if (token == null
          || token.isWord(sql, "SELECT")
          || token.isWord(sql, "REPLACE")
          || token.unquoted(sql).equalsIgnoreCase(RowidProgram.SEQUENCES)) {
        return false;
      }
      depth += depthChange(sql, token);
    } while (depth > 0 || !token.isWord(sql, "VALUES"));
    do {
      token = tokens.next();
      if (token == null) {
        return false;
      }
      depth += depthChange(sql, token);
    } while (depth > 0);
    token = tokens.next();
    return token == null || token.isSymbol(sql, ';') || token.isWord(sql, "RETURNING");
  }

  /** The table of an UPDATE; null for other statements, or if not sure. */
  static String updatedTable(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    SqlToken token = tokens.next();
    if (token == null || !token.isWord(sql, "UPDATE")) {
      return null;
    }
    token = tokens.next();
    if (token != null && token.isWord(sql, "OR")) {
      tokens.next();
      token = tokens.next();
    }
    SqlToken after = tokens.next();
    return token != null && token.isName() && after != null && after.isWord(sql, "SET")
        ? token.unquoted(sql)
        : null;
  }

  private static int depthChange(String sql, SqlToken token) {
    if (token.isSymbol(sql, '(')) {
      return 1;
    }
    return token.isSymbol(sql, ')') ? -1 : 0;
  }
}
