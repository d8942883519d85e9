package dev.lockstep.jdbc;

import dev.lockstep.jdbc.client.Execution;
import dev.lockstep.jdbc.client.NodeFailure;
import dev.lockstep.jdbc.client.SqlState;
import dev.lockstep.protocol.Limits;
import dev.lockstep.protocol.StatementCall;
import dev.lockstep.protocol.StatementResult;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One execution of a batch: as one request, or as several if it is larger than a request may be.
 * Used once.
 */
final class BatchRun {
  /** Sends calls as one request. */
  interface Sender {
    Execution send(List<StatementCall> calls) throws SQLException;
  }

  private final Sender sender;
  private final List<Execution> executions = new ArrayList<>();
  private long[] counts;
  private int counted;

  BatchRun(Sender sender) {
    this.sender = sender;
  }

  /** What was executed; also after a failure. */
  List<Execution> executions() {
    return List.copyOf(executions);
  }

  /**
   * Runs the calls.
   *
   * @return the rows changed, for each row of parameters
   * @throws BatchUpdateException with {@link Statement#EXECUTE_FAILED} for everything that has had
   *     no effect: all of it, unless the batch was too large for one request
   */
  long[] execute(List<StatementCall> calls) throws BatchUpdateException {
    counts = new long[calls.stream().mapToInt(call -> call.parameterRows().size()).sum()];
    try {
      if (!calls.isEmpty()) {
        run(calls);
      }
      return counts;
    } catch (SQLException e) {
      Arrays.fill(counts, counted, counts.length, Statement.EXECUTE_FAILED);
      BatchUpdateException failure =
          new BatchUpdateException(
              "the batch was rolled back" + place(calls, e) + ": " + e.getMessage(),
              e.getSQLState(),
              e.getErrorCode(),
              counts,
              e);
      failure.setNextException(e);
      throw failure;
    }
  }

  /** Which entry has failed, where that is known; of a batch in several requests it is not. */
  private String place(List<StatementCall> calls, SQLException failure) {
    if (!executions.isEmpty()
        || !(failure.getCause() instanceof NodeFailure answer)
        || !answer.isOfAStatement()) {
      return "";
    }
    boolean oneEach =
        calls.size() == 1 || calls.stream().noneMatch(call -> call.sql().contains(";"));
    if (!oneEach || answer.statement() >= calls.size()) {
      return "";
    }
    int entry = answer.row() + 1;
    for (StatementCall call : calls.subList(0, answer.statement())) {
      entry += call.parameterRows().size();
    }
    return " because of its entry " + entry;
  }

  private void run(List<StatementCall> calls) throws SQLException {
    if (calls.size() > Limits.STATEMENTS_MAX
        || calls.get(0).parameterRows().size() > Limits.BATCH_ROWS_MAX) {
      runHalves(calls);
      return;
    }
    Execution execution;
    try {
      execution = sender.send(calls);
    } catch (SQLException e) {
      boolean divisible = calls.size() > 1 || calls.get(0).parameterRows().size() > 1;
      if (divisible && SqlState.TOO_LARGE.code().equals(e.getSQLState())) {
        runHalves(calls);
        return;
      }
      throw e;
    }
    executions.add(execution);
    count(calls, execution.results());
  }

  private void runHalves(List<StatementCall> calls) throws SQLException {
    if (calls.size() > 1) {
      int half = calls.size() / 2;
      run(calls.subList(0, half));
      run(calls.subList(half, calls.size()));
      return;
    }
    StatementCall call = calls.get(0);
    List<Object[]> rows = call.parameterRows();
    int half = rows.size() / 2;
    run(List.of(new StatementCall(call.sql(), rows.subList(0, half))));
    run(List.of(new StatementCall(call.sql(), rows.subList(half, rows.size()))));
  }

  private void count(List<StatementCall> calls, List<StatementResult> results) {
    for (int i = 0; i < calls.size(); i++) {
      int rows = calls.get(i).parameterRows().size();
      // A text of several statements has several results: which are whose is not known then.
      boolean known =
          results.size() == calls.size() && results.get(i).updateCounts().length == rows;
      for (int row = 0; row < rows; row++) {
        counts[counted++] = known ? results.get(i).updateCounts()[row] : Statement.SUCCESS_NO_INFO;
      }
    }
  }
}
