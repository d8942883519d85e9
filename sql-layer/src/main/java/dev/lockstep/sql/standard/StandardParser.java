package dev.lockstep.sql.standard;

import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlConformanceEnum;

/** Calcite's most liberal parser, told to leave names as they are written. */
public final class StandardParser {
  /** Longer than any name in a text of 1 MiB. */
  private static final int NAME_LENGTH_MAX = 1 << 20;

  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withParserFactory(SqlBabelParserImpl.FACTORY)
          .withQuoting(Quoting.DOUBLE_QUOTE)
          .withQuotedCasing(Casing.UNCHANGED)
          .withUnquotedCasing(Casing.UNCHANGED)
          .withCaseSensitive(false)
          .withConformance(SqlConformanceEnum.BABEL)
          .withIdentifierMaxLength(NAME_LENGTH_MAX);

  private StandardParser() {}

  /**
   * @throws SqlParseException if it is not SQL that Calcite knows
   */
  public static SqlNode parse(ParserText text) throws SqlParseException {
    return SqlParser.create(text.text(), CONFIG).parseStmt();
  }

  /**
   * @throws SqlParseException if it is not an expression that Calcite knows
   */
  static SqlNode parseExpression(ParserText text) throws SqlParseException {
    return SqlParser.create(text.text(), CONFIG).parseExpression();
  }
}
