package dev.lockstep.sql.standard;

import dev.lockstep.sql.SqlError;
import dev.lockstep.sql.SqlToken;
import dev.lockstep.sql.SqlTokens;
import dev.lockstep.sql.StatementException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlMerge;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says standard SQL again in SQLite's dialect. */
public final class StandardSql {
  private static final Logger LOG = LoggerFactory.getLogger(StandardSql.class);

  /** SQLITE_ERROR. */
  private static final int SQLITE_ERROR = 1;

  /** Calcite's time for an expression grows with the square of its terms. */
  private static final int TOKENS_MAX = 32_768;

  private StandardSql() {}

  /**
   * Translates a statement that SQLite has refused.
   *
   * @param error SQLite's
   * @param connection to ask for the schema; nothing of the statement is executed
   * @return SQLite's text, or null if the statement is not standard SQL either
   * @throws StatementException if it is wrong by the standard's own rules, or has no translation
   */
  public static String translate(String sql, SqlError error, Connection connection)
      throws StatementException, SQLException {
    try {
      List<SqlToken> tokens = SqlTokens.of(sql);
      if (tokens.size() > TOKENS_MAX || isNoToken(error)) {
        return null;
      }
      String truncated = Truncation.translate(sql, tokens);
      if (truncated != null) {
        return truncated;
      }
      int begin = Prefix.end(sql, tokens);
      int end = Suffix.begin(sql, tokens);
      return sql.substring(0, begin)
          + statement(sql.substring(begin, end), connection)
          + (end < sql.length() ? " " + sql.substring(end) : "");
    } catch (InvalidStatementException e) {
      throw new StatementException(e.sqlState(), SQLITE_ERROR, e.getMessage());
    } catch (UntranslatableException e) {
      throw new StatementException(
          error.sqlState(),
          error.vendorCode(),
          error.message() + "; as standard SQL it is not supported: " + e.getMessage());
    } catch (SqlParseException e) {
      LOG.debug("not standard SQL: {}", e.getMessage());
      return null;
    } catch (RuntimeException | StackOverflowError e) {
      // Calcite's parser meets texts here that nobody has tried on it.
      LOG.debug("Calcite failed", e);
      return null;
    }
  }

  /** What SQLite cannot cut into tokens is no standard SQL either, but for PostgreSQL's casts. */
  private static boolean isNoToken(SqlError error) {
    return error.message().startsWith("unrecognized token") && !error.message().contains("\":\"");
  }

  private static String statement(String sql, Connection connection)
      throws UntranslatableException, SqlParseException, SQLException {
    ParserText text = ParserText.of(sql);
    SqliteDialect dialect = new SqliteDialect(text.slots());
    Rewriter rewriter = new Rewriter(dialect, new SchemaReader(connection));
    SqlNode parsed = StandardParser.parse(text);
    if (!parsed.isA(SqlKind.QUERY) && !parsed.isA(SqlKind.DML)) {
      // Calcite knows definitions too, with words that SQLite lacks for good reasons.
      return sql;
    }
    Labels.addTo(parsed, sql);
    if (parsed instanceof SqlMerge merge) {
      return new MergeStatement(rewriter, merge).translate();
    }
    return dialect.write(rewriter.rewrite(parsed));
  }
}
