package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.Expectation;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.server.command.StatementCommand;
import dev.lockstep.sql.Analysis;
import dev.lockstep.sql.AnalyzedStatement;
import dev.lockstep.sql.Explanation;
import dev.lockstep.sql.StatementException;
import dev.lockstep.sql.StatementKind;
import dev.lockstep.sql.SystemRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an Execute comes to: its statements one by one, checked against what the application allows,
 * before any of them has an effect.
 *
 * @param statements in their order; none if the texts hold only comments
 * @param writes whether one of them must go through the log
 * @param usesSession whether one of them reads the values of its session
 */
record Plan(List<Statement> statements, boolean writes, boolean usesSession) {

  /**
   * A single statement.
   *
   * @param call its text, alone, and its rows of parameters
   */
  record Statement(StatementCall call, AnalyzedStatement analyzed) {}

  /** What the plan is for. */
  enum Purpose {
    AUTOCOMMIT,
    TRANSACTION
  }

  /**
   * Checks and flattens.
   *
   * @param analyses one for each call
   * @throws RefusedException if a statement is not allowed here
   */
  static Plan of(Execute execute, List<Analysis> analyses, Purpose purpose)
      throws RefusedException {
    List<Statement> statements = new ArrayList<>(execute.calls().size());
    boolean writes = false;
    boolean usesSession = false;
    for (int i = 0; i < execute.calls().size(); i++) {
      StatementCall call = execute.calls().get(i);
      List<AnalyzedStatement> analyzed = analyses.get(i).statements();
      if (purpose == Purpose.AUTOCOMMIT) {
        analyzed = withoutFrame(analyzed);
      }
      if (analyzed.size() > 1 && call.parameterCount() > 0) {
        throw refused("42601", "parameters for a text of several statements", i);
      }
      for (AnalyzedStatement each : analyzed) {
        AnalyzedStatement statement =
            each.explanation() == null
                ? withKeys(execute, each, i)
                : explaining(execute, each, purpose);
        check(execute, call, statement, purpose, i);
        writes |= statement.writes();
        usesSession |= statement.usesLastInsertRowid() || statement.usesChanges();
        statements.add(new Statement(single(call, statement), statement));
      }
    }
    if (statements.size() > 1) {
      for (Statement statement : statements) {
        checkNotAlone(statement.analyzed());
      }
    }
    if (writes || purpose == Purpose.TRANSACTION) {
      checkOfTheNode(statements);
    }
    checkRows(execute.expectation(), statements);
    return new Plan(statements, writes, usesSession);
  }

  /** A text is one command anyway, so BEGIN before and COMMIT after it say nothing new. */
  private static List<AnalyzedStatement> withoutFrame(List<AnalyzedStatement> text) {
    int last = text.size() - 1;
    return last > 0 && isControl(text.get(0), "BEGIN") && isControl(text.get(last), "COMMIT", "END")
        ? text.subList(1, last)
        : text;
  }

  private static boolean isControl(AnalyzedStatement statement, String... verbs) {
    return statement.kind() == StatementKind.TRANSACTION_CONTROL
        && List.of(verbs).contains(verb(statement));
  }

  /** What replicas run and compare cannot hold an answer that is a node's own. */
  private static void checkOfTheNode(List<Statement> statements) throws RefusedException {
    for (int i = 0; statements.size() > 1 && i < statements.size(); i++) {
      if (statements.get(i).analyzed().ofTheNode()) {
        throw refused(
            "0AL01",
            "the statement tells of one node's file or settings, which the others do not have;"
                + " execute it by itself: "
                + verb(statements.get(i).analyzed()),
            i);
      }
    }
  }

  /** Whether it is a query whose answer may differ from node to node. */
  boolean isOfTheNode() {
    return statements.size() == 1 && statements.get(0).analyzed().ofTheNode();
  }

  /** Whether it takes or releases named locks; it does nothing else then. */
  boolean usesNamedLocks() {
    return statements.size() == 1 && statements.get(0).analyzed().usesNamedLocks();
  }

  /** The rows of EXPLAIN LOCKSTEP, which tell also what would be refused here. */
  private static AnalyzedStatement explaining(
      Execute execute, AnalyzedStatement explaining, Purpose purpose) {
    Explanation explanation = explaining.explanation();
    Failure refused = null;
    if (explanation.refusal() != null) {
      refused = Failures.statement(explanation.refusal(), 0);
    } else {
      AnalyzedStatement inner = explanation.statement();
      Object[] parameters = new Object[inner.parameterCount()];
      try {
        check(
            execute,
            new StatementCall(inner.sql(), List.<Object[]>of(parameters)),
            inner,
            purpose,
            0);
      } catch (RefusedException e) {
        refused = e.failure();
      }
    }
    return Explanations.rows(execute, explaining, purpose, refused);
  }

  /** What it reads in the schema {@code lockstep}, or null. */
  SystemRead systemRead() {
    return statements.size() == 1 ? statements.get(0).analyzed().systemRead() : null;
  }

  private static AnalyzedStatement withKeys(Execute execute, AnalyzedStatement statement, int index)
      throws RefusedException {
    if (!execute.keys().wanted()) {
      return statement;
    }
    try {
      return statement.withGeneratedKeys(execute.keys().columns());
    } catch (StatementException e) {
      throw new RefusedException(Failures.statement(e.error(), index));
    }
  }

  private static StatementCall single(StatementCall call, AnalyzedStatement statement) {
    if (statement.explanation() != null) {
      // Its parameters are not used.
      return new StatementCall(statement.sql());
    }
    return statement.sql().equals(call.sql())
        ? call
        : new StatementCall(statement.sql(), call.parameterRows());
  }

  private static void check(
      Execute execute, StatementCall call, AnalyzedStatement statement, Purpose purpose, int index)
      throws RefusedException {
    if (statement.kind() == StatementKind.TRANSACTION_CONTROL) {
      throw refused(
          "2D000",
          "transactions are begun and ended with Connection.setAutoCommit, commit and rollback,"
              + " not with SQL",
          index);
    }
    if (statement.kind() == StatementKind.SAVEPOINT_CONTROL && purpose == Purpose.AUTOCOMMIT) {
      throw refused(
          "25P01", "a savepoint needs a transaction: call setAutoCommit(false) first", index);
    }
    if (isVacuum(statement) && purpose == Purpose.TRANSACTION) {
      throw refused("25001", "cannot VACUUM from within a transaction", index);
    }
    if (statement.usesNamedLocks() && purpose == Purpose.TRANSACTION) {
      throw refused(
          "25001",
          "named locks are not part of a transaction: take them before it and release them after"
              + " it, in autocommit mode",
          index);
    }
    if (statement.usesNamedLocks() && call.parameterRows().size() > 1) {
      throw refused("0100E", "a query cannot be a batch", index);
    }
    if (execute.readOnly() && statement.writes()) {
      throw refused("25006", "the connection is read-only: " + verb(statement), index);
    }
    if (call.parameterCount() != statement.parameterCount() && statement.explanation() == null) {
      throw refused(
          "07001",
          "the statement has "
              + statement.parameterCount()
              + " parameters, but "
              + call.parameterCount()
              + " values were given",
          index);
    }
    if (!statement.writes() && call.parameterRows().size() > 1) {
      throw refused("0100E", "a query cannot be a batch", index);
    }
  }

  private static void checkNotAlone(AnalyzedStatement statement) throws RefusedException {
    if (isVacuum(statement)) {
      throw refused("25001", "VACUUM must be the only statement", 0);
    }
    if (statement.usesNamedLocks()) {
      throw refused("0AL01", "a named lock must be taken or released by a text of its own", 0);
    }
    if (statement.kind() == StatementKind.SAVEPOINT_CONTROL) {
      throw refused("3B000", "a savepoint must be the only statement of its text", 0);
    }
  }

  private static void checkRows(Expectation expectation, List<Statement> statements)
      throws RefusedException {
    if (expectation == Expectation.ANY) {
      return;
    }
    int results = 0;
    for (Statement statement : statements) {
      AnalyzedStatement analyzed = statement.analyzed();
      if (analyzed.returnsRows() && !analyzed.returnsGeneratedKeys()) {
        results++;
      }
    }
    if (expectation == Expectation.COUNT && results > 0) {
      throw refused("0100E", "A result was returned when none was expected.", 0);
    }
    if (expectation == Expectation.ROWS && results == 0) {
      throw refused("02000", "No results were returned by the query.", 0);
    }
    if (expectation == Expectation.ROWS && results > 1) {
      throw refused("0100E", "Multiple ResultSets were returned by the query.", 0);
    }
  }

  /** What the replicas are given. */
  List<StatementCommand> commands(long maxRows) {
    List<StatementCommand> commands = new ArrayList<>(statements.size());
    for (Statement statement : statements) {
      commands.add(
          new StatementCommand(
              statement.call(), kind(statement.analyzed()), rows(statement.analyzed()), maxRows));
    }
    return commands;
  }

  private static StatementCommand.Kind kind(AnalyzedStatement statement) {
    return switch (statement.kind()) {
      case QUERY, PRAGMA_READ, EXPLAIN -> StatementCommand.Kind.QUERY;
      case DML -> StatementCommand.Kind.CHANGE;
      case DDL, PRAGMA_WRITE -> StatementCommand.Kind.DEFINITION;
      case MAINTENANCE ->
          isVacuum(statement) ? StatementCommand.Kind.VACUUM : StatementCommand.Kind.DEFINITION;
      case SAVEPOINT_CONTROL -> StatementCommand.Kind.SAVEPOINT;
      case TRANSACTION_CONTROL -> throw new IllegalStateException(statement.sql());
    };
  }

  private static StatementCommand.Rows rows(AnalyzedStatement statement) {
    if (statement.returnsGeneratedKeys()) {
      return StatementCommand.Rows.GENERATED_KEYS;
    }
    return statement.returnsRows() ? StatementCommand.Rows.RESULT : StatementCommand.Rows.NONE;
  }

  private static boolean isVacuum(AnalyzedStatement statement) {
    return statement.kind() == StatementKind.MAINTENANCE && verb(statement).equals("VACUUM");
  }

  /** The statement's first word; comments before it are left out by the analyzer's splitter. */
  private static String verb(AnalyzedStatement statement) {
    String sql = statement.sql();
    int end = 0;
    while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
      end++;
    }
    return sql.substring(0, end).toUpperCase(Locale.ROOT);
  }

  private static RefusedException refused(String sqlState, String message, int statement) {
    Failure failure = Failures.statement(sqlState, message);
    return new RefusedException(
        new Failure(failure.kind(), sqlState, 0, message, statement, 0, failure.topology()));
  }
}
