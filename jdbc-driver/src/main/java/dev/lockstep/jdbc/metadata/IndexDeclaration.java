package dev.lockstep.jdbc.metadata;

import java.util.ArrayList;
import java.util.List;

/**
 * What a CREATE INDEX statement says and SQLite's pragmas do not: the text of expressions, and the
 * condition of a partial index.
 *
 * @param terms what is indexed, as it is written but without its direction
 * @param condition null if all rows are in the index
 */
record IndexDeclaration(List<String> terms, String condition) {
  private static final IndexDeclaration NONE = new IndexDeclaration(List.of(), null);

  /**
   * Reads a statement.
   *
   * @param sql null for an index that a constraint of its table has made
   */
  static IndexDeclaration of(String sql) {
    if (sql == null) {
      return NONE;
    }
    List<SqlToken> tokens = SqlToken.of(sql);
    DeclarationParts parts = DeclarationParts.of(tokens, 0);
    List<String> terms = new ArrayList<>();
    for (List<SqlToken> part : parts.parts()) {
      int end = part.size();
      if (end > 1 && (part.get(end - 1).is("ASC") || part.get(end - 1).is("DESC"))) {
        end--;
      }
      if (end > 0) {
        terms.add(sql.substring(part.get(0).start(), part.get(end - 1).end()));
      }
    }
    boolean partial = parts.end() + 1 < tokens.size() && tokens.get(parts.end()).is("WHERE");
    return new IndexDeclaration(
        List.copyOf(terms),
        partial
            ? sql.substring(
                tokens.get(parts.end() + 1).start(), tokens.get(tokens.size() - 1).end())
            : null);
  }

  /** The expression at a position counted from 1, or null. */
  String term(int position) {
    return position <= terms.size() ? terms.get(position - 1) : null;
  }
}
