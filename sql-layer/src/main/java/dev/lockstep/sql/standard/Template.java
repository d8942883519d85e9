package dev.lockstep.sql.standard;

import java.util.List;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.util.SqlShuttle;

/** Expressions of SQLite with places for other expressions, which may come several times. */
final class Template {
  private Template() {}

  /**
   * Fills a template.
   *
   * @param expression with {@code ?1}, {@code ?2} … where the operands are to stand
   */
  static SqlNode fill(String expression, SqlNode... operands) {
    ParserText text = ParserText.of(expression);
    List<ParserText.Slot> slots = text.slots();
    try {
      return StandardParser.parseExpression(text)
          .accept(
              new SqlShuttle() {
                @Override
                public SqlNode visit(SqlDynamicParam place) {
                  int number = ((ParserText.Parameter) slots.get(place.getIndex())).number();
                  return operands[number - 1];
                }
              });
    } catch (SqlParseException e) {
      throw new IllegalArgumentException("not an expression: " + expression, e);
    }
  }
}
