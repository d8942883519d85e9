package dev.lockstep.sql.standard;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDialect;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.dialect.SqliteSqlDialect;
import org.apache.calcite.sql.fun.SqlBetweenOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.pretty.SqlPrettyWriter;

/**
 * How SQLite writes what Calcite has read. Names stand in backticks, because SQLite takes an
 * unknown name in double quotes for a string. Parameters get their numbers, because a translation
 * may name one twice.
 */
final class SqliteDialect extends SqliteSqlDialect {
  private static final SqlDialect.Context CONTEXT =
      SqliteSqlDialect.DEFAULT_CONTEXT.withIdentifierQuoteString("`");

  private final List<ParserText.Slot> slots;

  /**
   * @param slots what the question marks of the statement stand for
   */
  SqliteDialect(List<ParserText.Slot> slots) {
    super(CONTEXT);
    this.slots = slots;
  }

  /** The node as SQLite writes it. */
  String write(SqlNode node) {
    Writer writer = new Writer();
    node.unparse(writer, 0, 0);
    return writer.toString();
  }

  /** Whether a question mark is the count of WITH TIES. */
  boolean isTies(int slot) {
    return slots.get(slot) instanceof ParserText.Ties;
  }

  /** Calcite's own would write other letters than those of ASCII as {@code u&'\00fc'}. */
  @Override
  public void quoteStringLiteral(StringBuilder out, String charsetName, String value) {
    out.append('\'').append(value.replace("'", "''")).append('\'');
  }

  @Override
  public void unparseCall(SqlWriter writer, SqlCall call, int leftPrecedence, int rightPrecedence) {
    switch (call.getKind()) {
      case ROW -> {
        SqlWriter.Frame list = writer.startList("(", ")");
        for (SqlNode operand : call.getOperandList()) {
          writer.sep(",");
          operand.unparse(writer, 0, 0);
        }
        writer.endList(list);
      }
      case WITHIN_GROUP -> {
        SqlCall aggregate = call.operand(0);
        writer.print(aggregate.getOperator().getName());
        SqlWriter.Frame list = writer.startList(SqlWriter.FrameTypeEnum.FUN_CALL, "(", ")");
        for (SqlNode operand : aggregate.getOperandList()) {
          writer.sep(",");
          operand.unparse(writer, 0, 0);
        }
        writer.keyword("ORDER BY");
        SqlWriter.Frame order = writer.startList("", "");
        for (SqlNode item : (SqlNodeList) call.operand(1)) {
          writer.sep(",");
          item.unparse(writer, 0, 0);
        }
        writer.endList(order);
        writer.endList(list);
      }
      case EXPLICIT_TABLE -> {
        writer.keyword("SELECT * FROM");
        call.operand(0).unparse(writer, leftPrecedence, rightPrecedence);
      }
      case BETWEEN -> {
        // Calcite says ASYMMETRIC.
        SqlOperator between = call.getOperator();
        SqlWriter.Frame frame = writer.startList("(", ")");
        call.operand(0).unparse(writer, between.getLeftPrec(), between.getRightPrec());
        writer.keyword(((SqlBetweenOperator) between).isNegated() ? "NOT BETWEEN" : "BETWEEN");
        call.operand(1).unparse(writer, between.getRightPrec(), between.getRightPrec());
        writer.keyword("AND");
        call.operand(2).unparse(writer, between.getRightPrec(), between.getRightPrec());
        writer.endList(frame);
      }
      case ITEM -> {
        call.operand(0).unparse(writer, 100, 100);
        writer.keyword("COLLATE");
        writer.identifier(ParserText.collation(call.operand(1)), true);
      }
      case RLIKE -> writeGlob(writer, call);
      default -> super.unparseCall(writer, call, leftPrecedence, rightPrecedence);
    }
  }

  private static void writeGlob(SqlWriter writer, SqlCall call) {
    SqlOperator like =
        call.getOperator().getName().startsWith("NOT")
            ? SqlStdOperatorTable.NOT_LIKE
            : SqlStdOperatorTable.LIKE;
    SqlWriter.Frame frame = writer.startList("(", ")");
    call.operand(0).unparse(writer, like.getLeftPrec(), like.getLeftPrec());
    writer.keyword(like.getName().replace("LIKE", "GLOB"));
    call.operand(1).unparse(writer, like.getRightPrec(), like.getRightPrec());
    writer.endList(frame);
  }

  @Override
  public void unparseOffsetFetch(SqlWriter writer, SqlNode offset, SqlNode fetch) {
    unparseFetchUsingLimit(writer, offset, fetch);
  }

  @Override
  public boolean supportsNestedAggregations() {
    return false;
  }

  /** SQLite has the words for it and Calcite would emulate them. */
  @Override
  public SqlNode emulateNullDirection(SqlNode node, boolean nullsFirst, boolean desc) {
    return null;
  }

  private final class Writer extends SqlPrettyWriter {
    Writer() {
      super(
          SqlPrettyWriter.config()
              .withDialect(SqliteDialect.this)
              .withAlwaysUseParentheses(false)
              .withQuoteAllIdentifiers(true)
              .withSelectListItemsOnSeparateLines(false)
              .withUpdateSetListNewline(false)
              .withIndentation(0)
              .withClauseStartsLine(false)
              .withValuesListNewline(false));
    }

    @Override
    public void dynamicParam(int index) {
      print(
          slots.get(index) instanceof ParserText.Parameter parameter
              ? "?" + parameter.number()
              : ((ParserText.Ties) slots.get(index)).count());
      setNeedWhitespace(true);
    }
  }
}
