package dev.lockstep.server.service;

import dev.lockstep.protocol.ClientMessage.Execute;
import dev.lockstep.protocol.ServerMessage.Failure;
import dev.lockstep.sql.AnalyzedStatement;
import dev.lockstep.sql.ColumnInfo;
import dev.lockstep.sql.Explanation;
import dev.lockstep.sql.SystemTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes the rows of EXPLAIN LOCKSTEP: pairs of an item and its value, as a query. */
final class Explanations {
  /** Longer values are cut. */
  private static final int VALUE_CHARACTERS_MAX = 8_192;

  /** More columns are not told. */
  private static final int COLUMNS_MAX = 500;

  private final StringBuilder rows = new StringBuilder();

  private Explanations() {}

  /**
   * The query that shows an explanation.
   *
   * @param explaining the analysed EXPLAIN LOCKSTEP
   * @param refused why the statement would be refused in these surroundings; null if it would not
   */
  static AnalyzedStatement rows(
      Execute execute, AnalyzedStatement explaining, Plan.Purpose purpose, Failure refused) {
    Explanations explanations = new Explanations();
    explanations.explain(execute, explaining.explanation(), purpose, refused);
    return AnalyzedStatement.explaining(
        "SELECT column1 AS item, column2 AS value FROM (VALUES " + explanations.rows + ")",
        explaining.explanation());
  }

  private void explain(
      Execute execute, Explanation explanation, Plan.Purpose purpose, Failure refused) {
    AnalyzedStatement statement = explanation.statement();
    add("statement", explanation.typed());
    if (statement != null) {
      add("kind", statement.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '));
      add("writes", statement.writes() ? "yes" : "no");
      add("tables read", String.join(", ", explanation.reads()));
      add("tables written", String.join(", ", explanation.writes()));
    }
    if (refused != null) {
      add("refused", refused.sqlState());
      add("reason", refused.message());
    } else {
      add("route", route(execute, statement, purpose));
      add("session", session(statement));
    }
    if (statement != null) {
      add("parameters", String.valueOf(statement.parameterCount()));
      List<ColumnInfo> columns = statement.columns();
      for (int i = 0; i < Math.min(columns.size(), COLUMNS_MAX); i++) {
        add("column " + (i + 1), column(columns.get(i)));
      }
      if (!statement.sql().equals(explanation.typed())) {
        add("executed as", statement.sql());
      }
    }
  }

  private static String column(ColumnInfo column) {
    String type = column.declaredType().isEmpty() ? "of no declared type" : column.declaredType();
    return column.table().isEmpty()
        ? column.label() + ": " + type
        : column.label() + ": " + type + ", from " + column.table();
  }

  private static String route(Execute execute, AnalyzedStatement statement, Plan.Purpose purpose) {
    boolean transaction = purpose == Plan.Purpose.TRANSACTION;
    boolean snapshot = transaction && execute.readOnly();
    if (statement.systemRead() != null) {
      return "the node that answers: it fills the tables of the schema "
          + SystemTable.SCHEMA
          + (transaction && !snapshot
              ? ", beside the transaction, on the last committed state"
              : "");
    }
    if (statement.ofTheNode()) {
      return "the node that answers: it tells of that node's file or settings"
          + (transaction ? ", and is no step of the transaction" : "");
    }
    if (snapshot) {
      return "a reader of the node that has the read-only transaction, on its snapshot";
    }
    if (transaction) {
      return statement.writes()
          ? "the leader, as a step of the transaction, which goes through the log with its commit"
          : "the leader, as a step of the transaction, whose result is compared again at its"
              + " commit";
    }
    if (statement.usesNamedLocks()) {
      return "the leader, through the log, again while another session has the lock";
    }
    if (statement.writes()) {
      return "the leader, through the log: a majority stores it, then every node runs it";
    }
    return "a reader of the node that is asked; "
        + switch (execute.consistency()) {
          case LINEARIZABLE -> "linearizable: when it has applied all that was acknowledged before";
          case BOUNDED ->
              "bounded: if it was up to date "
                  + execute.maxStalenessMillis()
                  + " ms ago, else as linearizable";
          case SESSION -> "session: when it has applied what the connection has written and seen";
          case LOCAL -> "local: at once";
        };
  }

  /** What it takes of the session; empty if nothing. */
  private static String session(AnalyzedStatement statement) {
    List<String> used = new ArrayList<>(2);
    if (statement.usesLastInsertRowid()) {
      used.add("last_insert_rowid()");
    }
    if (statement.usesChanges()) {
      used.add("changes()");
    }
    return String.join(", ", used);
  }

  /** Adds a row, unless there is nothing to say. */
  private void add(String item, String value) {
    if (value.isEmpty()) {
      return;
    }
    String shown =
        value.length() <= VALUE_CHARACTERS_MAX
            ? value
            : value.substring(0, VALUE_CHARACTERS_MAX) + "…";
    rows.append(rows.length() == 0 ? "('" : ", ('")
        .append(item)
        .append("', '")
        .append(shown.replace("'", "''"))
        .append("')");
  }
}
