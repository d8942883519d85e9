package dev.lockstep.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * EXPLAIN LOCKSTEP: finds out what is to be told of the statement behind it. What the statement's
 * surroundings add, such as how fresh its reads are, is for others to say.
 */
final class ExplainLockstep {
  static final String WORD = "LOCKSTEP";

  private record Tables(List<String> reads, List<String> writes) {
    static final Tables NONE = new Tables(List.of(), List.of());
  }

  private final Connection connection;
  private final StatementCompiler compiler;
  private final VirtualTables virtualTables;

  ExplainLockstep(Connection connection, StatementCompiler compiler, VirtualTables virtualTables) {
    this.connection = connection;
    this.compiler = compiler;
    this.virtualTables = virtualTables;
  }

  static boolean isMeantBy(StatementShape shape) {
    return shape.word(0).equals("EXPLAIN") && shape.word(1).equals(WORD);
  }

  AnalyzedStatement analyze(StatementShape shape) throws StatementException, SQLException {
    if (shape.tokens().size() < 3) {
      throw Refusal.of(Refusal.SYNTAX, "EXPLAIN " + WORD + " without a statement");
    }
    int base = shape.tokens().get(2).start();
    String typed = shape.sql().substring(base);
    Explanation explanation;
    try {
      AnalyzedStatement statement = compiler.analyze(typed);
      Tables tables = tables(statement);
      explanation = new Explanation(typed, statement, null, tables.reads(), tables.writes());
    } catch (StatementException refused) {
      explanation =
          new Explanation(
              typed, null, refused.locatedAt(shape.sql(), base).error(), List.of(), List.of());
    }
    return AnalyzedStatement.explaining(shape.sql(), explanation);
  }

  private Tables tables(AnalyzedStatement statement) throws SQLException {
    if (statement.systemRead() != null) {
      List<String> reads = new ArrayList<>(statement.systemRead().content());
      statement.systemRead().tables().stream()
          .map(table -> SystemTable.SCHEMA + "." + table.sqlName())
          .sorted()
          .forEach(reads::add);
      return new Tables(reads, List.of());
    }
    return switch (statement.kind()) {
      case QUERY, DML, DDL -> {
        Program program = Program.explain(connection, statement.sql());
        yield new Tables(
            TableNames.of(
                connection, program.readRoots(), virtualTables.named(program.virtualTables())),
            TableNames.of(
                connection,
                program.writtenRoots(),
                virtualTables.named(program.writtenVirtualTables())));
      }
      default -> Tables.NONE;
    };
  }
}
