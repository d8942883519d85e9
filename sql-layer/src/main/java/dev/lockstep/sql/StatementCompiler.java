package dev.lockstep.sql;

import dev.lockstep.sql.standard.StandardSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Analyses single statements by compiling them on a connection with the replaced functions.
 * Executes none of them. Valid for one state of the schema.
 */
final class StatementCompiler {
  /** Errors with which SQLite answers words that it does not know. */
  private static final Set<String> MAYBE_STANDARD =
      Set.of(Refusal.SYNTAX, Refusal.NO_SUCH_COLUMN, "42883", "42803", "42P20", "42000");

  private final Connection connection;
  private final Set<Integer> internalRoots = new HashSet<>();
  private final Set<Integer> statisticsRoots = new HashSet<>();
  private final VirtualTables virtualTables;
  private final Set<Integer> shadowRoots = new HashSet<>();
  private final Set<String> shadowNames = new HashSet<>();
  private boolean translating;

  /** Whether the connection has the system tables. */
  private boolean hasSystem;

  StatementCompiler(Connection connection) throws SQLException {
    this.connection = connection;
    this.virtualTables = new VirtualTables(connection);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0"
                    + " AND tbl_name >= 'sqlite_' AND tbl_name < 'sqlite`'")) {
      while (rows.next()) {
        String table = rows.getString(2);
        if (table.startsWith(TextRules.INTERNAL_PREFIX)) {
          internalRoots.add(rows.getInt(1));
        } else if (table.startsWith("sqlite_stat")) {
          statisticsRoots.add(rows.getInt(1));
        }
      }
    }
    readShadowTables();
  }

  private void readShadowTables() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT s.rootpage, lower(s.name) FROM pragma_table_list AS l"
                    + " JOIN sqlite_schema AS s ON s.name = l.name AND s.tbl_name = l.name"
                    + " WHERE l.schema = 'main' AND l.type = 'shadow'")) {
      while (rows.next()) {
        shadowRoots.add(rows.getInt(1));
        shadowNames.add(rows.getString(2));
      }
    }
  }

  AnalyzedStatement analyze(String sql) throws StatementException, SQLException {
    StatementShape shape = StatementShape.of(sql);
    if (ExplainLockstep.isMeantBy(shape)) {
      return new ExplainLockstep(connection, this, virtualTables).analyze(shape);
    }
    TextRules.check(shape);
    TextRules.checkShadow(shape, shadowNames);
    try {
      return compile(shape);
    } catch (SQLException failure) {
      SqlFailure classified = SqlErrors.classify(failure);
      if (classified.isStatementError()) {
        if (SystemStatements.isMeantBy(classified.error())) {
          return SystemStatements.analyze(connection, shape);
        }
        AnalyzedStatement translated = translate(shape, classified.error(), this::analyze);
        if (translated != null) {
          return translated;
        }
        throw new StatementException(
            classified.error(), probe(shape, classified.error()), place(shape, classified.error()));
      }
      throw failure;
    }
  }

  /** As {@link #analyze}, on a connection that has the system tables. */
  AnalyzedStatement analyzeWithSystem(StatementShape shape)
      throws StatementException, SQLException {
    hasSystem = true;
    try {
      if (shape.kind() == StatementKind.EXPLAIN) {
        return compile(shape).withSystemRead(new SystemRead(Set.of(), List.of()));
      }
      Program program = Program.explain(connection, shape.sql());
      SystemStatements.check(shape.kind(), program);
      AnalyzedStatement analyzed = compile(shape);
      if (analyzed.writes()) {
        throw SystemStatements.stored();
      }
      List<String> virtual = virtualTables.named(program.virtualTables());
      return analyzed.withSystemRead(SystemStatements.read(program, connection, virtual));
    } catch (SQLException failure) {
      SqlFailure classified = SqlErrors.classify(failure);
      if (classified.isStatementError()) {
        AnalyzedStatement translated =
            translate(
                shape,
                classified.error(),
                translation -> analyzeWithSystem(StatementShape.of(translation)));
        if (translated != null) {
          return translated;
        }
        throw new StatementException(classified.error(), null, place(shape, classified.error()));
      }
      throw failure;
    }
  }

  /** Analyses a translation. */
  private interface Translated {
    AnalyzedStatement analyze(String translation) throws StatementException, SQLException;
  }

  /** As standard SQL, if it is that; else null. */
  private AnalyzedStatement translate(StatementShape shape, SqlError error, Translated then)
      throws StatementException, SQLException {
    if (translating || !MAYBE_STANDARD.contains(error.sqlState())) {
      return null;
    }
    String translation;
    try {
      translation = StandardSql.translate(shape.sql(), error, connection);
    } catch (StatementException e) {
      if (!hasSystem && SystemStatements.isMeantBy(e.error())) {
        return SystemStatements.analyze(connection, shape);
      }
      throw e.error().message().startsWith(error.message())
          ? new StatementException(e.error(), e.probe(), place(shape, error))
          : e;
    }
    if (translation == null || translation.equals(shape.sql())) {
      return null;
    }
    translating = true;
    try {
      return then.analyze(translation);
    } catch (StatementException e) {
      if (error.sqlState().equals(Refusal.SYNTAX)) {
        // Only now it is known what is wrong besides the words that SQLite has not.
        throw e.withoutPlace();
      }
      return null;
    } finally {
      translating = false;
    }
  }

  private ErrorPlace place(StatementShape shape, SqlError error) throws SQLException {
    return new ErrorFinder(connection).find(shape, error);
  }

  /** Compiling again shows the same under the same schema; a PRAGMA may do more when compiled. */
  private static String probe(StatementShape shape, SqlError error) {
    return switch (shape.kind()) {
      case QUERY, DML, DDL ->
          error.sqlState().equals(Refusal.SYNTAX) ? null : Program.EXPLAIN + shape.sql();
      case PRAGMA_READ,
          PRAGMA_WRITE,
          MAINTENANCE,
          SAVEPOINT_CONTROL,
          TRANSACTION_CONTROL,
          EXPLAIN ->
          null;
    };
  }

  private AnalyzedStatement compile(StatementShape shape) throws StatementException, SQLException {
    return switch (shape.kind()) {
      case PRAGMA_READ, PRAGMA_WRITE -> pragma(shape);
      case QUERY, DML, DDL -> program(shape);
      case MAINTENANCE -> facts(shape, true, false, null, null);
      case SAVEPOINT_CONTROL, TRANSACTION_CONTROL -> facts(shape, false, false, null, null);
      case EXPLAIN -> facts(shape, false, true, null, null);
    };
  }

  private AnalyzedStatement pragma(StatementShape shape) throws StatementException, SQLException {
    PragmaRules.Decision decision = PragmaRules.decide(shape);
    if (decision.compilable()) {
      StatementShape executed =
          new StatementShape(decision.sql(), shape.tokens(), decision.kind(), 0);
      return facts(executed, false, !decision.ofTheContent(), null, null);
    }
    return new AnalyzedStatement(
        decision.sql(),
        decision.kind(),
        true,
        false,
        0,
        false,
        false,
        false,
        List.of(),
        false,
        null);
  }

  private AnalyzedStatement program(StatementShape shape) throws StatementException, SQLException {
    Program program = Program.explain(connection, shape.sql());
    // ALTER TABLE … RENAME also looks for the name among the TEMP objects, of which there is none.
    if (program.usesTemp() && !shape.word(0).equals("ALTER")) {
      throw TextRules.temporary();
    }
    if (program.touches(internalRoots)) {
      throw TextRules.internal();
    }
    if (shape.kind() == StatementKind.DML && program.writes(statisticsRoots)) {
      throw TextRules.statistics();
    }
    if (program.writes(shadowRoots)) {
      throw TextRules.shadow();
    }
    if (program.rollsBack()) {
      throw TextRules.rollback();
    }
    boolean locks = LockFunction.isCalledBy(program);
    if (locks && (shape.kind() != StatementKind.QUERY || program.writes())) {
      throw TextRules.lock();
    }
    // IF NOT EXISTS compiles to nothing today and to something after the next command.
    boolean writes = program.writes() || locks || shape.kind() == StatementKind.DDL;
    boolean readsOfTheNode =
        FunctionRules.check(program, virtualTables, locks || stores(shape, program));
    // SQLite itself reads such things for ALTER and DROP.
    boolean ofTheNode = readsOfTheNode && !writes;
    boolean insert =
        shape.kind() == StatementKind.DML
            && (shape.word(shape.verb()).equals("INSERT")
                || shape.word(shape.verb()).equals("REPLACE"));
    InsertTarget target = insert ? InsertTarget.read(connection, shape) : null;
    return facts(shape, writes, ofTheNode, program, target);
  }

  /** Other definitions only read what SQLite itself reads for them. */
  private static boolean stores(StatementShape shape, Program program) {
    return shape.kind() == StatementKind.DDL
        ? shape.word(0).equals("CREATE") && shape.word(1).equals("TABLE")
        : program.writes();
  }

  private AnalyzedStatement facts(
      StatementShape shape, boolean writes, boolean ofTheNode, Program program, InsertTarget target)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(shape.sql())) {
      List<ColumnInfo> columns = ResultColumns.of(statement);
      return new AnalyzedStatement(
          shape.sql(),
          shape.kind(),
          writes,
          !columns.isEmpty(),
          statement.getParameterMetaData().getParameterCount(),
          program != null && program.calls("last_insert_rowid"),
          program != null && (program.calls("changes") || program.calls("total_changes")),
          ofTheNode,
          columns,
          false,
          columns.isEmpty() ? target : null);
    }
  }
}
