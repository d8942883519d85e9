package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Analyses a text of several statements, of which later ones may need what earlier ones define. */
final class TextAnalysis {
  /** Statements of one text. */
  static final int STATEMENTS_MAX = 10_000;

  private TextAnalysis() {}

  static Analysis of(String text, Connection connection, StatementCompiler present)
      throws StatementException, SQLException {
    if (text.indexOf('\0') >= 0) {
      // SQLite would end the statement there, in silence.
      throw Refusal.of(Refusal.SYNTAX, "the text holds a NUL character; bind it as a parameter");
    }
    List<String> pieces = StatementSplitter.split(text);
    if (pieces.size() > STATEMENTS_MAX) {
      throw Refusal.of(
          "54000", pieces.size() + " statements in one text, at most " + STATEMENTS_MAX);
    }
    List<AnalyzedStatement> statements = new ArrayList<>(pieces.size());
    try {
      for (int i = 0; i < pieces.size(); i++) {
        AnalyzedStatement statement = present.analyze(pieces.get(i));
        statements.add(statement);
        if (statement.kind() == StatementKind.DDL && i + 1 < pieces.size()) {
          analyzeOnCopy(pieces.subList(i, pieces.size()), connection, statements);
          break;
        }
      }
    } catch (StatementException e) {
      throw e.located(text, statements.size());
    }
    return new Analysis(statements);
  }

  /** The first piece is analysed DDL. */
  private static void analyzeOnCopy(
      List<String> pieces, Connection connection, List<AnalyzedStatement> statements)
      throws StatementException, SQLException {
    try (SchemaCopy copy = SchemaCopy.of(connection)) {
      execute(copy, pieces.get(0));
      StatementCompiler compiler = copy.compiler();
      for (String piece : pieces.subList(1, pieces.size())) {
        AnalyzedStatement statement = analyze(compiler, piece);
        statements.add(statement);
        if (statement.kind() == StatementKind.DDL) {
          execute(copy, piece);
          compiler = copy.compiler();
        }
      }
    }
  }

  /** An error under the copy's schema tells nothing about the present one. */
  private static AnalyzedStatement analyze(StatementCompiler compiler, String piece)
      throws StatementException, SQLException {
    try {
      return compiler.analyze(piece);
    } catch (StatementException e) {
      throw e.withoutProbe();
    }
  }

  private static void execute(SchemaCopy copy, String definition)
      throws StatementException, SQLException {
    try {
      copy.execute(definition);
    } catch (SQLException failure) {
      SqlFailure classified = SqlErrors.classify(failure);
      if (classified.isStatementError()) {
        throw new StatementException(classified.error());
      }
      throw failure;
    }
  }
}
