package dev.lockstep.jdbc.metadata;

import java.util.ArrayList;
import java.util.List;

/**
 * What stands in a pair of parentheses of a CREATE statement.
 *
 * @param parts what the commas divide
 * @param end index of the token behind the closing parenthesis
 */
record DeclarationParts(List<List<SqlToken>> parts, int end) {
  /**
   * The parts between the first parenthesis at or after {@code from} and its counterpart, which
   * commas divide.
   */
  static DeclarationParts of(List<SqlToken> tokens, int from) {
    List<List<SqlToken>> parts = new ArrayList<>();
    List<SqlToken> part = new ArrayList<>();
    int depth = 0;
    int i = from;
    for (; i < tokens.size(); i++) {
      SqlToken token = tokens.get(i);
      if (token.is(")") && --depth == 0) {
        break;
      }
      if (depth == 1 && token.is(",")) {
        parts.add(part);
        part = new ArrayList<>();
      } else if (depth > 0) {
        part.add(token);
      }
      if (token.is("(")) {
        depth++;
      }
    }
    parts.add(part);
    return new DeclarationParts(parts, Math.min(i + 1, tokens.size()));
  }
}
